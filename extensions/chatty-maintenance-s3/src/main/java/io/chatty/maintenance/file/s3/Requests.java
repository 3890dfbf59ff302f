package io.chatty.maintenance.file.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Sends requests; what the SDK throws becomes an {@link IOException} by which an operator can act. */
final class Requests {

    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int PRECONDITION_FAILED = 412;

    private final String bucket;

    Requests(String bucket) {
        this.bucket = bucket;
    }

    /** A request. */
    @FunctionalInterface
    interface Request<T> {
        T send() throws IOException;
    }

    /** That the endpoint cannot be used at all at the moment: what is tried next would fail in the same way. */
    static final class Unavailable extends IOException {
        private static final long serialVersionUID = 1;

        Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Sends it; a status that the caller knows what to do with can still be asked of the cause. */
    <T> T send(String what, Request<T> request) throws IOException {
        try {
            return request.send();
        } catch (SdkException e) {
            throw failure(what, e);
        }
    }

    /** The status that made this failure, or 0. */
    static int status(IOException failure) {
        return failure.getCause() instanceof S3Exception e ? e.statusCode() : 0;
    }

    IOException failure(String what, SdkException e) {
        if (e instanceof AbortedException) {
            Thread.currentThread().interrupt(); // the SDK ends so when the thread was interrupted
            IOException interrupted = new InterruptedIOException(message(what, "was interrupted"));
            interrupted.initCause(e);
            return interrupted;
        }
        if (!(e instanceof S3Exception refusal)) {
            return new Unavailable(
                    message(
                            what,
                            "got no answer: " + e.getMessage() + "; is the endpoint reachable, are there credentials?"),
                    e);
        }
        String code = code(refusal);
        if (e instanceof NoSuchBucketException || code.equals("NoSuchBucket")) {
            return new Unavailable(
                    message(what, "there is no such bucket; are its name, the endpoint and the region right?"), e);
        }
        return switch (refusal.statusCode()) {
            case 301, 307 ->
                new Unavailable(message(what, told(refusal) + "; the client's region is not the bucket's"), e);
            case 401, 403 -> {
                IOException denied = new AccessDeniedException(
                        "s3://" + bucket,
                        null,
                        "cannot " + what + ": " + told(refusal)
                                + "; grant the client's credentials what the documentation of S3FileStore lists");
                denied.initCause(e);
                yield denied;
            }
            case 429, 503 ->
                new Unavailable(
                        message(
                                what,
                                "the endpoint asks for fewer requests (" + told(refusal)
                                        + "), also after the tries that the client makes; nothing is lost, what was left is done later;"
                                        + " limit the task's items per second"),
                        e);
            default -> {
                String message = message(what, told(refusal));
                yield refusal.statusCode() >= 500 ? new Unavailable(message, e) : new IOException(message, e);
            }
        };
    }

    private String message(String what, String why) {
        return "s3://" + bucket + ": cannot " + what + ": " + why;
    }

    private static String code(S3Exception e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }

    private static String told(S3Exception e) {
        String details =
                e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorMessage();
        return "status " + e.statusCode() + " " + code(e) + (details == null ? "" : ", " + details) + ", request "
                + e.requestId();
    }
}
