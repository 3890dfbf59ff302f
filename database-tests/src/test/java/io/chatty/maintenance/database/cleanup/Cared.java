package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.TableCare;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Fills a host's tables, deletes from them, and has them cared for, in the caller's thread and with runs in memory. */
final class Cared {

    private Cared() {}

    static Run run(TableCare care) throws Exception {
        try (MaintenanceEngine engine = engine(care)) {
            engine.start();
            Run run = engine.runNow(care.name()).get();
            assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
            return run;
        }
    }

    static MaintenanceEngine engine(TableCare care) {
        return MaintenanceEngine.builder()
                .workers(Runnable::run)
                .settings(s -> s.taskDefaults(t -> t.retries(0)))
                .task(care)
                .build();
    }

    /** Messages from 1 to that number, with some text each. */
    static void fill(TestDatabase database, int messages) throws SQLException {
        execute(
                database,
                "INSERT INTO messages (id, sent_at, room_id, user_id, body) "
                        + switch (database.server()) {
                            case H2 ->
                                "SELECT x, TIMESTAMP '2026-01-01 00:00:00', 1, 1, REPEAT('x', 150) FROM SYSTEM_RANGE(1, "
                                        + messages + ")";
                            case POSTGRESQL ->
                                "SELECT x, TIMESTAMP '2026-01-01 00:00:00', 1, 1, REPEAT('x', 150) FROM generate_series(1, "
                                        + messages + ") AS s(x)";
                            case MARIADB ->
                                "SELECT seq, '2026-01-01', 1, 1, REPEAT('x', 150) FROM seq_1_to_" + messages;
                        });
    }

    /** Executes that, and has PostgreSQL count at once what it did: a session of a pool tells it only now and then. */
    static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            if (database.server() == TestServer.POSTGRESQL) {
                statement.execute("SELECT pg_stat_force_next_flush()");
            }
        }
    }

    /**
     * Until the second is over in which tables changed last: MariaDB notes changes and analyses by the second, and care
     * takes one of the same second for the later.
     */
    static void untilChangesAreOfAnEarlierSecond(TestDatabase database) throws SQLException {
        if (database.server() == TestServer.MARIADB) {
            while (number(
                            database,
                            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
                                    + " AND UPDATE_TIME >= NOW()")
                    > 0) {
                Thread.onSpinWait();
            }
        }
    }

    static long number(TestDatabase database, String sql) throws SQLException {
        return Long.parseLong(database.strings(sql).get(0));
    }
}
