package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the host lends comes back as it was, from a pool that puts nothing right by itself. */
final class BorrowedConnectionTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

    @ParameterizedTest
    @EnumSource
    void a_connection_comes_back_as_it_was_after_runs_that_succeed_and_fail(TestServer server) throws Exception {
        try (TestDatabase database = server.open();
                Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
            HostChat host = new HostChat(database, Shape.ZONED);
            host.add(List.of(new Message("1", NOW.minus(ofDays(100)), "1", "1", null, null)));
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setAutoCommit(false);
            String settings = settings(server, connection);
            connection.rollback();

            AtomicBoolean broken = new AtomicBoolean(true);
            RetentionPolicies policies = FailingPolicies.keep50Days(broken);
            ChatDatabase chat = ChatDatabase.of(lendingOnly(connection), host.schema());
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(chat.runStore())
                    .clock(() -> NOW)
                    .workers(Runnable::run)
                    .task(chat.messageCleanup(policies).build())
                    .build()) {
                engine.start();
                Run failed = engine.runNow("message-cleanup").get();
                assertThat(failed.state()).isEqualTo(RunState.FAILED);
                assertAsBefore(server, connection, settings);
                broken.set(false);
                engine.preview("message-cleanup");
                assertAsBefore(server, connection, settings);
                Run run = engine.runNow("message-cleanup").get();
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertAsBefore(server, connection, settings);
            }
            assertThat(host.ids("messages", "id")).isEmpty();
        }
    }

    private static void assertAsBefore(TestServer server, Connection connection, String settings) throws Exception {
        assertThat(connection.getAutoCommit()).isFalse();
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        assertThat(connection.isReadOnly()).isFalse();
        assertThat(settings(server, connection)).isEqualTo(settings);
        connection.rollback();
    }

    private static String settings(TestServer server, Connection connection) throws Exception {
        String sql = switch (server) {
            case H2 -> "SELECT 'none that we change'";
            case POSTGRESQL ->
                "SELECT concat_ws(' ', current_setting('lock_timeout'), current_setting('jit'),"
                        + " current_setting('plan_cache_mode'), current_setting('enable_nestloop'))";
            case MARIADB ->
                "SELECT CONCAT_WS(' ', @@session.time_zone, @@session.innodb_lock_wait_timeout, @@session.lock_wait_timeout)";
        };
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Lends that one connection again and again; to close it does nothing. */
    private static DataSource lendingOnly(Connection connection) {
        Connection lent = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> method.getName().equals("getConnection") ? lent : null);
    }
}
