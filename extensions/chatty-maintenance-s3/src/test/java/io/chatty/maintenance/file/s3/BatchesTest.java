package io.chatty.maintenance.file.s3;

import static io.chatty.maintenance.file.FileQuarantine.Outcome.ABSENT;
import static io.chatty.maintenance.file.FileQuarantine.Outcome.CHANGED;
import static io.chatty.maintenance.file.FileQuarantine.Outcome.DONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.Attempt;
import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileQuarantine.Judged;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Many files set aside and deleted at once. */
final class BatchesTest {

    private static final RunId RUN = RunId.random();

    /** Some keys of a DELETE of several fail, as they may inside an answer of status 200; the endpoint never hears of them. */
    private static final class SomeFail implements ExecutionInterceptor {

        private static boolean fails(String key) {
            return key.endsWith("3");
        }

        @Override
        public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
            return context.request() instanceof DeleteObjectsRequest request
                    ? request.copy(r -> r.delete(d -> d.objects(request.delete().objects().stream()
                            .filter(object -> !fails(object.key()))
                            .toList())))
                    : context.request();
        }

        @Override
        public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
            if (!(context.response() instanceof DeleteObjectsResponse response)) {
                return context.response();
            }
            List<S3Error> errors = new ArrayList<>(response.errors());
            errors.add(S3Error.builder()
                    .key("chat/f3")
                    .code("InternalError")
                    .message("said the test")
                    .build());
            return response.copy(r -> r.errors(errors));
        }
    }

    /** A checksum that the endpoint refuses, as older ones refuse those that the SDK sends. */
    private static final class ChecksumRefused implements ExecutionInterceptor {
        @Override
        public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
            return context.request() instanceof DeleteObjectsRequest
                    ? context.httpRequest().copy(http -> http.putHeader("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="))
                    : context.httpRequest();
        }
    }

    private static List<Judged> all(SweepableStore store) throws IOException {
        List<Judged> all = new ArrayList<>();
        try (FileListing listing = store.list("", "")) {
            for (Optional<StoredFile> file = listing.next(); file.isPresent(); file = listing.next()) {
                all.add(new Judged(file.get().name(), file.get().state()));
            }
        }
        return all;
    }

    private static List<QuarantinedFile> aside(FileQuarantine quarantine, List<Judged> files) throws IOException {
        List<QuarantinedFile> aside = new ArrayList<>();
        for (Attempt<Moved> moved : quarantine.moveAll(files, RUN)) {
            aside.add(moved.get().file().orElseThrow());
        }
        assertThat(aside)
                .extracting(QuarantinedFile::name)
                .isEqualTo(files.stream().map(Judged::name).toList());
        return aside;
    }

    private static List<Object> outcomes(List<Attempt<Outcome>> attempts) throws IOException {
        List<Object> outcomes = new ArrayList<>();
        for (Attempt<Outcome> attempt : attempts) {
            outcomes.add(attempt.failure().isPresent() ? attempt.failure().get().getMessage() : attempt.get());
        }
        return outcomes;
    }

    private static void fill(Endpoint endpoint, int files) {
        for (int i = 0; i < files; i++) {
            endpoint.put("chat/f" + i, "x" + i);
        }
    }

    private static long batches(List<String> sent) {
        return sent.stream().filter(request -> request.startsWith("POST")).count();
    }

    @Test
    void more_than_a_thousand_files_are_deleted_in_two_requests() throws IOException {
        Endpoint endpoint = new Endpoint();
        S3FileStore store = endpoint.open("chat/");
        fill(endpoint, 1001);
        endpoint.put("beside", "stays");
        List<QuarantinedFile> aside = aside(store.quarantine(), all(store));
        endpoint.wire.takeSent();
        assertThat(outcomes(store.quarantine().deleteAll(aside))).hasSize(1001).containsOnly(DONE);
        assertThat(batches(endpoint.wire.takeSent())).isEqualTo(2);
        assertThat(endpoint.keys()).containsExactly("beside");
    }

    @Test
    void hidden_files_are_deleted_versions_first_then_their_markers() throws IOException {
        Endpoint endpoint = new Endpoint().versioning(BucketVersioningStatus.ENABLED);
        S3FileStore store = endpoint.open("chat/");
        endpoint.put("chat/f1", "older");
        fill(endpoint, 5);
        List<QuarantinedFile> aside = aside(store.quarantine(), all(store));
        assertThat(endpoint.keys()).isEmpty();
        endpoint.put("chat/f4", "newer");
        endpoint.wire.takeSent();

        assertThat(outcomes(store.quarantine().deleteAll(aside))).containsOnly(DONE);
        assertThat(batches(endpoint.wire.takeSent())).isEqualTo(2);
        assertThat(endpoint.versions())
                .containsExactly("chat/f1 (marker)", "chat/f1 (old)", "chat/f4", "chat/f4 (marker)");
        assertThat(outcomes(store.quarantine().deleteAll(aside)).subList(0, 4)).containsOnly(ABSENT);
        assertThat(endpoint.get("chat/f4")).isEqualTo("newer");
    }

    @Test
    void files_that_are_no_longer_what_was_judged_stay_and_the_others_go() throws IOException {
        Endpoint endpoint = new Endpoint();
        S3FileStore store = endpoint.open("chat/");
        fill(endpoint, 4);
        List<QuarantinedFile> aside = aside(store.quarantine(), all(store));
        endpoint.put("chat/f1", "new");
        endpoint.raw.deleteObject(r -> r.bucket(endpoint.bucket).key("chat/f2"));
        assertThat(outcomes(store.quarantine().deleteAll(aside))).containsExactly(DONE, CHANGED, ABSENT, DONE);
        assertThat(endpoint.keys()).containsExactly("chat/f1");
    }

    @Test
    void what_is_written_between_the_look_and_the_batch_stays() throws IOException {
        Endpoint endpoint = new Endpoint();
        S3FileStore store = endpoint.open("chat/");
        fill(endpoint, 3);
        List<QuarantinedFile> aside = aside(store.quarantine(), all(store));
        endpoint.wire.go(request -> {
            if (request.method().name().equals("POST")) {
                endpoint.put("chat/f1", "new");
            }
            return Wire.Fault.NONE;
        });
        assertThat(outcomes(store.quarantine().deleteAll(aside))).containsExactly(DONE, CHANGED, DONE);
        assertThat(endpoint.keys()).containsExactly("chat/f1");
    }

    @Test
    void a_key_that_fails_inside_an_answer_is_told_and_the_others_are_done() throws IOException {
        Endpoint endpoint = new Endpoint(new SomeFail());
        S3FileStore store = endpoint.open("chat/");
        fill(endpoint, 14);
        List<QuarantinedFile> aside = aside(store.quarantine(), all(store));
        List<Object> outcomes = outcomes(store.quarantine().deleteAll(aside));
        for (int i = 0; i < aside.size(); i++) {
            switch (aside.get(i).name()) {
                case "f3" ->
                    assertThat(outcomes.get(i)).asString().contains("chat/f3").contains("InternalError");
                case "f13" ->
                    assertThat(outcomes.get(i)).asString().contains("chat/f13").contains("does not say");
                default -> assertThat(outcomes.get(i)).isEqualTo(DONE);
            }
        }
        assertThat(endpoint.keys()).containsExactly("chat/f13", "chat/f3");
    }

    @Test
    void an_endpoint_that_refuses_the_checksums_of_batches_is_asked_one_by_one() throws IOException {
        for (boolean versions : List.of(false, true)) {
            Endpoint endpoint = new Endpoint(new ChecksumRefused());
            if (versions) {
                endpoint.versioning(BucketVersioningStatus.ENABLED);
            }
            S3FileStore store = endpoint.open("chat/");
            assertThat(store)
                    .hasToString("S3FileStore[s3://" + endpoint.bucket
                            + "/chat/, conditional put, conditional delete, no batches, order UTF_16]");
            fill(endpoint, 12);
            List<QuarantinedFile> aside = aside(store.quarantine(), all(store));
            endpoint.wire.takeSent();
            assertThat(outcomes(store.quarantine().deleteAll(aside)))
                    .hasSize(12)
                    .containsOnly(DONE);
            assertThat(batches(endpoint.wire.takeSent())).isZero();
            assertThat(endpoint.versions()).isEmpty();
        }
    }

    @Test
    void an_endpoint_that_refuses_batches_only_later_is_asked_one_by_one_from_then_on() throws IOException {
        Endpoint endpoint = new Endpoint();
        S3FileStore store = endpoint.open("chat/");
        fill(endpoint, 3);
        List<QuarantinedFile> aside = aside(store.quarantine(), all(store));
        endpoint.put("chat/f1", "new");
        endpoint.wire.go(request -> request.method().name().equals("POST") ? Wire.Fault.INVALID : Wire.Fault.NONE);
        assertThat(outcomes(store.quarantine().deleteAll(aside))).containsExactly(DONE, CHANGED, DONE);
        assertThat(endpoint.keys()).containsExactly("chat/f1");
    }

    @Test
    void an_endpoint_that_does_not_heed_conditions_gets_each_file_looked_at_right_before_it_is_deleted()
            throws IOException {
        Endpoint endpoint = new Endpoint(new WithoutConditions());
        S3FileStore store = endpoint.open("chat/");
        assertThat(store.toString()).contains("look, then put, look, compare, delete, batches of versions only");
        fill(endpoint, 3);
        List<QuarantinedFile> aside = aside(store.quarantine(), all(store));
        endpoint.put("chat/f1", "new");
        endpoint.wire.takeSent();
        assertThat(outcomes(store.quarantine().deleteAll(aside))).containsExactly(DONE, CHANGED, DONE);
        assertThat(batches(endpoint.wire.takeSent())).isZero();
        assertThat(endpoint.keys()).containsExactly("chat/f1");
    }
}
