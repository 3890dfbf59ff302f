package io.chatty.maintenance.database.files;

import static java.time.temporal.ChronoUnit.HOURS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.FileUsage;
import io.chatty.maintenance.file.FileUsage.Outcome;
import io.chatty.maintenance.file.FileUsage.Used;
import io.chatty.maintenance.file.UsageScope;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.jdbc.DatabaseUsage;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a table of files says, and how files are given up in it, in each database. */
final class FileUsageTest {

    private static final Instant NOW = FileTableHost.NOW;
    private static final UsageScope ROOM_1 = new UsageScope(UsageScope.Kind.ROOM, "1");
    private static final RunId RUN = new RunId("run");

    private static Map<String, Outcome> release(FileUsage usage, String... names) throws Exception {
        return usage.release(RUN, List.of(names), NOW.minus(10, HOURS), EvictionListener.NONE);
    }

    private static List<String> waiting(FileUsage usage) throws Exception {
        return usage.waiting(0, 100).stream().map(Released::name).toList();
    }

    private static List<String> order(FileUsage usage, UsageScope scope, EvictionOrder order, int most)
            throws Exception {
        List<String> names = new ArrayList<>();
        Optional<Cursor> position = Optional.empty();
        do {
            FileUsage.Page page = usage.evictable(scope, order, NOW.minus(10, HOURS), position, most);
            page.files().forEach(file -> names.add(file.name()));
            position = page.next();
        } while (position.isPresent());
        return names;
    }

