package io.chatty.maintenance.config;

import static io.chatty.maintenance.jdbc.TimeKind.epochMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceTask;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
import org.h2.jdbcx.JdbcDataSource;

/** A chat in a database in memory, cleaned by a task of a file or of the API. */
final class CleanedChat {

    static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

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
            "INSERT INTO rooms SELECT X, CASE WHEN X < 4 THEN 'free' WHEN MOD(X, 5) = 0 THEN 'old' ELSE 'plus' END, "
                    + String.format(AGO, "X")
                    + ", CASE X WHEN 1 THEN 30 WHEN 2 THEN -1 WHEN 3 THEN 90 END, CASE WHEN X < 4 THEN X END"
                    + " FROM SYSTEM_RANGE(1, 150) WHERE X < 7 OR X > 20",
            "INSERT INTO users SELECT X, " + String.format(AGO, "X")
                    + ", NULLIF(MOD(X, 4) * 20, 0) FROM SYSTEM_RANGE(1, 60)" + " WHERE X < 5 OR X > 30",
            "INSERT INTO policies VALUES (1, 2592000000, 5), (2, -7, 3), (3, 8640000000, NULL)",
            "INSERT INTO members VALUES (46, 56), (47, 57)",
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

    private static int made;

    private final JdbcDataSource source = new JdbcDataSource();
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final List<Consumer<ConfiguredEngine>> first = new ArrayList<>();
    private RunState expected = RunState.SUCCEEDED;
    private long archived;

    CleanedChat() throws SQLException {
        source.setURL("jdbc:h2:mem:file-and-api-" + made++ + ";DB_CLOSE_DELAY=-1");
        execute(TABLES.toArray(String[]::new));
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    CleanedChat at(Instant time) {
        now.set(time);
        return this;
    }

    CleanedChat expecting(RunState state) {
        expected = state;
        return this;
    }

    CleanedChat before(Consumer<ConfiguredEngine> action) {
        first.add(action);
        return this;
    }

    long archived() {
        return archived;
    }

    Run run(String hocon, String task) throws Exception {
        try (ConfiguredEngine configured = MaintenanceConfig.parse("chatty-maintenance {\n" + SCHEMA + hocon + "\n}")
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
