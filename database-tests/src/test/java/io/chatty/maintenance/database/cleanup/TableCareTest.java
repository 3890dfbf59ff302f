package io.chatty.maintenance.database.cleanup;

import static io.chatty.maintenance.engine.Schedules.daily;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.TableCare;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.Window;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.testkit.SteppedScheduler;
import io.chatty.maintenance.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the care for tables does the same on all databases. */
final class TableCareTest {

    private static final ChatSchema SCHEMA = HostChat.schema(Shape.ZONED);

    @ParameterizedTest
    @EnumSource
    void odd_names_are_found_and_quoted(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            char quote = server == TestServer.MARIADB ? '`' : '"';
            String table = quote + "Mess" + quote + quote + "ages; DROP" + quote;
            String child = quote + "Ärger = select" + quote;
            database.execute("CREATE TABLE " + table + " (id BIGINT PRIMARY KEY, sent_at "
                    + (server == TestServer.MARIADB ? "TIMESTAMP(6)" : "TIMESTAMP WITH TIME ZONE") + ")");
            database.execute("CREATE TABLE " + child + " (message_id BIGINT)");
            database.execute("CREATE TABLE " + quote + "MESSAGES" + quote + " (id BIGINT)");
            for (int i = 0; i < 8; i++) {
                Cared.execute(
                        database,
                        "INSERT INTO " + child + " VALUES "
                                + "(1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14)");
            }
            ChatDatabase chat = ChatDatabase.of(
                    database.dataSource(),
                    ChatSchema.builder()
                            .messages(
                                    "Mess" + quote + "ages; DROP",
                                    m -> m.key("id").sentAt("sent_at"))
                            .children("Ärger = select", "message_id")
                            .build());

            Cared.untilChangesAreOfAnEarlierSecond(database);
            Counts counts = Cared.run(chat.tableCare().also("messages").build()).counts();

            assertThat(counts.get("examined")).isEqualTo(3);
            // MariaDB may have made the statistics anew by itself meanwhile.
            assertThat(counts.get("cared.analyze.Ärger___select")
                            + (server == TestServer.MARIADB ? counts.get("skipped.notWorth.Ärger___select") : 0))
                    .isEqualTo(1);
            assertThat(counts.sum("cared") + counts.sum("skipped")).isEqualTo(3);
            assertThat(counts.asMap().keySet()).anyMatch(name -> name.endsWith(".messages"));
            if (server != TestServer.H2) { // which does not tell what has changed
                Counts second =
                        Cared.run(chat.tableCare().also("messages").build()).counts();
                assertThat(second.sum("skipped.notWorth")).isEqualTo(3);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void tables_that_are_not_there_are_told_at_start_all_at_once(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            new HostChat(database, Shape.ZONED);
            TableCare care = ChatDatabase.of(database.dataSource(), SCHEMA)
                    .tableCare()
                    .also("archived_mesages")
                    .also("archived_reactions")
                    .build();
            assertThat(care.problems())
                    .hasSize(2)
                    .allSatisfy(problem -> assertThat(problem).startsWith("also: there is no table \"archived_"));
        }
    }

    /** The window closes while the first table is in work. */
    @ParameterizedTest
    @EnumSource
    void a_run_that_the_window_cuts_off_goes_on_with_the_next_table_in_the_next_window(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
            SteppedScheduler scheduler = new SteppedScheduler(clock);
            AtomicBoolean late = new AtomicBoolean();
            ChatDatabase chat = ChatDatabase.of(
                    PausingDataSource.of(database.dataSource(), (what, before) -> {
                        if (late.getAndSet(false)) {
                            clock.advance(Duration.ofHours(2));
                        }
                    }),
                    SCHEMA);
            Window window = Window.of(LocalTime.of(2, 0), LocalTime.of(3, 0), ZoneOffset.UTC);
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .clock(clock)
                    .scheduler(scheduler)
                    .workers(Runnable::run)
                    .task(
                            chat.tableCare().build(),
                            daily(LocalTime.of(2, 0), ZoneOffset.UTC).within(window))
                    .build()) {
                engine.start();
                late.set(true);
                scheduler.advance(Duration.ofHours(6));
                Run cut = engine.history("table-care", 1).get(0);
                assertThat(cut.state().isActive()).as(cut.toString()).isTrue();
                assertThat(cut.counts().get("examined")).isEqualTo(1);

                scheduler.advance(Duration.ofDays(1));
                Run whole = engine.history("table-care", 5).stream()
                        .filter(run -> run.id().equals(cut.id()))
                        .findFirst()
                        .orElseThrow();
                assertThat(whole.state()).isEqualTo(RunState.SUCCEEDED);
                assertThat(whole.counts().get("examined")).isEqualTo(3);
                assertThat(whole.counts().sum("cared") + whole.counts().sum("skipped"))
                        .isEqualTo(3);
            }
            assertThat(host.ids("messages", "id")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void it_runs_with_the_store_in_the_same_database_and_leaves_a_connection_to_it(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(host.chat().runStore())
                    .workers(Runnable::run)
                    .task(host.chat().tableCare().name("care").build())
                    .build()) {
                engine.start();
                Run run = engine.runNow("care").get();
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(engine.history("care", 1).get(0).counts().get("examined"))
                        .isEqualTo(3);
            }
        }
    }