    @ParameterizedTest
    @EnumSource
    void sums_are_those_of_rows_that_are_there(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "a", 10, 20, 0, 1, "ann");
            host.put(2, "b", 20, 20, 0, 1, "bob");
            host.put(3, "c", 40, 20, 0, 2, "ann");
            host.put(4, "new", 80, -1, 0, 2, "ann");
            host.put(5, "gone", 160, 20, 0, 2, "ann");
            host.put(6, "", 320, 20, 0, 2, "ann");
            host.put(7, "odd", -5, 20, 0, 2, "ann");
            host.put(8, "nobodys", 640, -1, 0, 2, "");
            host.put(9, "nobodys2", 640, -1, 0, 2, "");
            host.database.execute("UPDATE files SET owner = NULL, room = NULL, made = 86400000 WHERE id = 8");
            host.database.execute("UPDATE files SET made = 86400000 WHERE id = 9");
            host.database.execute("UPDATE files SET gone = 5 WHERE id = 5");
            host.database.execute("UPDATE files SET made = NULL WHERE id = 2");
            DatabaseUsage usage = host.marking();
            assertThat(usage.problems()).isEmpty();
            assertThat(usage.used(UsageScope.ALL, NOW)).isEqualTo(new Used(UsageScope.ALL, 6, 1350));
            assertThat(usage.used(ROOM_1, NOW)).isEqualTo(new Used(ROOM_1, 2, 30));
            UsageScope ann = new UsageScope(UsageScope.Kind.USER, "ann");
            UsageScope bob = new UsageScope(UsageScope.Kind.USER, "bob");
            UsageScope room2 = new UsageScope(UsageScope.Kind.ROOM, "2");
            assertThat(usage.over(UsageScope.Kind.USER, 19, NOW, "", 10))
                    .containsExactly(new Used(ann, 3, 50), new Used(bob, 1, 20));
            assertThat(usage.over(UsageScope.Kind.USER, 20, NOW, "", 10)).containsExactly(new Used(ann, 3, 50));
            assertThat(usage.over(UsageScope.Kind.USER, 1, NOW, "ann", 10)).containsExactly(new Used(bob, 1, 20));
            assertThat(usage.over(UsageScope.Kind.ROOM, 1, NOW, "", 1)).containsExactly(new Used(ROOM_1, 2, 30));
            assertThat(usage.over(UsageScope.Kind.ROOM, 1, NOW, "1", 1)).containsExactly(new Used(room2, 3, 680));
            assertThat(order(usage, UsageScope.ALL, EvictionOrder.OLDEST, 10))
                    .containsExactly("nobodys", "nobodys2", "a", "c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void files_come_in_the_order_that_is_asked_for_page_by_page(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "a", 30, 50, 0, 1, "ann");
            host.put(2, "b", 10, 60, 20, 1, "ann");
            host.put(3, "c", 30, 70, 60, 1, "ann");
            host.put(4, "d", 20, 50, 11, 1, "ann");
            host.put(5, "e", 90, 99, 0, 2, "ann");
            DatabaseUsage usage = host.deleting();
            for (int most : List.of(1, 2, 3, 10)) {
                assertThat(order(usage, ROOM_1, EvictionOrder.OLDEST, most)).containsExactly("c", "b", "a", "d");
                assertThat(order(usage, ROOM_1, EvictionOrder.LARGEST, most)).containsExactly("c", "a", "d", "b");
                assertThat(order(usage, ROOM_1, EvictionOrder.LEAST_RECENTLY_USED, most))
                        .containsExactly("c", "a", "b", "d");
                assertThat(order(usage, UsageScope.ALL, EvictionOrder.OLDEST, most))
                        .containsExactly("e", "c", "b", "a", "d");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_may_not_go_is_not_offered_and_told_why(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            fill(host);
            DatabaseUsage usage = host.deleting();
            assertThat(order(usage, UsageScope.ALL, EvictionOrder.OLDEST, 2)).containsExactly("free");
            FileUsage.Page page =
                    usage.evictable(UsageScope.ALL, EvictionOrder.OLDEST, NOW.minus(10, HOURS), Optional.empty(), 100);
            assertThat(page.files()).extracting(EvictableFile::name).containsExactly("free");
            assertThat(page.referenced()).isEqualTo(3); // the avatar, and the two rows of one name
            assertThat(page.next()).isEmpty();
            assertThat(usage.shielded(UsageScope.ALL, NOW.minus(10, HOURS)).asMap())
                    .containsOnly(
                            Map.entry("young", 1L),
                            Map.entry("notEvictable", 1L),
                            Map.entry("unknown", 3L),
                            Map.entry("held", 2L));
        }
    }

    private static void fill(FileTableHost host) throws Exception {
        host.put(1, "free", 10, 50, 0, 1, "ann");
        host.put(2, "young", 10, 10, 0, 1, "ann");
        host.put(3, "pinned", 10, 50, 0, 1, "ann");
        host.put(4, "ageless", 10, 50, 0, 1, "ann");
        host.put(5, "empty", 0, 50, 0, 1, "ann");
        host.put(6, "ofroom", 10, 50, 0, 7, "ann");
        host.put(7, "ofuser", 10, 50, 0, 1, "eve");
        host.put(8, "avatar", 10, 50, 0, 1, "ann");
        host.put(9, "twice", 10, 50, 0, 1, "ann");
        host.put(10, "twice", 10, 50, 0, 2, "bob");
        host.put(11, "sizeless", 10, 50, 0, 1, "ann");
        host.database.execute("UPDATE files SET bytes = NULL WHERE id = 11");
        host.database.execute("UPDATE files SET pinned = TRUE WHERE id = 3");
        host.database.execute("UPDATE files SET made = NULL WHERE id = 4");
        host.database.execute("INSERT INTO users VALUES (1, 'avatar')");
        host.chat
                .holds()
                .place(LegalHold.builder("h1", "counsel", "case 1").room("7").build());
        host.chat
                .holds()
                .place(LegalHold.builder("h2", "counsel", "case 2").user("eve").build());
    }

    @ParameterizedTest
    @EnumSource
    void the_statement_that_gives_up_looks_again(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            fill(host);
            DatabaseUsage usage = host.deleting();
            List<String> before = host.paths();
            Map<String, Outcome> outcomes = release(
                    usage,
                    "free",
                    "young",
                    "pinned",
                    "ageless",
                    "empty",
                    "sizeless",
                    "ofroom",
                    "ofuser",
                    "avatar",
                    "twice",
                    "none");
            assertThat(outcomes)
                    .containsOnly(
                            Map.entry("free", Outcome.RELEASED),
                            Map.entry("young", Outcome.CHANGED),
                            Map.entry("pinned", Outcome.CHANGED),
                            Map.entry("ageless", Outcome.CHANGED),
                            Map.entry("empty", Outcome.CHANGED),
                            Map.entry("sizeless", Outcome.CHANGED),
                            Map.entry("ofroom", Outcome.HELD),
                            Map.entry("ofuser", Outcome.HELD),
                            Map.entry("avatar", Outcome.REFERENCED),
                            Map.entry("twice", Outcome.REFERENCED),
                            Map.entry("none", Outcome.CHANGED));
            assertThat(host.paths()).hasSize(before.size() - 1).doesNotContain("free");
            assertThat(waiting(usage)).containsExactly("free");
            assertThat(host.references.released(10)).extracting(Released::name).containsExactly("free");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_row_that_is_marked_counts_no_more(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "a", 10, 50, 0, 1, "ann");
            host.put(2, "b", 10, 50, 0, 1, "ann");
            DatabaseUsage usage = host.marking();
            assertThat(release(usage, "a")).containsOnly(Map.entry("a", Outcome.RELEASED));
            assertThat(host.paths()).containsExactly("b");
            assertThat(host.database.strings("SELECT COUNT(*) FROM files")).containsExactly("2");
            assertThat(host.references.find(List.of("a", "b"))).containsExactly("b");
            assertThat(waiting(usage)).containsExactly("a");
            assertThat(release(usage, "a")).containsOnly(Map.entry("a", Outcome.CHANGED));
            assertThat(usage.used(UsageScope.ALL, NOW).bytes()).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void where_marked_rows_are_still_references_nothing_goes(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "a", 10, 50, 0, 1, "ann");
            DatabaseReferences careless = host.chat.fileReferences("chat", r -> r.column("files", "path"));
            DatabaseUsage usage =
                    host.usage(t -> t.marks("gone", TimeKind.epochMillis()).references(careless));
            assertThat(release(usage, "a")).containsOnly(Map.entry("a", Outcome.REFERENCED));
            assertThat(host.paths()).containsExactly("a");
            assertThat(waiting(usage)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_host_keeps_some_and_its_rows_follow_in_the_transaction(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "a", 10, 50, 0, 1, "ann");
            host.put(2, "b", 10, 50, 0, 1, "ann");
            DatabaseUsage usage = host.usage(t -> t.deletesRows().following((connection, files) -> {
                try (Statement statement = connection.createStatement()) {
                    for (EvictableFile file : files) {
                        statement.execute("INSERT INTO users VALUES (" + file.bytes() + ", 'told of')");
                    }
                }
            }));
            assertThat(usage.release(RUN, List.of("a", "b"), NOW, files -> Set.of("b")))
                    .containsOnly(Map.entry("a", Outcome.RELEASED), Map.entry("b", Outcome.VETOED));
            assertThat(host.database.strings("SELECT avatar FROM users")).containsExactly("told of");

            // It would make the same row again: all is undone.
            assertThatThrownBy(() -> release(usage, "b")).isInstanceOf(Exception.class);
            assertThat(host.paths()).containsExactly("b");
            assertThat(waiting(usage)).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_reference_that_is_committed_meanwhile_keeps_the_file_and_its_row(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "a", 10, 50, 0, 1, "ann");
            host.put(2, "b", 10, 50, 0, 1, "ann");
            DatabaseUsage usage = host.deleting();
            boolean[] done = {false};
            EvictionListener forwards = files -> {
                if (!done[0]) {
                    done[0] = true;
                    host.database.execute("INSERT INTO users VALUES (1, 'a')");
                }
                return Set.of();
            };
            assertThat(usage.release(RUN, List.of("a", "b"), NOW, forwards))
                    .containsOnly(Map.entry("a", Outcome.REFERENCED), Map.entry("b", Outcome.RELEASED));
            assertThat(host.paths()).containsExactly("a");
            assertThat(waiting(usage)).containsExactly("b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_hold_that_is_placed_meanwhile_shields(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "a", 10, 50, 0, 1, "ann");
            host.put(2, "b", 10, 50, 0, 2, "ann");
            DatabaseUsage usage = host.deleting();
            CountDownLatch placed = new CountDownLatch(1);
            Thread counsel = new Thread(() -> {
                host.chat
                        .holds()
                        .place(LegalHold.builder("h", "counsel", "case")
                                .room("1")
                                .build());
                placed.countDown();
            });
            boolean[] done = {false};
            EvictionListener waits = files -> {
                if (!done[0]) {
                    done[0] = true;
                    counsel.start();
                    await(() -> !host.database
                            .strings("SELECT hold_id FROM chatty_maintenance_hold")
                            .isEmpty());
                }
                return Set.of();
            };
            assertThat(usage.release(RUN, List.of("a", "b"), NOW, waits))
                    .containsOnly(Map.entry("a", Outcome.HELD), Map.entry("b", Outcome.RELEASED));
            assertThat(placed.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(host.paths()).containsExactly("a");
        }
    }

    /** A condition that throws what it likes. */
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_row_that_the_host_has_locked_is_left(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "a", 10, 50, 0, 1, "ann");
            host.put(2, "b", 10, 50, 0, 1, "ann");
            DatabaseUsage usage = host.deleting();
            try (Connection connection = host.database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("UPDATE files SET used = 5 WHERE id = 1");
                assertThat(release(usage, "a", "b"))
                        .containsOnly(Map.entry("a", Outcome.CHANGED), Map.entry("b", Outcome.RELEASED));
                connection.rollback();
                connection.setAutoCommit(true);
            }
            assertThat(host.paths()).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void names_that_differ_only_in_case_are_not_taken_for_one_another(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "a.png", 10, 50, 0, 1, "ann");
            DatabaseUsage usage = host.deleting();
            assertThat(release(usage, "A.PNG")).containsOnly(Map.entry("A.PNG", Outcome.CHANGED));
            assertThat(host.paths()).containsExactly("a.png");
            assertThat(release(usage, "a.png")).containsOnly(Map.entry("a.png", Outcome.RELEASED));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_hold_covers_what_a_row_does_not_tell_and_not_what_was_made_after_its_end(TestServer server)
            throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            host.put(1, "before", 10, 50, 0, 1, "ann");
            host.put(2, "after", 10, 20, 0, 1, "ann");
            host.put(3, "other", 10, 50, 0, 2, "ann");
            host.put(4, "roomless", 10, 50, 0, 2, "ann");
            host.database.execute("UPDATE files SET room = NULL WHERE id = 4");
            host.chat
                    .holds()
                    .place(LegalHold.builder("h", "counsel", "case")
                            .room("1")
                            .to(NOW.minus(30, HOURS))
                            .build());
            assertThat(order(host.deleting(), UsageScope.ALL, EvictionOrder.OLDEST, 10))
                    .containsExactly("other", "after");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tables_that_do_not_fit_are_told_at_the_start(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            assertThat(host.chat
                            .fileUsage(
                                    "files",
                                    t -> t.name("owner")
                                            .size("path")
                                            .createdAt("made")
                                            .room("nowhere")
                                            .allEvictable()
                                            .deletesRows()
                                            .references(host.references))
                            .problems())
                    .hasSize(3)
                    .anySatisfy(problem -> assertThat(problem).contains("is no whole number"))
                    .anySatisfy(problem -> assertThat(problem).contains("does not tell the time"))
                    .anySatisfy(problem -> assertThat(problem).contains("nowhere"));
            assertThat(host.usage(t -> t.deletesRows().name("owner")).problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem).contains("is none of the references"));
            host.database.execute(
                    "CREATE TABLE links (file BIGINT, FOREIGN KEY (file) REFERENCES files (id) ON DELETE CASCADE)");
            assertThat(host.deleting().problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem).contains("goAlong("));
            assertThat(host.usage(t -> t.deletesRows().goAlong("links")).problems())
                    .isEmpty();
            assertThat(host.marking().problems()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "H2")
    void what_is_left_out_never_means_that_files_go(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            for (Consumer<DatabaseUsage.Builder> wrong : List.<Consumer<DatabaseUsage.Builder>>of(
                    t -> {},
                    t -> t.allEvictable().deletesRows(),
                    t -> t.references(host.references).deletesRows(),
                    t -> t.references(host.references).allEvictable(),
                    t -> t.references(host.references)
                            .allEvictable()
                            .deletesRows()
                            .marks("gone", TimeKind.epochMillis()))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> host.chat.fileUsage("files", t -> {
                            t.name("path").size("bytes").createdAt("made");
                            wrong.accept(t);
                        }));
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> host.usage(t -> t.deletesRows().name(" ")));
            ChatDatabase other = FileHost.chat(host.database);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> other.fileUsage("files", t -> t.references(host.references)));
        }
    }
}
