package io.chatty.maintenance.config;

import static io.chatty.maintenance.jdbc.Match.isOneOf;
import static io.chatty.maintenance.jdbc.Match.not;
import static io.chatty.maintenance.jdbc.TimeKind.epochMillis;
import static io.chatty.maintenance.retention.RetentionRule.keepFor;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.PolicyTable;
import io.chatty.maintenance.jdbc.SizeCap;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceTask;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tasks of a file do to a database what the same tasks, made by the API, do to another one with the same rows. */
@Timeout(120)
class FileAndApiTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

    private static final String AGO = NOW.toEpochMilli() + " - 86400000 * CAST(%s AS BIGINT)";

    /** Messages as old in days as their number, of rooms 1 to 6 and one that is gone, some of whose senders are gone. */
    private static final List<String> TABLES = List.of(
            "CREATE TABLE rooms (id BIGINT PRIMARY KEY, team VARCHAR(9), made BIGINT, days INT, policy INT)",
            "CREATE TABLE users (id BIGINT PRIMARY KEY, made BIGINT, days INT)",
            "CREATE TABLE policies (id INT PRIMARY KEY, millis BIGINT, latest INT)",
            "CREATE TABLE members (room_id BIGINT, user_id BIGINT)",
            "CREATE TABLE messages (id BIGINT PRIMARY KEY, room_id BIGINT, user_id BIGINT, sent_at BIGINT NOT NULL,"
                    + " deleted_at BIGINT NOT NULL, body VARCHAR(99))",
            "CREATE INDEX sent ON messages (sent_at, id)",
            "CREATE TABLE reactions (id BIGINT PRIMARY KEY, message_id BIGINT, at BIGINT)",
            "INSERT INTO rooms SELECT X, CASE WHEN X < 4 THEN 'free' ELSE 'plus' END, " + String.format(AGO, "X")
                    + ", CASE X WHEN 1 THEN 30 WHEN 2 THEN -1 WHEN 3 THEN 90 END, CASE WHEN X < 4 THEN X END"
                    + " FROM SYSTEM_RANGE(1, 150) WHERE X < 7 OR X > 20",
            "INSERT INTO users SELECT X, " + String.format(AGO, "X")
                    + ", NULLIF(MOD(X, 4) * 20, 0) FROM SYSTEM_RANGE(1, 60)" + " WHERE X < 5 OR X > 30",
            "INSERT INTO policies VALUES (1, 2592000000, 5), (2, -7, 3), (3, 8640000000, NULL)",
            "INSERT INTO members VALUES (25, 35), (26, 36)",
            "INSERT INTO messages SELECT X, NULLIF(MOD(X, 8), 0), MOD(X, 6), " + String.format(AGO, "X")
                    + ", CASE WHEN MOD(X, 10) = 0 THEN " + String.format(AGO, "MOD(X, 20) + 1") + " ELSE 0 END, 'hello'"
                    + " FROM SYSTEM_RANGE(1, 200)",
            "INSERT INTO reactions SELECT X, X, " + String.format(AGO, "MOD(X, 7)") + " FROM SYSTEM_RANGE(1, 300)");

    private static final String SCHEMA = """
            store { type = jdbc, migrate = true }
            database.connections = 4
            schema {
              messages {
                table = messages, key = id, room = room_id, sender = user_id
                sent-at { column = sent_at, kind = epoch-millis }
                soft-deleted-at { column = deleted_at, kind = epoch-millis }
              }
              children = { table = reactions, column = message_id, at { column = at, kind = epoch-millis } }
              rooms { table = rooms, key = id, team = team }
              users { table = users, key = id }
            }
            """;

    private static ChatSchema schema() {
        return ChatSchema.builder()
                .messages(
                        "messages",
                        m -> m.key("id")
                                .room("room_id")
                                .sender("user_id")
                                .sentAt("sent_at", epochMillis())
                                .softDeletedAt("deleted_at", epochMillis()))
                .children("reactions", c -> c.refersBy("message_id").at("at", epochMillis()))
                .rooms("rooms", r -> r.key("id").team("team"))
                .users("users", "id")
                .build();
    }

    /**
     * A task in both forms.
     *
     * @param hocon the file has it, called t
     * @param api makes it, called t
     * @param counted what a run of it counts, at least, and more than 0
     */
    private record Both(String hocon, Function<ChatDatabase, MaintenanceTask> api, String counted) {
        @Override
        public String toString() {
            return hocon;
        }
    }

    private static RetentionPolicies month() {
        return RetentionPolicies.builder().global(keepFor(ofDays(100))).build();
    }

    private static Both cleanup(
            String settings, Function<MessageCleanup.Builder, MessageCleanup.Builder> api, String counted) {
        return new Both(
                "policies.global = 100 days, tasks.t { type = message-cleanup, settings { share-limit = 1, " + settings
                        + " } }",
                chat -> api.apply(chat.messageCleanup(month()).name("t").shareLimit(1))
                        .build(),
                counted);
    }

    private static Both table(String hocon, String name, Consumer<PolicyTable.Builder> description, String counted) {
        return new Both(
                "policies.tables = [ { table = " + name + ", " + hocon
                        + " } ], tasks.t { type = message-cleanup, settings.share-limit = 1 }",
                chat -> chat.messageCleanup(RetentionPolicies.builder()
                                .policy(chat.policyTable(name, description))
                                .build())
                        .name("t")
                        .shareLimit(1)
                        .build(),
                counted);
    }

    static Stream<Both> tasks() {
        return Stream.of(cleanups(), tables(), unused()).flatMap(each -> each);
    }

    private static Stream<Both> cleanups() {
        return Stream.of(
                cleanup("soft-delete-grace = 3 days", c -> c.softDeleteGrace(ofDays(3)), "deleted.softDeleted"),
                cleanup("remove-orphans = true", c -> c.removeOrphans(), "deleted.orphaned"),
                cleanup(
                        "remove-orphans = true, orphan-grace = 5 days",
                        c -> c.removeOrphans(ofDays(5)),
                        "deleted.orphans.reactions"),
                cleanup(
                        "size-cap { rows = 60, down-to = 40 }",
                        c -> c.sizeCap(SizeCap.rows(60).downTo(40)),
                        "deleted.capped"),
                cleanup(
                        "size-cap { bytes = 3 KiB, down-to = 2 KiB }",
                        c -> c.sizeCap(SizeCap.bytes(3072).downTo(2048)),
                        "deleted.capped"),
                cleanup("workers = 3", c -> c.workers(3), "deleted.expired"),
                cleanup("share-limit = 0.9", c -> c.shareLimit(0.9), "deleted.expired"));
    }

    private static Stream<Both> tables() {
        return Stream.of(
                table(
                        "room = id, keep-days = days, forever = [-1]",
                        "rooms",
                        t -> t.room("id").keepDays("days").forever(-1),
                        "deleted.expired"),
                table(
                        "room = id, through { column = policy, table = policies, key = id }, keep-millis = millis,"
                                + " keep-latest = latest, forever = [-7, -8], where { is-one-of { column = id, values = [1, 2] } },"
                                + " cache-size = 10, cached-for = 5 s",
                        "rooms",
                        t -> t.room("id")
                                .through("policy", "policies", "id")
                                .keepMillis("millis")
                                .keepLatest("latest")
                                .forever(-7, -8)
                                .where(isOneOf("id", 1, 2))
                                .cacheSize(10)
                                .cachedFor(Duration.ofSeconds(5)),
                        "deleted.expired"),
                table("user = id, keep-days = days", "users", t -> t.user("id").keepDays("days"), "deleted.expired"),
                table(
                        "team = team, keep-days = days, where { is-one-of { column = id, values = [3] } }",
                        "rooms",
                        t -> t.team("team").keepDays("days").where(isOneOf("id", 3)),
                        "deleted.expired"),
                table(
                        "global = true, keep-millis = millis, where { is-one-of { column = id, values = [3] } }",
                        "policies",
                        t -> t.global().keepMillis("millis").where(isOneOf("id", 3)),
                        "deleted.expired"));
    }

    private static Stream<Both> unused() {
        return Stream.of(
                new Both(
                        "tasks.t { type = unused-rooms, settings { created-at { column = made, kind = epoch-millis }, grace = 30 days,"
                                + " used-by { table = members, column = room_id }, without-foreign-keys = true, share-limit = 1,"
                                + " keep { not { is-one-of { column = team, values = [plus] } } } } }",
                        chat -> chat.unusedRooms("made", epochMillis(), ofDays(30))
                                .name("t")
                                .usedBy("members", "room_id")
                                .withoutForeignKeys()
                                .keep(not(isOneOf("team", "plus")))
                                .shareLimit(1)
                                .build(),
                        "deleted.unused"),
                new Both(
                        "tasks.t { type = unused-users, settings { created-at { column = made, kind = epoch-millis }, grace = 40 days,"
                                + " used-by = [ { table = members, column = user_id } ], without-foreign-keys = true } }",
                        chat -> chat.unusedUsers("made", epochMillis(), ofDays(40))
                                .name("t")
                                .usedBy("members", "user_id")
                                .withoutForeignKeys()
                                .build(),
                        "deleted.unused"));
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void a_task_of_the_file_does_what_the_task_of_the_api_does(Both both) throws Exception {
        Chat byFile = new Chat();
        Chat byApi = new Chat();
        List<Object> before = byFile.rows();

        Run ofFile = byFile.run(both.hocon(), "t");
        Run ofApi = byApi.run(both.api());

        assertThat(ofFile.counts().asMap()).isEqualTo(ofApi.counts().asMap());
        assertThat(ofFile.counts().asMap()).containsKey(both.counted());
        assertThat(byFile.rows()).isEqualTo(byApi.rows()).isNotEqualTo(before);
    }

    @Test
    void a_run_that_would_remove_more_than_the_share_limit_waits() throws Exception {
        String settings =
                "created-at { column = made, kind = epoch-millis }, grace = 30 days, without-foreign-keys = true, share-limit = ";
        Chat chat = new Chat();
        List<Object> before = chat.rows();

        chat.expecting(RunState.AWAITING_CONFIRMATION)
                .run("tasks.t { type = unused-rooms, settings { " + settings + "0.05 } }", "t");

        assertThat(chat.rows()).isEqualTo(before);
    }

    @Test
    void what_is_archived_leaves_for_good_after_its_time_from_tables_and_from_files(@TempDir Path folder)
            throws Exception {
        for (String archive : List.of("archive = old_", "archive-folder = \"" + folder + "\"")) {
            Chat chat = new Chat();
            String tasks =
                    "policies.global = 100 days\n tasks { clean { type = message-cleanup, settings { share-limit = 1, "
                            + archive
                            + " } }, purge { type = archive-purge, settings { cleanup = clean, after = 30 days } } }";
            long removed = chat.run(tasks, "clean").counts().get("deleted.expired");
            assertThat(removed).isPositive();
            Instant archivedAt = Instant.now(); // what is archived has the time of the database's clock
            assertThat(chat.archived()).isEqualTo(removed);

            chat.at(archivedAt.plus(ofDays(29))).run(tasks, "purge");
            assertThat(chat.archived()).as("after 29 days, " + archive).isEqualTo(removed);

            chat.at(archivedAt.plus(ofDays(31))).run(tasks, "purge");
            assertThat(chat.archived()).as("after 31 days, " + archive).isZero();
        }
    }

    @Test
    void what_was_asked_for_is_erased_out_of_all_archives_of_the_file() throws Exception {
        String tasks = "policies.global = 100 days\n tasks {"
                + " clean { type = message-cleanup, settings { share-limit = 1, archive = old_ } }, erasure.type = erasure }";
        Chat chat = new Chat();
        chat.run(tasks, "clean");
        long archived = chat.archived();

        chat.before(configured -> configured.erasure().orElseThrow().ask(RetentionScope.user("3"), "ann", "asked to"))
                .run(tasks, "erasure");

        assertThat(chat.archived()).isLessThan(archived);
        assertThat(chat.strings("SELECT id FROM messages WHERE user_id = 3")).isEmpty();
        assertThat(chat.strings("SELECT id FROM old_messages WHERE user_id = 3"))
                .isEmpty();
    }

    @Test
    void what_went_is_told_to_the_listener_of_a_plugin() throws Exception {
        String tasks = "policies.global = 190 days\n tasks {"
                + " clean { type = message-cleanup, settings { share-limit = 1, tell-deleted = true } },"
                + " removal-delivery { type = removal-delivery, settings { provider = search-index, settings.index = told } } }";
        Chat chat = new Chat();
        long removed = chat.run(tasks, "clean").counts().get("deleted.expired");
        assertThat(IndexProvider.told("told")).isEmpty();

        chat.run(tasks, "removal-delivery");

        assertThat(IndexProvider.told("told")).hasSize((int) removed).hasSize(10);
    }

    @Test
    void partitions_are_dropped_by_a_task_of_its_own_where_the_database_has_them() throws Exception {
        Chat chat = new Chat();
        String tasks = "tasks { clean.type = message-cleanup, drop { type = partition-drop,"
                + " settings { cleanup = clean, lock-limit = 1 s } } }";

        assertThat(catchThrowable(() -> chat.run(tasks, "drop"))).hasMessageContaining("partitions: h2 has none");
    }

    /** A database in memory, with its rows. */
    private static final class Chat {

        private static int made;

        private final JdbcDataSource source = new JdbcDataSource();
        private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
        private final List<Consumer<ConfiguredEngine>> first = new ArrayList<>();
        private RunState expected = RunState.SUCCEEDED;
        private long archived;

        Chat() throws SQLException {
            source.setURL("jdbc:h2:mem:file-and-api-" + made++ + ";DB_CLOSE_DELAY=-1");
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                for (String each : TABLES) {
                    statement.execute(each);
                }
            }
        }

        Chat at(Instant time) {
            now.set(time);
            return this;
        }

        Chat expecting(RunState state) {
            expected = state;
            return this;
        }

        Chat before(Consumer<ConfiguredEngine> action) {
            first.add(action);
            return this;
        }

        long archived() {
            return archived;
        }

        Run run(String hocon, String task) throws Exception {
            try (ConfiguredEngine configured = MaintenanceConfig.parse(
                            "chatty-maintenance {\n" + SCHEMA + hocon + "\n}")
                    .dataSource(source)
                    .engine(builder -> builder.clock(now::get))) {
                configured.start();
                first.forEach(action -> action.accept(configured));
                Run run = configured.engine().runNow(task).get(60, TimeUnit.SECONDS);
                assertThat(run.state()).as(String.valueOf(run.detail())).isEqualTo(expected);
                archived = configured.archives().stream()
                        .mapToLong(archive -> archive.count(ArchiveFilter.all()))
                        .sum();
                return run;
            }
        }

        Run run(Function<ChatDatabase, MaintenanceTask> task) throws Exception {
            ChatDatabase chat = ChatDatabase.of(source, schema(), 4);
            chat.migrate();
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(chat.runStore())
                    .clock(now::get)
                    .task(task.apply(chat))
                    .build()) {
                engine.start();
                Run run = engine.runNow("t").get(60, TimeUnit.SECONDS);
                assertThat(run.state()).as(String.valueOf(run.detail())).isEqualTo(expected);
                return run;
            }
        }

        /** What stands in the host's tables. */
        List<Object> rows() throws SQLException {
            Map<String, List<String>> all = new TreeMap<>();
            for (String table : List.of("rooms", "users", "messages", "reactions")) {
                all.put(table, strings("SELECT id FROM " + table + " ORDER BY id"));
            }
            return List.of(all);
        }

        List<String> strings(String query) throws SQLException {
            List<String> all = new ArrayList<>();
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                while (row.next()) {
                    all.add(Optional.ofNullable(row.getString(1)).orElse("null"));
                }
            }
            return all;
        }
    }
}