    @Test
    void on_h2_it_takes_an_administrator_and_says_that_space_is_the_hosts_to_reclaim() throws Exception {
        try (TestDatabase database = TestServer.H2.open();
                HikariDataSource pool = new HikariDataSource()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            database.execute("CREATE USER plain PASSWORD 'plain'");
            database.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA PUBLIC TO plain");
            pool.setJdbcUrl(database.jdbcUrl().replace(";DB_CLOSE_DELAY=-1", ""));
            pool.setUsername("plain");
            pool.setPassword("plain");
            assertThat(ChatDatabase.of(pool, SCHEMA).tableCare().build().problems())
                    .singleElement()
                    .asString()
                    .contains("ALTER USER … ADMIN TRUE");
            assertThat(host.chat().tableCare().truncate().build().problems())
                    .singleElement()
                    .asString()
                    .contains("SHUTDOWN COMPACT");
        }
    }

    @Test
    void settings_that_make_no_sense_are_refused_where_they_are_set() throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            TableCare.Builder builder =
                    ChatDatabase.of(database.dataSource(), SCHEMA).tableCare();
            assertRefused("also: a blank name", () -> builder.also(" "));
            assertRefused("also: table \"messages\" is one of the schema", () -> builder.also("messages"));
            assertRefused("also: table \"reactions\" is one of the schema", () -> builder.also("reactions"));
            builder.also("more");
            assertRefused("also: table \"more\" is given twice", () -> builder.also("more"));
            assertRefused("deadShare: -0.1 given", () -> builder.deadShare(-0.1));
            assertRefused("deadShare: NaN given", () -> builder.deadShare(Double.NaN));
            assertRefused("deadShare: 1.1 given", () -> builder.deadShare(1.1));
            assertRefused("timeLimit: PT0.099S given", () -> builder.timeLimit(Duration.ofMillis(99)));
            assertRefused("timeLimit: PT25H given", () -> builder.timeLimit(Duration.ofHours(25)));
            assertRefused("rebuild freeShare: 0.0 given", () -> builder.rebuild(0, 1));
            assertRefused("rebuild freeShare: 1.0 given", () -> builder.rebuild(1, 1));
            assertRefused("rebuild room: 0 given", () -> builder.rebuild(0.5, 0));
            assertRefused("task name: ", () -> builder.name("a b"));
        }
    }

    private static void assertRefused(String message, Runnable setter) {
        assertThatThrownBy(setter::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
