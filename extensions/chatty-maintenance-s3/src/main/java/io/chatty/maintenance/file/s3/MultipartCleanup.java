package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * Aborts uploads in parts that nobody went on with, under the prefix of a store. Their parts are in no listing of files, and cost
 * until somebody aborts them. Thread-safe.
 *
 * <p>An upload is aborted when it was begun longer ago than the age, by the clock of the endpoint and by the run's now: when its last
 * part came, S3 does not tell. So the age is to be longer than any upload takes. A rule {@code AbortIncompleteMultipartUpload} of the
 * bucket does the same; a bucket needs one of the two.
 *
 * <p>A run goes over the uploads twice, since parts that arrive while their upload is aborted can stay. It counts {@code examined}
 * (in the first pass), {@code aborted}, {@code aborted.again} (in the second), {@code skipped.young} and {@code skipped.ended} (somebody
 * completed or aborted it in that moment); a preview counts {@code due.aborted} in the place of {@code aborted}. How many bytes their
 * parts have S3 tells only part by part, so it is not counted. A batch done again aborts nothing that it should not.
 */
public final class MultipartCleanup implements PreviewableTask {

    /** The {@linkplain Builder#age age} unless another is given: 7 days. */
    public static final Duration AGE = Duration.ofDays(7);

    /** The {@linkplain Builder#name name} unless another is given. */
    public static final String NAME = "multipart-cleanup";

    private static final Duration LEAST_AGE = Duration.ofHours(1);
    private static final int MOST_A_PAGE = 1000; // what S3 gives

    private final Bucket bucket;
    private final String prefix;
    private final String name;
    private final Duration age;

    private MultipartCleanup(Builder builder) {
        this.bucket = builder.store.bucket();
        this.prefix = builder.store.prefix();
        this.name = builder.name;
        this.age = builder.age;
    }

    /** A cleanup of the uploads under the prefix of that store. */
    public static Builder builder(S3FileStore store) {
        return new Builder(store);
    }

    /** Says what is aborted. Not thread-safe. */
    public static final class Builder {

        private final S3FileStore store;
        private String name = NAME;
        private Duration age = AGE;

        private Builder(S3FileStore store) {
            this.store = store;
        }

        /**
         * The name of the task. Default: {@value #NAME}.
         *
         * @throws IllegalArgumentException if it is none, see {@link TaskNames#check}
         */
        public Builder name(String taskName) {
            this.name = TaskNames.check(taskName);
            return this;
        }

        /**
         * How long ago an upload must have begun. Default: 7 days.
         *
         * @throws IllegalArgumentException if it is under an hour
         */
        public Builder age(Duration begunBefore) {
            if (begunBefore.compareTo(LEAST_AGE) < 0) {
                throw new IllegalArgumentException(
                        "age: " + begunBefore + " given, at least " + LEAST_AGE + " allowed");
            }
            this.age = begunBefore;
            return this;
        }

