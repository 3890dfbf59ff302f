package io.chatty.maintenance.file.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

final class MultipartCleanupTest {

    private static final Duration OLD = Duration.ofDays(7).plusMinutes(1);

    /** Uploads of keys with {@code old} in them began seven days and a minute ago. */
    private static final class Aged implements ExecutionInterceptor {
        @Override
        public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
            return context.response() instanceof ListMultipartUploadsResponse response
                    ? response.copy(r -> r.uploads(response.uploads().stream()
                            .map(upload -> upload.key().contains("old")
                                    ? upload.copy(
                                            u -> u.initiated(upload.initiated().minus(OLD)))
                                    : upload)
                            .toList()))
                    : context.response();
        }
    }

    private record Batch(Optional<Cursor> cursor, int batchSize, Instant now) implements TaskContext {

        @Override
        public RunId runId() {
            return new RunId("run");
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void onCancel(Runnable action) {}
    }

    @FunctionalInterface
    private interface Step {
        BatchResult batch(TaskContext context) throws IOException;
    }

    private final Endpoint endpoint = new Endpoint(new Aged());

    private String begin(String key) {
        return endpoint.raw
                .createMultipartUpload(r -> r.bucket(endpoint.bucket).key(key))
                .uploadId();
    }

    private List<String> uploads() {
        return endpoint.raw.listMultipartUploads(r -> r.bucket(endpoint.bucket)).uploads().stream()
                .map(MultipartUpload::key)
                .sorted()
                .toList();
    }

    private static Counts run(Step step, int batchSize, Instant now) throws IOException {
        Counts counts = Counts.none();
        Optional<Cursor> cursor = Optional.empty();
        for (int i = 0; i < 100; i++) {
            BatchResult result = step.batch(new Batch(cursor, batchSize, now));
            counts = counts.plus(result.counts());
            if (result.isFinished()) {
                return counts;
            }
            cursor = result.next();
        }
        throw new AssertionError("it comes to no end: " + cursor);
    }

    @Test
    void old_uploads_under_the_prefix_are_aborted_and_nothing_else() throws IOException {
        MultipartCleanup task = MultipartCleanup.builder(endpoint.open("chat/")).build();
        for (String key : List.of("chat/old 1", "chat/old+2", "chat/old+2", "chat/young", "chatter/old", "old")) {
            begin(key);
        }
        for (int batchSize : List.of(1, 2, 1000)) {
            assertThat(run(task::previewBatch, batchSize, Instant.now()))
                    .hasToString("due.aborted=3 examined=4 skipped.young=1");
        }
        assertThat(uploads()).hasSize(6);

        assertThat(run(task::runBatch, 2, Instant.now()))
                .hasToString("aborted=3 aborted.again=0 examined=4 skipped.young=1");
        assertThat(uploads()).containsExactly("chat/young", "chatter/old", "old");
        assertThat(run(task::runBatch, 1000, Instant.now()))
                .hasToString("aborted=0 aborted.again=0 examined=1 skipped.young=1");
    }

    @Test
    void an_upload_is_aborted_when_both_clocks_say_that_it_is_old_enough() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        begin("chat/old");
        Step older = MultipartCleanup.builder(store).age(OLD.plusMinutes(2)).build()::previewBatch;
        assertThat(run(older, 10, Instant.now()).get("due.aborted")).isZero();
        assertThat(run(older, 10, Instant.now().plus(Duration.ofDays(365))).get("due.aborted"))
                .as("this machine's clock is a year ahead")
                .isZero();
        Step task = MultipartCleanup.builder(store).build()::previewBatch;
        assertThat(run(task, 10, Instant.now()).get("due.aborted")).isEqualTo(1);
        assertThat(run(task, 10, Instant.now().minus(Duration.ofDays(1))).get("due.aborted"))
                .as("the run was made a day ago")
                .isZero();
    }

    @Test
    void what_comes_up_again_is_aborted_again_and_what_another_ended_is_counted_so() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        MultipartCleanup task = MultipartCleanup.builder(store).build();
        begin("chat/old");
        BatchResult first = task.runBatch(new Batch(Optional.empty(), 10, Instant.now()));
        assertThat(first.counts().get("aborted")).isEqualTo(1);
        begin("chat/old");
        BatchResult again = task.runBatch(new Batch(first.next(), 10, Instant.now()));
        assertThat(again.isFinished()).isTrue();
        assertThat(again.counts()).hasToString("aborted.again=1");

        String upload = begin("chat/old");
        endpoint.wire.go(request -> {
            if (request.method().name().equals("DELETE")) {
                endpoint.raw.abortMultipartUpload(
                        r -> r.bucket(endpoint.bucket).key("chat/old").uploadId(upload));
            }
            return Wire.Fault.NONE;
        });
        assertThat(task.runBatch(new Batch(Optional.empty(), 10, Instant.now())).counts())
                .hasToString("aborted=0 examined=1 skipped.ended=1 skipped.young=0");
    }

    @Test
    void an_age_under_an_hour_is_refused_and_what_fails_is_told() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        for (Duration age : List.of(Duration.ZERO, Duration.ofDays(-7), Duration.ofMinutes(59))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MultipartCleanup.builder(store).age(age))
                    .withMessageContaining("PT1H");
        }
        begin("chat/old");
        endpoint.wire.go(request -> request.method().name().equals("DELETE") ? Wire.Fault.DENIED : Wire.Fault.NONE);
        MultipartCleanup task = MultipartCleanup.builder(store).build();
        assertThatThrownBy(() -> task.runBatch(new Batch(Optional.empty(), 10, Instant.now())))
                .hasMessageContaining("cannot abort the upload of chat/old")
                .hasMessageContaining("AccessDenied");
        assertThat(uploads()).containsExactly("chat/old");
    }
}
