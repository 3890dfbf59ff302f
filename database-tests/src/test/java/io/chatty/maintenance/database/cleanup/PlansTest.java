package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.PausingDataSource.Sent;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the database goes about the statements of a batch: never by reading all of the message table, or all of a room. */
final class PlansTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final int MESSAGES = 200_000;
    private static final int BATCH = 1000;

    private enum Way {
        ONE_RULE,
        SOME_ROOMS,
        ROOMS_ALONE,
        ONE_BY_ONE;

        RetentionPolicies policies(Duration keep) {
            RetentionPolicies.Builder policies = RetentionPolicies.builder();
            return switch (this) {
                case ONE_RULE -> policies.global(RetentionRule.keepFor(keep)).build();
                case SOME_ROOMS ->
                    policies.global(RetentionRule.keepFor(keep))
                            .room("1", RetentionRule.keepForever())
                            .room("2", RetentionRule.keepFor(keep.plusDays(1)))
                            .build();
                case ROOMS_ALONE -> {
                    for (int room = 0; room < 40; room++) {
                        policies.room(String.valueOf(room), RetentionRule.keepFor(keep));
                    }
                    yield policies.build();
                }
                case ONE_BY_ONE ->
                    policies.policy(scope -> scope.toString().equals("global")
                                    ? Optional.of(RetentionRule.keepFor(keep))
                                    : Optional.empty())
                            .build();
            };
        }
    }

    private final List<Sent> sent = new ArrayList<>();
    private boolean watching;

    /** One message a minute; the given share of them is due. */
    private static Duration keep(int percentDue) {
        return Duration.ofMinutes(MESSAGES / 100L * (100 - percentDue)).plusSeconds(30);
    }

    @ParameterizedTest
    @EnumSource
    void no_statement_of_a_batch_reads_all_of_the_message_table_or_of_a_room_whatever_share_is_due(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = ManyMessages.host(database);
            if (server == TestServer.POSTGRESQL) {
                host.execute("ALTER TABLE messages SET (autovacuum_enabled = off)");
            }
            host.execute("CREATE INDEX messages_of_room ON messages (room_id)");
            add(host, MESSAGES);
            for (boolean statistics : new boolean[] {false, true}) {
                if (statistics) {
                    host.execute(server == TestServer.MARIADB ? "ANALYZE TABLE messages, reactions" : "ANALYZE");
                }
                for (int percent : new int[] {1, 50, 99}) {
                    for (Way way : Way.values()) {
                        check(
                                host,
                                way,
                                percent,
                                server + (statistics ? " with" : " without") + " statistics, " + percent + " % due, "
                                        + way);
                    }
                }
            }
        }
    }

    private static void add(HostChat host, int upTo) throws SQLException {
        long first = NOW.toEpochMilli() - (MESSAGES + 1) * 60_000L;
        ManyMessages.add(host, 1, upTo, first + " + x * 60000", "MOD(x, 50)");
        ManyMessages.addReactions(host, 1, upTo);
    }

    private void check(HostChat host, Way way, int percent, String label) throws Exception {
        ChatDatabase chat = ChatDatabase.of(
                PausingDataSource.ofStatements(host.database.dataSource(), (it, before) -> {
                    if (watching && before) {
                        sent.add(it);
                    }
                }),
                host.schema());
        sent.clear();
        MessageCleanup cautious =
                chat.messageCleanup(way.policies(keep(percent))).build();
        batches(chat, cautious, 1);
        MessageCleanup removing =
                chat.messageCleanup(way.policies(keep(percent))).shareLimit(1).build();
        Run run = batches(chat, removing, 2);
        assertThat(run.counts().get("deleted.expired")).as(label).isPositive();
        host.execute("DELETE FROM reactions WHERE message_id <= " + 2 * BATCH);
        host.execute("DELETE FROM messages WHERE id <= " + 2 * BATCH);
        add(host, 2 * BATCH);
        try (Connection connection = host.database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try {
                int explained = 0;
                for (Sent each : sent) {
                    String sql = each.sql().replace('`', '"').toLowerCase(Locale.ROOT);
                    if (sql.contains("set_config") || sql.startsWith("set transaction isolation")) {
                        execute(connection, each.sql().replaceFirst("SET TRANSACTION[^;]*;?", ""));
                    } else if (sql.contains("\"messages\"") && !asksForTheSize(sql)) {
                        explained++;
                        readsNoWholeTable(connection, host.database.server(), each, label);
                    } else if (each.what().equals("commit")) {
                        connection.rollback();
                    }
                }
                assertThat(explained).as(label).isGreaterThanOrEqualTo(6);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    /** How large the table is, is asked in the first batch of a run alone. */
    private static boolean asksForTheSize(String sql) {
        return sql.startsWith("select count(*) from (select 1 as one")
                || sql.matches("select count[(][*][)] from (\"[^\"]*\"[.])?\"messages\"");
    }

    private Run batches(ChatDatabase chat, MessageCleanup cleanup, int count) throws Exception {
        RunStore store = chat.runStore();
        Optional<Run> last = store.history("message-cleanup", 1).stream().findFirst();
        Run run = Run.begun("message-cleanup", "a", Optional.empty(), NOW, NOW);
        assertThat(store.begin(run, last.map(Run::id), Duration.ofMinutes(10))).isTrue();
        assertThat(cleanup.problems()).isEmpty();
        watching = true;
        for (int i = 0; i < count; i++) {
            run = ByHand.batch(store, run, cleanup, BATCH);
        }
        watching = false;
        if (run.state() == RunState.AWAITING_CONFIRMATION) {
            store.settle(run, RunState.CANCELLED, "seen", NOW);
        } else if (run.state() == RunState.RUNNING) {
            store.end(run.claim(), RunState.CANCELLED, Optional.of("seen"), NOW);
        }
        return run;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        if (!sql.isBlank()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    private static void readsNoWholeTable(Connection connection, TestServer server, Sent each, String label)
            throws SQLException {
        switch (server) {
            case POSTGRESQL ->
                assertThat(ofPostgresql(connection, each))
                        .as(label + ": " + each.sql())
                        .noneMatch(line -> line.contains("Seq Scan on messages") || line.contains("messages_of_room"))
                        .anyMatch(line -> line.contains("Scan"));
            case MARIADB ->
                assertThat(ofMariadb(connection, each))
                        .as(label + ": " + each.sql())
                        .doesNotContain("m ALL", "k ALL", "t ALL")
                        .noneMatch(line -> line.contains("messages_of_room"))
                        .anyMatch(line -> line.startsWith("m "));
            case H2 ->
                assertThat(ofH2(connection, each))
                        .as(label + ": " + each.sql())
                        .noneMatch(line -> line.contains("MESSAGES.tableScan") || line.contains("MESSAGES_OF_ROOM"))
                        .anyMatch(line -> line.contains("/*"));
        }
    }

    /** As prepared, since a batch has its statements planned for no particular values. */
    private static List<String> ofPostgresql(Connection connection, Sent each) throws SQLException {
        StringBuilder numbered = new StringBuilder();
        int argument = 0;
        for (char c : each.sql().toCharArray()) {
            numbered.append(c == '?' ? "$" + ++argument : String.valueOf(c));
        }
        String values = each.arguments().stream()
                .map(value -> value instanceof Object[] elements
                        ? "'{" + Arrays.stream(elements).map(String::valueOf).collect(Collectors.joining(",")) + "}'"
                        : "'" + value + "'")
                .collect(Collectors.joining(", "));
        execute(connection, "PREPARE p AS " + numbered);
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("EXPLAIN EXECUTE p" + (argument == 0 ? "" : " (" + values + ")"))) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
            return lines;
        } finally {
            execute(connection, "DEALLOCATE p");
        }
    }

    private static List<String> ofMariadb(Connection connection, Sent each) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("EXPLAIN " + each.sql())) {
            bind(statement, each);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    lines.add(rows.getString("table") + " " + rows.getString("type"));
                    lines.add("by " + rows.getString("key"));
                }
            }
        }
        return lines;
    }

    private static List<String> ofH2(Connection connection, Sent each) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("EXPLAIN PLAN FOR " + each.sql())) {
            bind(statement, each);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1).lines().toList();
            }
        }
    }

    private static void bind(PreparedStatement statement, Sent each) throws SQLException {
        for (int i = 0; i < each.arguments().size(); i++) {
            statement.setObject(i + 1, each.arguments().get(i));
        }
    }
}