        /** The task. */
        public MultipartCleanup build() {
            return new MultipartCleanup(this);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String fingerprint() {
        return "age " + age;
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws IOException {
        Position position = Position.of(context.cursor());
        Instant before = before(context);
        ListMultipartUploadsResponse page = page(position, context.batchSize());
        List<MultipartUpload> due = due(page, before);
        long ended = 0;
        for (var attempt : Lanes.each(Pages.LANES, due, this::abort)) {
            ended += attempt.get() ? 0 : 1;
        }
        Counts counts = Counts.none().plus(position.again ? "aborted.again" : "aborted", due.size() - ended);
        if (!position.again) {
            counts = counts.plus("examined", page.uploads().size())
                    .plus("skipped.young", page.uploads().size() - due.size());
        }
        if (ended > 0) {
            counts = counts.plus("skipped.ended", ended);
        }
        Optional<Position> next = next(position, page);
        if (next.isEmpty() && !position.again) {
            next = Optional.of(new Position(true, null, null));
        }
        return result(next, counts, page);
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws IOException {
        Position position = Position.of(context.cursor());
        Instant before = before(context);
        ListMultipartUploadsResponse page = page(position, context.batchSize());
        int due = due(page, before).size();
        return result(
                next(position, page),
                Counts.none()
                        .plus("examined", page.uploads().size())
                        .plus("due.aborted", due)
                        .plus("skipped.young", page.uploads().size() - due),
                page);
    }

    private static BatchResult result(Optional<Position> next, Counts counts, ListMultipartUploadsResponse page) {
        return next.map(position -> BatchResult.next(position.cursor()))
                .orElseGet(BatchResult::finished)
                .with(counts)
                .lookingAt(page.uploads().size());
    }

    /** The earlier of two clocks decides, so that neither of them, if it is fast, ages an upload. */
    private Instant before(TaskContext context) throws IOException {
        Instant now = S3FileStore.time(bucket);
        return (now.isBefore(context.now()) ? now : context.now()).minus(age);
    }

    private ListMultipartUploadsResponse page(Position position, int most) throws IOException {
        return bucket.requests.send(
                "list uploads in parts under " + prefix,
                () -> bucket.client.listMultipartUploads(r -> r.bucket(bucket.name)
                        .prefix(prefix)
                        .maxUploads(Math.min(most, MOST_A_PAGE))
                        .keyMarker(position.key)
                        .uploadIdMarker(position.upload)
                        .encodingType(EncodingType.URL)));
    }

    private List<MultipartUpload> due(ListMultipartUploadsResponse page, Instant before) throws IOException {
        List<MultipartUpload> due = new ArrayList<>();
        for (MultipartUpload upload : page.uploads()) {
            if (!upload.key().startsWith(prefix)) {
                throw new IOException("s3://" + bucket.name + ": the endpoint listed the upload of \"" + upload.key()
                        + "\" for the prefix \"" + prefix + "\"");
            }
            if (upload.initiated() != null && upload.initiated().isBefore(before)) {
                due.add(upload);
            }
        }
        return due;
    }

    /** Gives false if somebody else ended it. */
    private boolean abort(MultipartUpload upload) throws IOException {
        try {
            bucket.requests.send(
                    "abort the upload of " + upload.key(),
                    () -> bucket.client.abortMultipartUpload(
                            r -> r.bucket(bucket.name).key(upload.key()).uploadId(upload.uploadId())));
            return true;
        } catch (IOException e) {
            if (!(e instanceof Requests.Unavailable) && Requests.status(e) == Requests.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private static Optional<Position> next(Position position, ListMultipartUploadsResponse page) throws IOException {
        if (!Boolean.TRUE.equals(page.isTruncated())) {
            return Optional.empty();
        }
        Position next = new Position(position.again, page.nextKeyMarker(), page.nextUploadIdMarker());
        if (next.equals(position)) {
            throw new IOException("the endpoint lists the same uploads again and again");
        }
        return Optional.of(next);
    }

    /**
     * Where a page ended.
     *
     * @param again whether this is the second pass
     * @param key the last key; null at the beginning
     * @param upload the last upload of that key; null at the beginning
     */
    private record Position(
            boolean again, @Nullable String key, @Nullable String upload) {

        static Position of(Optional<Cursor> cursor) {
            if (cursor.isEmpty()) {
                return new Position(false, null, null);
            }
            String[] parts = cursor.get().text().split(" ", -1);
            return new Position(parts[0].equals("again"), decoded(parts[1]), decoded(parts[2]));
        }

        Cursor cursor() {
            return new Cursor((again ? "again " : "first ") + encoded(key) + " " + encoded(upload));
        }

        private static String encoded(@Nullable String text) {
            return text == null ? "" : Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        private static @Nullable String decoded(String text) {
            return text.isEmpty() ? null : new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        }
    }
}
