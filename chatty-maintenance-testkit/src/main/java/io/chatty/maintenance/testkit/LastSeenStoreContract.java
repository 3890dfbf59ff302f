package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LastSeenStore} is held to. An implementer extends it and gives an empty store for each test. Times are kept to
 * the second at least.
 */
public abstract class LastSeenStoreContract {

    private static final String NODE = "node-a";
    private static final String OTHER = "node-b";
    private static final Instant AT = Instant.parse("2026-07-01T22:59:59Z");
    private static final Instant LATER = AT.plusSeconds(1);

    /** Names that some collation, some padding or some order takes for one another. */
    private static final List<String> ALIKE = List.of(
            "bob",
            "Bob",
            "BOB",
            "bob ",
            " bob",
            "b\u00f6b",
            "bo\u0308b",
            "stra\u00dfe",
            "strasse",
            "\ud83d\ude00",
            "\ud83d\ude01",
            "\uffee",
            "\u200bbob",
            "b_b",
            "b%b",
            "it's \"quoted\" `so` \\ ?1 :name",
            "\u0130",
            "i",
            "I",
            "\u0131",
            "1",
            "01",
            "1.0");

    private LastSeenStore store;

    /** For the subclass. */
    protected LastSeenStoreContract() {}

    /** A store with nothing in it. */
    protected abstract LastSeenStore emptyStore() throws Exception;

    /**
     * Makes users known to a store that has a list of them. Nothing to do for others.
     *
     * @param users names as {@link #name} gives them
     */
    protected void know(Collection<String> users) throws Exception {}

    /** What a user is called where not every name can be one, another for each. */
    protected String name(String user) {
        return user;
    }

    /** Whether others see that user as online, where the store tells that as well; empty where it does not. */
    protected Optional<Boolean> isShownOnline(String user) throws Exception {
        return Optional.empty();
    }

    /** Has nothing in it yet. */
    @BeforeEach
    void open() throws Exception {
        store = emptyStore();
    }

    private List<String> known(String... users) throws Exception {
        List<String> names = List.of(users).stream().map(this::name).toList();
        know(names);
        return names;
    }

    private List<String> many(int users) throws Exception {
        return known(IntStream.range(0, users).mapToObj(i -> "user " + i).toArray(String[]::new));
    }

    private static List<Seen> all(Collection<String> users, Instant at, boolean online) {
        return users.stream().map(user -> new Seen(user, at, online)).toList();
    }

    private void write(String node, String user, Instant at, boolean online) throws Exception {
        store.write(node, List.of(new Seen(user, at, online)));
    }

    private List<String> online(String node) throws Exception {
        return store.online(node, "", 100_000);
    }

    private void showsOnline(String user, boolean online) throws Exception {
        assertThat(isShownOnline(user).orElse(online))
                .as("%s is shown online", user)
                .isEqualTo(online);
    }

    /** By the bytes, each as two digits. */
    private static List<String> byBytes(Collection<String> users) {
        return users.stream()
                .sorted(Comparator.comparing(user -> {
                    byte[] bytes = user.getBytes(StandardCharsets.UTF_8);
                    return String.format("%0" + bytes.length * 2 + "x", new BigInteger(1, bytes));
                }))
                .toList();
    }

    @Test
    void a_store_that_is_ready_has_no_problems_and_nobody_in_it() throws Exception {
        assertThat(store.problems()).isEmpty();
        assertThat(store.find(known("anna"))).isEmpty();
        assertThat(store.find(List.of())).isEmpty();
        assertThat(online(NODE)).isEmpty();
        store.write(NODE, List.of());
    }

    @Test
    void a_user_is_found_with_the_time_that_was_written() throws Exception {
        List<String> users = known("anna", "bob", "carl");
        store.write(NODE, List.of(new Seen(users.get(0), AT, true), new Seen(users.get(1), LATER, false)));
        assertThat(store.find(users)).isEqualTo(Map.of(users.get(0), AT, users.get(1), LATER));
        assertThat(store.find(users.subList(1, 2))).isEqualTo(Map.of(users.get(1), LATER));
        assertThat(online(NODE)).containsExactly(users.get(0));
        showsOnline(users.get(0), true);
        showsOnline(users.get(1), false);
        showsOnline(users.get(2), false);
    }

