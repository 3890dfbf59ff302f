package io.chatty.maintenance.file.s3;

import static io.chatty.maintenance.file.FileQuarantine.Outcome.DONE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.Attempt;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** What a store says and leaves when the endpoint fails. */
final class FaultsTest {

    private static final RunId RUN = RunId.random();

    private final Endpoint endpoint = new Endpoint();

    private static boolean is(SdkHttpRequest request, String method) {
        return request.method().name().equals(method);
    }

    private static void write(S3FileStore store, String name, String text) throws IOException {
        store.write(name, out -> out.write(text.getBytes(UTF_8)));
    }

    @Test
    void a_bucket_that_does_not_exist_is_told_when_it_is_opened_and_later() throws IOException {
        assertThatThrownBy(() ->
                        S3FileStore.builder(endpoint.client, "no-such-bucket").open())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("s3://no-such-bucket")
                .hasMessageContaining("no such bucket");
        S3FileStore store = endpoint.open("chat/");
        endpoint.raw.deleteBucket(r -> r.bucket(endpoint.bucket));
        List<ThrowingCall> calls = List.of(
                () -> store.look("a"),
                () -> store.open("a"),
                () -> store.list("", "").next(),
                () -> store.id(),
                () -> store.now(),
                () -> store.delete("a"),
                () -> write(store, "a", "x"));
        for (ThrowingCall call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(Requests.Unavailable.class)
                    .hasMessageContaining("no such bucket");
        }
    }

    @FunctionalInterface
    private interface ThrowingCall {
        void run() throws IOException;
    }

    @Test
    void throttling_that_goes_on_is_told_with_what_to_do_and_a_short_one_is_not_seen() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        endpoint.put("chat/a", "one");
        AtomicInteger left = new AtomicInteger(2);
        endpoint.wire.go(request -> left.getAndDecrement() > 0 ? Wire.Fault.SLOW_DOWN : Wire.Fault.NONE);
        assertThat(store.look("a")).isPresent();

        endpoint.wire.go(request -> Wire.Fault.SLOW_DOWN);
        assertThatThrownBy(() -> store.look("a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fewer requests")
                .hasMessageContaining("items per second");
    }

