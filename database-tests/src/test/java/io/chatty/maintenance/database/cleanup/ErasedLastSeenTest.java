package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.Erasure;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Of a user who is erased our own table does not tell any more when they were last seen; the host's tells what the host says. */
final class ErasedLastSeenTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final RetentionScope USER = RetentionScope.user("2");

    /** Two messages of each of the users 1 and 2, one in each of the rooms 1 and 2. */
    private static HostChat chat(TestDatabase database) throws SQLException {
        HostChat host = new HostChat(database, Shape.ZONED);
        host.add(List.of(
                new Message("1", NOW, "1", "1", null, null),
                new Message("2", NOW, "1", "2", null, null),
                new Message("3", NOW, "2", "1", null, null),
                new Message("4", NOW, "2", "2", null, null)));
        return host;
    }

    /** Users 2 and 20 were seen and 02; of user 1 nothing is known. */
    private static HostChat seen(TestDatabase database) throws Exception {
        HostChat host = chat(database);
        host.chat()
                .lastSeen()
                .write(
                        "node",
                        List.of(new Seen("2", NOW, false), new Seen("20", NOW, true), new Seen("02", NOW, false)));
        return host;
    }

    private static List<String> users(TestDatabase database) throws SQLException {
        return database.strings("SELECT user_id FROM chatty_maintenance_last_seen ORDER BY user_id");
    }

    private static Counts run(HostChat host, Erasure erasure) throws Exception {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(host.chat().runStore())
                .clock(() -> NOW)
                .task(erasure)
                .build()) {
            Counts preview = engine.preview(erasure.name()).counts();
            engine.start();
            Run run = engine.runNow(erasure.name()).get(60, TimeUnit.SECONDS);
            assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.SUCCEEDED);
            for (String count : List.of("erased", "erased.lastSeen")) {
                assertThat(preview.get("due." + count))
                        .as("due.%s as counted before", count)
                        .isEqualTo(run.counts().get("deleted." + count));
            }
            assertThat(preview.get("skipped.held")).isEqualTo(run.counts().get("skipped.held"));
            return run.counts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_row_of_the_user_goes_and_no_other(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = seen(database);
            Erasure erasure = host.chat().erasure();
            erasure.ask(USER, "dpo", "article 17");
            assertThat(users(database)).as("nothing goes before the run").containsExactly("02", "2", "20");

            Counts counts = run(host, erasure);

            assertThat(counts.get("deleted.erased.lastSeen")).isOne();
            assertThat(counts.get("deleted.erased")).isEqualTo(2);
            assertThat(users(database)).containsExactly("02", "20");
            assertThat(erasure.pending()).isEmpty();
            erasure.ask(USER, "dpo", "once more");
            assertThat(run(host, erasure).get("deleted.erased.lastSeen")).isZero();
            assertThat(erasure.pending()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void it_goes_of_one_who_never_wrote_a_message_and_stays_when_a_room_is_erased(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = seen(database);
            Erasure erasure = host.chat().erasure();
            erasure.ask(RetentionScope.room("2"), "dpo", "the club is closed");
            assertThat(run(host, erasure).get("deleted.erased")).isEqualTo(2);
            assertThat(users(database)).containsExactly("02", "2", "20");
            erasure.ask(RetentionScope.user("20"), "dpo", "article 17");
            run(host, erasure);
            assertThat(users(database)).containsExactly("02", "2");
            assertThat(erasure.pending()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_hold_on_the_user_or_on_everything_keeps_it_and_one_on_others_does_not(TestServer server) throws Exception {
        List<LegalHold> holds = List.of(
                LegalHold.builder("user", "counsel", "litigation").user("20").build(),
                LegalHold.builder("part", "counsel", "litigation")
                        .user("20")
                        .room("1")
                        .to(NOW.minusSeconds(1))
                        .build(),
                LegalHold.builder("all", "counsel", "litigation").everything().build());
        try (TestDatabase database = server.open()) {
            HostChat host = seen(database);
            host.chat()
                    .holds()
                    .place(LegalHold.builder("others", "counsel", "litigation")
                            .user("1")
                            .build());
            host.chat()
                    .holds()
                    .place(LegalHold.builder("room", "counsel", "litigation")
                            .room("20")
                            .build());
            Erasure erasure = host.chat().erasure();
            erasure.ask(RetentionScope.user("20"), "dpo", "article 17");
            for (LegalHold hold : holds) {
                host.chat().holds().place(hold);
                Counts counts = run(host, erasure);
                assertThat(counts.get("skipped.held")).as("%s", hold).isOne();
                assertThat(counts.get("requests.left")).isOne();
                assertThat(users(database)).contains("20");
                assertThat(erasure.pending()).hasSize(1);
                host.chat().holds().release(hold.id(), "counsel");
            }
            run(host, erasure);
            assertThat(users(database)).containsExactly("02", "2");
            assertThat(erasure.pending()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_hold_on_a_room_keeps_the_messages_and_the_request_but_not_the_row(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = seen(database);
            host.chat()
                    .holds()
                    .place(LegalHold.builder("room", "counsel", "litigation")
                            .room("1")
                            .build());
            Erasure erasure = host.chat().erasure();
            erasure.ask(USER, "dpo", "article 17");
            Counts counts = run(host, erasure);
            assertThat(counts.get("skipped.held")).isOne();
            assertThat(host.rows("messages WHERE user_id = 2")).isOne();
            assertThat(users(database)).containsExactly("02", "20");
            assertThat(erasure.pending()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_hold_that_comes_in_between_keeps_it(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = seen(database);
            host.chat().erasure().ask(USER, "dpo", "article 17");
            host.execute("DELETE FROM messages");
            List<String> placed = new ArrayList<>();
            DataSource watched = PausingDataSource.ofStatements(database.dataSource(), (sent, before) -> {
                if (!before
                        && placed.isEmpty()
                        && sent.arguments().contains("2")
                        && sent.sql().contains("chatty_maintenance_last_seen")) {
                    placed.add(sent.sql());
                    storeHold(database);
                }
            });
            Erasure erasure = ChatDatabase.of(watched, host.schema()).erasure();
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(host.chat().runStore())
                    .task(erasure)
                    .build()) {
                engine.start();
                Run run = engine.runNow(erasure.name()).get(60, TimeUnit.SECONDS);
                assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(run.counts().get("skipped.held")).isOne();
            }
            assertThat(placed).hasSize(1);
            assertThat(users(database)).contains("2");
            assertThat(erasure.pending()).hasSize(1);
        }
    }

    /** As placing one does before it waits for batches in flight. */
    private static void storeHold(TestDatabase database) {
        try {
            database.execute("INSERT INTO chatty_maintenance_hold (hold_id, sender, placed_by, why, placed_at)"
                    + " VALUES ('late', '2', 'counsel', 'litigation', CURRENT_TIMESTAMP)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_hosts_own_table_is_left_as_it_is(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            database.execute("CREATE TABLE people (id BIGINT NOT NULL PRIMARY KEY, seen BIGINT)");
            database.execute("INSERT INTO people (id) VALUES (2)");
            LastSeenStore hosts =
                    host.chat().lastSeen("people", t -> t.user("id").seenAt("seen", TimeKind.epochSeconds()));
            hosts.write("node", List.of(new Seen("2", NOW, true)));
            Erasure erasure = host.chat().erasure();
            erasure.ask(USER, "dpo", "article 17");
            assertThat(run(host, erasure).get("deleted.erased.lastSeen")).isZero();
            assertThat(hosts.find(List.of("2"))).containsEntry("2", NOW);
            assertThat(hosts.online("node", "", 10))
                    .as("a node that has the user goes on to say so")
                    .containsExactly("2");
            assertThat(erasure.pending()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void where_there_is_no_such_table_all_else_is_erased(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            database.execute("DROP TABLE chatty_maintenance_last_seen");
            Erasure erasure = host.chat().erasure();
            assertThat(erasure.problems()).isEmpty();
            erasure.ask(USER, "dpo", "article 17");
            assertThat(run(host, erasure).get("deleted.erased")).isEqualTo(2);
            assertThat(erasure.pending()).isEmpty();
        }
    }
}