    @Test
    void times_of_all_seasons_and_hours_come_back_as_they_were() throws Exception {
        List<Instant> times = List.of(
                Instant.parse("1999-12-31T23:59:59Z"),
                Instant.parse("2024-02-29T12:00:00Z"),
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2026-06-30T10:15:00Z"),
                Instant.parse("2026-06-30T11:14:59Z"),
                Instant.parse("2026-06-30T23:30:01Z"),
                Instant.parse("2037-12-31T23:59:59Z"));
        List<String> users = many(times.size());
        List<Seen> seen = new ArrayList<>();
        Map<String, Instant> expected = new HashMap<>();
        for (int i = 0; i < times.size(); i++) {
            seen.add(new Seen(users.get(i), times.get(i), i % 2 == 0));
            expected.put(users.get(i), times.get(i));
        }
        store.write(NODE, seen);
        assertThat(store.find(users)).isEqualTo(expected);
    }

    @Test
    void a_time_is_cut_and_never_later_than_what_was_written() throws Exception {
        String user = known("anna").get(0);
        Instant fine = AT.plusNanos(123_456_789);
        write(NODE, user, fine, true);
        assertThat(store.find(List.of(user)).get(user)).isBetween(AT, fine);
    }

    @Test
    void what_is_stored_only_goes_forward_whatever_a_clock_does() throws Exception {
        String user = known("anna").get(0);
        write(NODE, user, LATER, true);
        write(NODE, user, AT, true);
        write(OTHER, user, AT.minusSeconds(86_400), true);
        assertThat(store.find(List.of(user))).containsEntry(user, LATER);
        write(OTHER, user, LATER.plusSeconds(1), true);
        assertThat(store.find(List.of(user))).containsEntry(user, LATER.plusSeconds(1));
        write(NODE, user, AT, false);
        assertThat(store.find(List.of(user))).containsEntry(user, LATER.plusSeconds(1));
        assertThat(online(NODE)).isEmpty();
        assertThat(online(OTHER)).containsExactly(user);
    }

    @Test
    void of_a_batch_each_goes_forward_or_stays_by_itself() throws Exception {
        List<String> users = many(4);
        store.write(NODE, List.of(new Seen(users.get(0), LATER, true), new Seen(users.get(1), AT, true)));
        store.write(
                NODE,
                List.of(
                        new Seen(users.get(0), AT, false),
                        new Seen(users.get(1), LATER, true),
                        new Seen(users.get(2), AT, false),
                        new Seen(users.get(3), LATER, true)));
        assertThat(store.find(users))
                .isEqualTo(Map.of(users.get(0), LATER, users.get(1), LATER, users.get(2), AT, users.get(3), LATER));
        assertThat(online(NODE)).isEqualTo(byBytes(List.of(users.get(1), users.get(3))));
        showsOnline(users.get(0), false);
        showsOnline(users.get(1), true);
        showsOnline(users.get(2), false);
        showsOnline(users.get(3), true);
    }

    @Test
    void a_user_is_online_while_any_node_says_so() throws Exception {
        String user = known("anna").get(0);
        write(NODE, user, AT, true);
        write(OTHER, user, AT, true);
        write(NODE, user, LATER, false);
        showsOnline(user, true);
        assertThat(online(NODE)).isEmpty();
        assertThat(online(OTHER)).containsExactly(user);
        write(OTHER, user, LATER, false);
        showsOnline(user, false);
        assertThat(online(OTHER)).isEmpty();
        write(OTHER, user, LATER, false);
        write(NODE, user, LATER, true);
        write(NODE, user, LATER, true);
        showsOnline(user, true);
        assertThat(online(NODE)).containsExactly(user);
    }

    @Test
    void after_a_crash_a_node_finds_whom_it_left_behind_and_no_other() throws Exception {
        List<String> users = many(10);
        store.write(NODE, all(users.subList(0, 6), AT, true));
        store.write(OTHER, all(users.subList(4, 10), AT, true));
        store.write(NODE, all(users.subList(0, 2), AT, false));
        List<String> left = online(NODE);
        assertThat(left).isEqualTo(byBytes(users.subList(2, 6)));
        store.write(NODE, all(left, AT, false));
        assertThat(online(NODE)).isEmpty();
        assertThat(online(OTHER)).isEqualTo(byBytes(users.subList(4, 10)));
        for (int i = 0; i < users.size(); i++) {
            showsOnline(users.get(i), i >= 4);
        }
        assertThat(store.find(users)).hasSize(10);
    }

