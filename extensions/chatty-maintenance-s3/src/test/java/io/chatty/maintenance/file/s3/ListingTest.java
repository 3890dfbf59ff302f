package io.chatty.maintenance.file.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Listings of a bucket, against what was put there. */
final class ListingTest {

    /** Makes pages small, so that few objects have many. */
    private static final class SmallPages implements ExecutionInterceptor {

        @Override
        public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
            return context.request() instanceof ListObjectsV2Request request
                    ? request.copy(r -> r.maxKeys(10))
                    : context.request();
        }
    }

    /** Gives the keys of a page in another order. */
    private static ExecutionInterceptor inOrder(Comparator<String> order) {
        return new ExecutionInterceptor() {
            @Override
            public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
                if (!(context.response() instanceof ListObjectsV2Response response)) {
                    return context.response();
                }
                List<S3Object> sorted = new ArrayList<>(response.contents());
                sorted.sort(Comparator.comparing(object -> URLDecoder.decode(object.key(), UTF_8), order));
                return response.copy(r -> r.contents(sorted));
            }
        };
    }

    private static List<String> names(S3FileStore store, String prefix, String after) throws IOException {
        List<String> names = new ArrayList<>();
        try (FileListing listing = store.list(prefix, after)) {
            for (Optional<StoredFile> file = listing.next(); file.isPresent(); file = listing.next()) {
                names.add(file.get().name());
            }
        }
        return names;
    }

    /** In the order of this endpoint. */
    private static List<String> sorted(List<String> names) {
        return names.stream().sorted().toList();
    }

    private static List<String> tree() {
        Random random = new Random(7);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            names.add(String.format("%02x/%x/%08x.png", random.nextInt(256), random.nextInt(16), random.nextInt()));
        }
        for (int i = 0; i < 120; i++) {
            names.add(String.format("flat/%08x", random.nextInt()));
        }
        for (int i = 0; i < 60; i++) {
            names.add("2026/06/" + i);
        }
        names.addAll(List.of("é/1", "é/2", "\uffee/x", "\ud83d\ude00/x", "a\ud83d\ude00", "a\uffee", "~", " x"));
        return names;
    }

    @Test
    void stretches_read_side_by_side_give_each_file_once_and_in_order() throws IOException {
        Endpoint endpoint = new Endpoint(new SmallPages());
        S3FileStore store = endpoint.open("chat/");
        List<String> names = tree();
        names.forEach(name -> endpoint.put("chat/" + name, "x"));
        endpoint.put("chat-x", "beside");
        endpoint.put("chatter/x", "beside");

        endpoint.wire.takeSent();
        assertThat(names(store, "", "")).isEqualTo(sorted(names));
        assertThat(endpoint.wire.takeSent())
                .as("the pages, and fewer guesses in vain than that")
                .hasSizeLessThan(names.size() / 10 * 2);
        assertThat(names(store, "flat/", ""))
                .isEqualTo(sorted(
                        names.stream().filter(name -> name.startsWith("flat/")).toList()));
        Random random = new Random(11);
        for (int i = 0; i < 20; i++) {
            String after = sorted(names).get(random.nextInt(names.size()));
            assertThat(names(store, "", after))
                    .as(after)
                    .isEqualTo(sorted(names).subList(sorted(names).indexOf(after) + 1, names.size()));
        }
    }

    @Test
    void several_pages_are_read_at_once() throws IOException {
        Endpoint endpoint = new Endpoint(new SmallPages());
        S3FileStore store = endpoint.open("chat/");
        tree().forEach(name -> endpoint.put("chat/" + name, "x"));
        Set<String> threads = ConcurrentHashMap.newKeySet();
        endpoint.wire.go(request -> {
            threads.add(Thread.currentThread().getName());
            return Wire.Fault.NONE;
        });
        names(store, "", "");
        assertThat(threads.stream().filter(name -> name.startsWith("chatty-maintenance-s3-")))
                .hasSize(Pages.LANES);
    }

    @Test
    void a_listing_that_is_left_early_has_read_little_ahead() throws IOException {
        Endpoint endpoint = new Endpoint(new SmallPages());
        S3FileStore store = endpoint.open("chat/");
        tree().forEach(name -> endpoint.put("chat/" + name, "x"));
        endpoint.wire.takeSent();
        try (FileListing listing = store.list("", "")) {
            for (int i = 0; i < 10; i++) {
                assertThat(listing.next()).isPresent();
            }
        }
        assertThat(endpoint.wire.takeSent()).hasSize(1);
    }

    @Test
    void what_is_listed_has_its_state_without_another_request() throws IOException {
        Endpoint endpoint = new Endpoint();
        S3FileStore store = endpoint.open("chat/");
        endpoint.put("chat/a", "one");
        FileState looked = store.look("a").orElseThrow();
        endpoint.wire.takeSent();
        try (FileListing listing = store.list("", "")) {
            assertThat(listing.next().orElseThrow().state()).isEqualTo(looked);
            assertThat(listing.next()).isEmpty();
        }
        assertThat(endpoint.wire.takeSent()).hasSize(1);
    }

    @Test
    void keys_that_are_no_names_are_counted_and_nothing_else_is_done_with_them() throws IOException {
        Endpoint endpoint = new Endpoint();
        S3FileStore store = endpoint.open("chat/");
        store.giveId("x");
        for (String key : List.of("folder/", "with\u0001control", "with\nline", "back\\slash", "C:/x")) {
            endpoint.put("chat/" + key, key.equals("folder/") ? "" : "x");
        }
        for (String key : List.of("q+ &%41", "e\u0301", "é", "😀")) {
            endpoint.put("chat/" + key, "x");
        }
        List<String> names = new ArrayList<>();
        try (FileListing listing = store.list("", "")) {
            for (Optional<StoredFile> file = listing.next(); file.isPresent(); file = listing.next()) {
                names.add(file.get().name());
            }
            assertThat(listing.skipped()).hasToString("skipped.folder=1 skipped.name=4");
        }
        assertThat(names).isEqualTo(sorted(List.of("q+ &%41", "e\u0301", "é", "😀")));
    }

    @Test
    void the_order_of_the_endpoint_is_seen_when_the_store_is_opened() throws IOException {
        assertThat(new Endpoint().open("chat/").listsInByteOrder()).isFalse();
        assertThat(new Endpoint().open("").toString()).endsWith("order UTF_16]");
        assertThat(new Endpoint(inOrder((a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8))))
                        .open("chat/")
                        .listsInByteOrder())
                .isTrue();
    }

    @Test
    void where_no_order_is_seen_pages_are_read_one_after_the_other_and_none_is_begun_in_the_middle()
            throws IOException {
        Endpoint endpoint = new Endpoint(new SmallPages(), inOrder(Comparator.reverseOrder()));
        S3FileStore store = endpoint.open("chat/");
        assertThat(store.toString()).endsWith("order UNKNOWN]");
        List<String> names = tree();
        names.forEach(name -> endpoint.put("chat/" + name, "x"));
        endpoint.wire.takeSent();
        assertThat(names(store, "", "")).containsExactlyInAnyOrderElementsOf(names);
        assertThat(endpoint.wire.takeSent()).hasSize((names.size() + 9) / 10);
        assertThatThrownBy(() -> store.list("", "a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("start-after");
    }

    @Test
    void an_endpoint_that_breaks_the_order_which_it_was_seen_to_keep_ends_the_listing() throws IOException {
        AtomicBoolean turned = new AtomicBoolean();
        Endpoint endpoint = new Endpoint(inOrder((a, b) -> turned.get() ? b.compareTo(a) : a.compareTo(b)));
        S3FileStore store = endpoint.open("chat/");
        endpoint.put("chat/1", "x");
        assertThat(names(store, "", "")).containsExactly("1");
        endpoint.put("chat/2", "x");
        turned.set(true);
        assertThatThrownBy(() -> names(store, "", ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("order UTF_16");
    }

    @Test
    void a_prefix_ends_in_a_slash_and_what_is_the_stores_own_is_no_name() throws IOException {
        Endpoint endpoint = new Endpoint();
        for (String prefix : List.of("chat", "/", "../", "a//")) {
            assertThatIllegalArgumentException()
                    .as(prefix)
                    .isThrownBy(() -> S3FileStore.builder(endpoint.client, endpoint.bucket)
                            .prefix(prefix));
        }
        S3FileStore store = endpoint.open("chat/");
        for (String name : List.of(
                ".chatty-maintenance/store-id",
                ".Chatty-Maintenance",
                "n".repeat(200) + ("/" + "n".repeat(200)).repeat(4) + "/" + "n".repeat(17))) {
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.open(name));
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> store.delete(name));
        }
    }
}
