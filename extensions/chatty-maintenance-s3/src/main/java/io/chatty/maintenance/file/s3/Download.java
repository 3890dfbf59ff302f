package io.chatty.maintenance.file.s3;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The content of an object. Ends only where the object does: a connection that breaks off is no end. */
final class Download extends FilterInputStream {

    private final Requests requests;
    private final ResponseInputStream<GetObjectResponse> response;
    private final String key;
    private final long length;
    private long read;

    private Download(Requests requests, ResponseInputStream<GetObjectResponse> response, String key) {
        super(response);
        this.requests = requests;
        this.response = response;
        this.key = key;
        this.length = response.response().contentLength();
    }

    /**
     * Opens an object, or one version of it if an id is given; only if it still has that ETag if one is given.
     *
     * @throws NoSuchFileException if there is none, or it is another
     */
    static InputStream open(Bucket bucket, String key, @Nullable String versionId, @Nullable String bareETag)
            throws IOException {
        try {
            ResponseInputStream<GetObjectResponse> response = bucket.requests.send(
                    "read " + key,
                    () -> bucket.client.getObject(r -> r.bucket(bucket.name)
                            .key(key)
                            .versionId(versionId)
                            .ifMatch(bareETag == null ? null : Bucket.quoted(bareETag))));
            if (bareETag != null
                    && !bareETag.equals(Bucket.bare(response.response().eTag()))) {
                response.abort(); // the endpoint does not heed the condition
                throw missing(bucket, key);
            }
            return new Download(bucket.requests, response, key);
        } catch (IOException e) {
            if (!(e instanceof Requests.Unavailable)
                    && (Requests.status(e) == Requests.NOT_FOUND
                            || Requests.status(e) == Requests.PRECONDITION_FAILED)) {
                NoSuchFileException missing = missing(bucket, key);
                missing.initCause(e);
                throw missing;
            }
            throw e;
        }
    }

    private static NoSuchFileException missing(Bucket bucket, String key) {
        return new NoSuchFileException(key, null, "there is no such file in s3://" + bucket.name);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        try {
            int got = in.read(bytes, offset, count);
            if (got < 0 && read < length) {
                throw new EOFException(key + ": the connection ended after " + read + " of " + length + " bytes");
            }
            read += Math.max(0, got);
            return got;
        } catch (SdkException e) {
            throw requests.failure("read " + key, e);
        }
    }

    @Override
    public long skip(long count) throws IOException {
        long left = count;
        byte[] some = new byte[8192];
        while (left > 0) {
            int got = read(some, 0, (int) Math.min(some.length, left));
            if (got < 0) {
                break;
            }
            left -= got;
        }
        return count - left;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() throws IOException {
        if (read < length) {
            response.abort(); // to close it would read the rest
        } else {
            response.close();
        }
    }
}