    @Test
    void who_is_put_right_without_a_time_gets_none() throws Exception {
        List<String> users = known("anna", "bob", "carl");
        write(NODE, users.get(0), AT, true);
        store.write(NODE, all(users, Instant.EPOCH, false));
        store.write(NODE, all(users.subList(2, 3), Instant.EPOCH, true));
        assertThat(store.find(users)).isEqualTo(Map.of(users.get(0), AT));
        assertThat(online(NODE)).containsExactly(users.get(2));
        showsOnline(users.get(0), false);
        showsOnline(users.get(2), true);
    }

    @Test
    void names_that_are_merely_alike_are_different_users_and_nodes() throws Exception {
        List<String> users = known(ALIKE.toArray(String[]::new));
        Map<String, Instant> expected = new HashMap<>();
        for (int i = 0; i < users.size(); i++) {
            String user = users.get(i);
            expected.put(user, AT.plusSeconds(i));
            write(NODE, user, AT.plusSeconds(i), i % 2 == 0);
            assertThat(store.find(users)).isEqualTo(expected);
            assertThat(store.find(List.of(user))).isEqualTo(Map.of(user, AT.plusSeconds(i)));
            showsOnline(user, i % 2 == 0);
        }
        store.write(OTHER, all(users, LATER, true));
        for (String node : ALIKE) {
            write(node, users.get(0), AT, true);
        }
        for (String node : ALIKE) {
            assertThat(online(node)).as("of %s", node).containsExactly(users.get(0));
            write(node, users.get(0), AT, false);
            assertThat(online(node)).isEmpty();
        }
        assertThat(online(OTHER)).isEqualTo(byBytes(users));
    }

    @Test
    void a_name_may_be_as_long_as_names_are() throws Exception {
        List<String> users = known("\ud83d\ude00".repeat(100), "\ud83d\ude00".repeat(99) + "xy", "x".repeat(200));
        String node = "\ud83d\ude00".repeat(100);
        store.write(node, all(users, AT, true));
        assertThat(store.find(users)).hasSize(3);
        assertThat(online(node)).isEqualTo(byBytes(users));
    }

    @Test
    void pages_are_in_the_order_of_bytes_and_miss_nobody() throws Exception {
        List<String> names = new ArrayList<>(ALIKE);
        IntStream.range(0, 100).forEach(i -> names.add("user " + i));
        List<String> users = known(names.toArray(String[]::new));
        store.write(NODE, all(users, AT, true));
        store.write(OTHER, all(users.subList(0, 1), AT, true));
        List<String> expected = byBytes(users);
        for (int most : List.of(1, 7, users.size(), 1000)) {
            List<String> read = new ArrayList<>();
            String after = "";
            while (true) {
                List<String> page = store.online(NODE, after, most);
                assertThat(page).hasSizeLessThanOrEqualTo(most);
                if (page.isEmpty()) {
                    break;
                }
                read.addAll(page);
                after = page.get(page.size() - 1);
            }
            assertThat(read).isEqualTo(expected);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> store.online(NODE, "", 0));
    }

    @Test
    void five_hundred_go_at_once_and_not_one_more() throws Exception {
        List<String> users = many(501);
        List<String> most = users.subList(0, 500);
        store.write(NODE, all(most, AT, true));
        store.write(NODE, all(most, LATER, true));
        assertThat(store.find(most)).hasSize(500).containsValue(LATER).doesNotContainValue(AT);
        store.write(NODE, all(most, LATER.plusSeconds(1), false));
        assertThat(store.find(most)).doesNotContainValue(LATER);
        assertThat(online(NODE)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.write(NODE, all(users, LATER.plusSeconds(9), true)))
                .withMessageContaining("501");
        assertThatIllegalArgumentException().isThrownBy(() -> store.find(users));
        assertThat(store.find(users.subList(500, 501))).isEmpty();
        assertThat(online(NODE)).isEmpty();
    }