    @Test
    void a_listing_that_fails_half_way_does_not_end_as_if_it_were_whole() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        for (int i = 0; i < 1100; i++) {
            endpoint.put("chat/f" + i, "x");
        }
        AtomicInteger requests = new AtomicInteger();
        endpoint.wire.go(request -> requests.getAndIncrement() == 0 ? Wire.Fault.NONE : Wire.Fault.SLOW_DOWN);
        assertThatThrownBy(() -> {
                    try (Stream<?> files = store.list("")) {
                        assertThat(files.count()).isZero();
                    }
                })
                .hasMessageContaining("fewer requests");
    }

    @Test
    void what_may_not_be_done_is_told_and_changes_nothing() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        endpoint.put("chat/a", "one");
        FileState state = store.look("a").orElseThrow();
        QuarantinedFile file = store.quarantine().move("a", state, RUN).file().orElseThrow();
        endpoint.wire.go(request -> is(request, "DELETE") || is(request, "POST") || is(request, "PUT")
                ? Wire.Fault.DENIED
                : Wire.Fault.NONE);
        assertThatThrownBy(() -> store.quarantine().delete(file)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> store.delete("a")).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> write(store, "b", "x")).isInstanceOf(AccessDeniedException.class);
        assertThat(store.quarantine().deleteAll(List.of(file)).get(0).failure())
                .containsInstanceOf(AccessDeniedException.class);
        assertThat(endpoint.keys()).containsExactly("chat/a");
        assertThatThrownBy(() -> endpoint.open("chat/"))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("grant");
    }

    @Test
    void a_write_whose_answer_is_lost_is_done() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        AtomicInteger puts = new AtomicInteger();
        endpoint.wire.go(request ->
                is(request, "PUT") && puts.getAndIncrement() == 0 ? Wire.Fault.LOST_ANSWER : Wire.Fault.NONE);
        write(store, "a", "one");
        assertThat(puts.get()).isGreaterThan(1);
        assertThat(endpoint.get("chat/a")).isEqualTo("one");
    }

    @Test
    void a_file_is_set_aside_though_the_answer_to_its_deletion_is_lost() throws IOException {
        endpoint.versioning(BucketVersioningStatus.ENABLED);
        S3FileStore store = endpoint.open("chat/");
        endpoint.put("chat/a", "one");
        FileState state = store.look("a").orElseThrow();
        AtomicInteger deletes = new AtomicInteger();
        endpoint.wire.go(request ->
                is(request, "DELETE") && deletes.getAndIncrement() == 0 ? Wire.Fault.LOST_ANSWER : Wire.Fault.NONE);
        Moved moved = store.quarantine().move("a", state, RUN);
        assertThat(deletes.get()).isGreaterThan(1);
        assertThat(moved.outcome()).isEqualTo(DONE);
        assertThat(store.quarantine().restore(moved.file().orElseThrow())).isEqualTo(DONE);
        assertThat(endpoint.get("chat/a")).isEqualTo("one");
    }

    @Test
    void a_file_is_set_aside_though_the_second_try_of_its_deletion_was_refused() throws IOException {
        endpoint.versioning(BucketVersioningStatus.ENABLED);
        S3FileStore store = endpoint.open("chat/");
        endpoint.put("chat/a", "one");
        FileState state = store.look("a").orElseThrow();
        AtomicInteger deletes = new AtomicInteger();
        endpoint.wire.go(request -> !is(request, "DELETE")
                ? Wire.Fault.NONE
                : deletes.getAndIncrement() == 0 ? Wire.Fault.LOST_ANSWER : Wire.Fault.NOT_FOUND);
        Moved moved = store.quarantine().move("a", state, RUN);
        endpoint.wire.go(request -> Wire.Fault.NONE);
        assertThat(moved.outcome()).isEqualTo(DONE);
        assertThat(moved.file()).isEqualTo(store.quarantine().find("a", state, RUN));
        assertThat(store.quarantine().restore(moved.file().orElseThrow())).isEqualTo(DONE);
    }

    @Test
    void a_file_whose_marker_was_made_and_nobody_learned_of_it_is_found() throws IOException {
        endpoint.versioning(BucketVersioningStatus.ENABLED);
        S3FileStore store = endpoint.open("chat/");
        endpoint.put("chat/a", "one");
        FileState state = store.look("a").orElseThrow();
        endpoint.wire.go(request -> is(request, "DELETE") ? Wire.Fault.LOST_ANSWER : Wire.Fault.NONE);
        assertThatThrownBy(() -> store.quarantine().move("a", state, RUN)).isInstanceOf(IOException.class);
        endpoint.wire.go(request -> Wire.Fault.NONE);
        QuarantinedFile found = store.quarantine().find("a", state, RUN).orElseThrow();
        assertThat(store.quarantine().restore(found)).isEqualTo(DONE);
        assertThat(endpoint.get("chat/a")).isEqualTo("one");
    }

    @Test
    void when_the_endpoint_throttles_in_the_middle_the_rest_is_not_tried_and_all_is_told() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        List<QuarantinedFile> files = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            endpoint.put("chat/f" + i, "x");
            files.add(new QuarantinedFile("f" + i, RUN, store.look("f" + i).orElseThrow()));
        }
        AtomicInteger heads = new AtomicInteger();
        endpoint.wire.takeSent();
        endpoint.wire.go(request ->
                is(request, "HEAD") && heads.incrementAndGet() > 20 ? Wire.Fault.SLOW_DOWN : Wire.Fault.NONE);
        List<Attempt<Outcome>> attempts = store.quarantine().deleteAll(files);
        assertThat(heads.get()).isLessThan(100);
        List<String> left = endpoint.keys();
        for (int i = 0; i < files.size(); i++) {
            assertThat(left.contains("chat/" + files.get(i).name()))
                    .isEqualTo(attempts.get(i).failure().isPresent());
        }
        assertThat(left).hasSizeBetween(150, 199);

        endpoint.wire.go(request -> Wire.Fault.NONE);
        store.quarantine().deleteAll(files);
        assertThat(endpoint.keys()).isEmpty();
    }

    @Test
    void a_probe_leaves_nothing_behind_also_when_it_fails() throws IOException {
        for (BucketVersioningStatus status :
                List.of(BucketVersioningStatus.ENABLED, BucketVersioningStatus.SUSPENDED)) {
            Endpoint versioned = new Endpoint().versioning(BucketVersioningStatus.ENABLED);
            versioned.versioning(status).open("chat/");
            assertThat(versioned.versions()).isEmpty();
        }
        endpoint.open("chat/");
        assertThat(endpoint.keys()).isEmpty();
        endpoint.wire.go(request -> is(request, "POST") ? Wire.Fault.SLOW_DOWN : Wire.Fault.NONE);
        assertThatThrownBy(() -> endpoint.open("chat/")).hasMessageContaining("fewer requests");
        assertThat(endpoint.keys()).as("after a probe that failed").isEmpty();
    }

    @Test
    void what_a_killed_probe_left_goes_when_it_is_a_day_old() throws IOException {
        Endpoint aged = new Endpoint(new ExecutionInterceptor() {
            @Override
            public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
                return context.response() instanceof ListObjectsV2Response response
                        ? response.copy(r -> r.contents(response.contents().stream()
                                .map(object -> object.key().contains("stale")
                                        ? object.copy(o -> o.lastModified(
                                                object.lastModified().minus(Duration.ofHours(25))))
                                        : object)
                                .toList()))
                        : context.response();
            }
        });
        aged.put("chat/.chatty-maintenance/probe/stale/a", "x");
        aged.put("chat/.chatty-maintenance/probe/young/a", "x");
        aged.put("chat/stale", "x");
        aged.open("chat/");
        assertThat(aged.keys()).containsExactly("chat/.chatty-maintenance/probe/young/a", "chat/stale");
    }

    @Test
    void the_clock_is_that_of_the_endpoint() throws IOException {
        assertThat(Duration.between(endpoint.open("chat/").now(), Instant.now()).abs())
                .isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void a_file_whose_connection_breaks_off_does_not_end_there() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        write(store, "a", "x".repeat(1000));
        endpoint.wire.go(request -> Wire.Fault.CUT_ANSWER);
        try (InputStream in = store.open("a")) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_file_read_in_part_is_closed_without_reading_the_rest() throws IOException {
        S3FileStore store = endpoint.open("chat/");
        write(store, "a", "x".repeat(3_000_000));
        try (InputStream in = store.open("a")) {
            assertThat(in.readNBytes(10)).hasSize(10);
            assertThat(in.skip(100)).isEqualTo(100);
            assertThat(in.read()).isEqualTo('x');
        }
        try (InputStream in = store.open("a")) {
            assertThat(in.readAllBytes()).hasSize(3_000_000);
            assertThat(in.read()).isEqualTo(-1);
        }
    }
}
