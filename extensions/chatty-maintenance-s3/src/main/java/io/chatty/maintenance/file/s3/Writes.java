package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.FileStore.Content;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;

/** Writes objects that were not there, whole or not at all. */
final class Writes {

    private static final long MOST_BYTES = 5L * 1024 * 1024 * 1024; // of one PUT
    private static final int TRIES = 5;

    private final Bucket bucket;
    private final boolean conditional;

    Writes(Bucket bucket, boolean conditional) {
        this.bucket = bucket;
        this.conditional = conditional;
    }

    /** The content goes to a file of this machine first: a PUT tells its length beforehand, and may have to be sent twice. */
    void write(String name, String key, Content content) throws IOException {
        Path whole = Files.createTempFile("chatty-maintenance-", ".part");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(whole), 1 << 16)) {
                content.writeTo(out);
            }
            if (Files.size(whole) > MOST_BYTES) {
                throw new IOException(name + ": " + Files.size(whole) + " bytes given, " + MOST_BYTES + " allowed");
            }
            for (int i = 0; i < TRIES; i++) {
                if (put(key, whole) || isSame(name, key, whole)) {
                    return;
                }
            }
            throw new IOException(name + ": others write and delete it all the time; tried " + TRIES + " times");
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** Gives false if there is such an object, or was in that moment. */
    private boolean put(String key, Path whole) throws IOException {
        if (!conditional && bucket.look(key).isPresent()) {
            return false;
        }
        try {
            bucket.requests.send(
                    "write " + key,
                    () -> bucket.client.putObject(
                            r -> r.bucket(bucket.name).key(key).ifNoneMatch(conditional ? "*" : null),
                            RequestBody.fromFile(whole)));
            return true;
        } catch (IOException e) {
            if (Requests.status(e) == Requests.PRECONDITION_FAILED || Requests.status(e) == Requests.CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /** Whether the object has that content; false also if there is none any more. */
    private boolean isSame(String name, String key, Path whole) throws IOException {
        Optional<FileState> found = bucket.look(key);
        if (found.isEmpty()) {
            return false;
        }
        if (found.get().size() == Files.size(whole)) {
            try (InputStream there = Download.open(bucket, key, null, null);
                    InputStream here = new BufferedInputStream(Files.newInputStream(whole), 1 << 16)) {
                if (haveSameBytes(there, here)) {
                    return true;
                }
            } catch (NoSuchFileException e) {
                return false;
            }
        }
        throw new FileAlreadyExistsException(
                name, null, "there is another content under this name in s3://" + bucket.name);
    }

    private static boolean haveSameBytes(InputStream a, InputStream b) throws IOException {
        byte[] some = new byte[1 << 16];
        while (true) {
            int count = a.readNBytes(some, 0, some.length);
            byte[] others = b.readNBytes(some.length);
            if (count != others.length || !java.util.Arrays.equals(some, 0, count, others, 0, count)) {
                return false;
            }
            if (count < some.length) {
                return true;
            }
        }
    }
}