    @Test
    void what_is_not_allowed_is_refused_and_nothing_of_it_written() throws Exception {
        List<String> users = known("anna", "bob");
        String anna = users.get(0);
        String bob = users.get(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.write(
                        NODE, List.of(new Seen(bob, AT, true), new Seen(anna, AT, true), new Seen(anna, LATER, true))))
                .withMessageContaining(anna)
                .withMessageContaining("twice");
        for (String name : List.of("", "x".repeat(201))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.write(NODE, List.of(new Seen(bob, AT, true), new Seen(name, AT, true))))
                    .withMessageContaining("1 to 200");
            assertThatIllegalArgumentException().isThrownBy(() -> write(name, bob, AT, true));
        }
        assertThat(store.find(users)).isEmpty();
        assertThat(online(NODE)).isEmpty();
    }

    @Test
    void a_name_or_a_time_that_cannot_be_stored_keeps_no_other_from_being_written() throws Exception {
        String user = known("anna").get(0);
        String other = known("bob").get(0);
        List<String> odd = List.of("a\0b", "\ud83d", "\ude00x", "\ud83dx");
        List<Seen> seen = new ArrayList<>(all(odd, AT, true));
        seen.add(new Seen(user, AT, true));
        seen.add(new Seen(other, Instant.parse("-9999-01-01T00:00:00Z"), true));
        store.write(NODE, seen);
        assertThat(store.find(List.of(user, "a\0b", "\ud83d"))).containsEntry(user, AT);
        assertThat(online(NODE)).contains(user, other);
        store.write(NODE, List.of(new Seen(user, LATER, true), new Seen(other, Instant.MAX, true)));
        assertThat(store.find(List.of(user))).containsEntry(user, LATER);
    }

    @Test
    void two_nodes_that_write_the_same_users_at_once_come_to_the_latest_time_and_what_each_said_last()
            throws Exception {
        List<String> users = many(300);
        Map<String, Instant> expected = new HashMap<>();
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            Random random = new Random(thread);
            List<List<Seen>> batches = new ArrayList<>();
            for (int round = 0; round < 6; round++) {
                List<Seen> batch = new ArrayList<>();
                for (String user : users) {
                    if (random.nextBoolean()) {
                        Instant at = AT.plusSeconds(random.nextInt(1000));
                        expected.merge(user, at, (one, other) -> one.isAfter(other) ? one : other);
                        batch.add(new Seen(user, at, random.nextBoolean()));
                    }
                }
                Collections.shuffle(batch, random);
                batches.add(batch);
            }
            writers.add(writing(thread % 2 == 0 ? NODE : OTHER, batches));
        }
        atOnce(writers);
        assertThat(expected).hasSize(300);
        assertThat(store.find(users)).isEqualTo(expected);

        List<Seen> ofOne = new ArrayList<>();
        List<Seen> ofOther = new ArrayList<>();
        for (int i = 0; i < users.size(); i++) {
            ofOne.add(new Seen(users.get(i), AT, i % 2 == 0));
            ofOther.add(0, new Seen(users.get(i), AT, i % 5 == 0));
        }
        atOnce(List.of(writing(NODE, List.of(ofOne)), writing(OTHER, List.of(ofOther))));
        assertThat(online(NODE)).isEqualTo(byBytes(thoseOnline(ofOne)));
        assertThat(online(OTHER)).isEqualTo(byBytes(thoseOnline(ofOther)));
        for (int i = 0; i < users.size(); i++) {
            showsOnline(users.get(i), i % 2 == 0 || i % 5 == 0);
        }
        assertThat(store.find(users)).isEqualTo(expected);
    }

    private Callable<Boolean> writing(String node, List<List<Seen>> batches) {
        return () -> {
            for (List<Seen> batch : batches) {
                store.write(node, batch);
            }
            return true;
        };
    }

    private static List<String> thoseOnline(List<Seen> seen) {
        return seen.stream().filter(Seen::online).map(Seen::user).toList();
    }

    @Test
    void who_leaves_two_nodes_at_once_is_offline_and_who_leaves_one_is_not() throws Exception {
        List<String> users = many(100);
        for (int round = 0; round < 10; round++) {
            Instant at = AT.plusSeconds(round);
            store.write(NODE, all(users, at, true));
            store.write(OTHER, all(users, at, true));
            List<Seen> ofNode = new ArrayList<>();
            List<Seen> ofOther = new ArrayList<>();
            for (int i = 0; i < users.size(); i++) {
                ofNode.add(new Seen(users.get(i), at, i % 4 == 1));
                ofOther.add(new Seen(users.get(i), at, i % 4 == 2));
            }
            Collections.reverse(ofOther);
            atOnce(List.of(writing(NODE, List.of(ofNode)), writing(OTHER, List.of(ofOther))));
            for (int i = 0; i < users.size(); i++) {
                showsOnline(users.get(i), i % 4 == 1 || i % 4 == 2);
            }
        }
    }

    private static void atOnce(List<Callable<Boolean>> works) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(works.size());
        CyclicBarrier begin = new CyclicBarrier(works.size());
        try {
            List<Future<Boolean>> futures = new ArrayList<>();
            for (Callable<Boolean> work : works) {
                futures.add(threads.submit(() -> {
                    begin.await();
                    return work.call();
                }));
            }
            for (Future<Boolean> future : futures) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
