package io.chatty.maintenance.database.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.servers.PostgresReplica;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.task.MaintenanceException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Races R6 and R7: what may be stale, hidden or cut off is no answer. */
final class UntrustedReferencesTest {

    private static final ChatSchema UNUSED = ChatSchema.builder()
            .messages("messages", m -> m.key("id").sentAt("sent_at"))
            .build();

    private static DatabaseReferences attachments(DataSource source) {
        return ChatDatabase.of(source, UNUSED).fileReferences("chat", r -> r.column("attachments", "path"));
    }

    private static TestDatabase withAttachments(TestServer server) throws Exception {
        TestDatabase database = server.open();
        database.execute("CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(100))");
        for (int i = 0; i < 10; i++) {
            database.execute("INSERT INTO attachments VALUES (" + i + ", 'f" + i + "')");
        }
        FileHost.chat(database);
        return database;
    }

    private static HikariDataSource pool(TestDatabase database, String user, String password, String first) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(
                database.jdbcUrl().replace("user=postgres", "user=" + user)); // whom the URL names comes first
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(2);
        config.setConnectionInitSql(first);
        return new HikariDataSource(config);
    }

    @Test
    void a_standby_of_postgresql_is_refused_and_not_asked() {
        DatabaseReferences references = attachments(PostgresReplica.dataSource());
        assertThat(references.problems())
                .anyMatch(problem -> problem.contains("standby") && problem.contains("primary"));
        assertThatThrownBy(() -> references.find(List.of("f1"))).hasMessageContaining("recovery");
        assertThatThrownBy(() -> references.page(Optional.empty(), 10)).hasMessageContaining("recovery");
    }

    @Test
    void a_database_that_may_only_be_read_is_refused() throws Exception {
        try (TestDatabase database = withAttachments(TestServer.POSTGRESQL);
                HikariDataSource pool = pool(
                        database, database.user(), database.password(), "SET default_transaction_read_only = on")) {
            assertThat(attachments(database.dataSource()).problems()).isEmpty();
            assertThat(attachments(pool).problems()).anyMatch(problem -> problem.contains("read-only"));
        }
    }

    @Test
    void a_mariadb_server_that_is_read_only_is_refused_and_not_asked() throws Exception {
        try (TestDatabase database = withAttachments(TestServer.MARIADB)) {
            DatabaseReferences references = attachments(database.dataSource());
            assertThat(references.problems()).isEmpty();
            database.execute("SET GLOBAL read_only = ON");
            try {
                assertThat(references.problems()).anyMatch(problem -> problem.contains("read-only"));
                assertThatThrownBy(() -> references.find(List.of("f1")))
                        .isInstanceOf(MaintenanceException.class)
                        .hasMessageContaining("read-only");
            } finally {
                database.execute("SET GLOBAL read_only = OFF");
            }
            assertThat(references.find(List.of("f1"))).containsExactly("f1");
        }
    }

    @Test
    void an_h2_database_that_is_opened_to_be_read_is_refused(@TempDir Path folder) throws Exception {
        JdbcDataSource written = new JdbcDataSource();
        written.setURL("jdbc:h2:file:" + folder.resolve("chat"));
        try (Connection connection = written.getConnection()) {
            connection.createStatement().execute("CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(100))");
        }
        JdbcDataSource read = new JdbcDataSource();
        read.setURL("jdbc:h2:file:" + folder.resolve("chat") + ";ACCESS_MODE_DATA=r");
        assertThat(attachments(read).problems()).anyMatch(problem -> problem.contains("opened read-only"));
    }

    @Test
    void rows_that_a_policy_hides_are_an_error() throws Exception {
        try (TestDatabase database = withAttachments(TestServer.POSTGRESQL)) {
            String user = "hidden_" + database.name();
            database.execute("CREATE ROLE " + user + " LOGIN");
            database.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + user);
            database.execute("ALTER TABLE attachments ENABLE ROW LEVEL SECURITY");
            database.execute("CREATE POLICY few ON attachments USING (id < 3)");
            try (HikariDataSource pool = pool(database, user, user, "SELECT 1")) {
                DatabaseReferences references = attachments(pool);
                assertThat(references.problems()).anyMatch(problem -> problem.contains("row-level security"));
                assertThatThrownBy(() -> references.find(List.of("f5"))).hasMessageContaining("row-level security");
                assertThatThrownBy(() -> references.page(Optional.empty(), 10))
                        .hasMessageContaining("row-level security");
            } finally {
                database.execute("DROP OWNED BY " + user);
                database.execute("DROP ROLE " + user);
            }
        }
    }

    @Test
    void a_right_that_is_missing_is_told() throws Exception {
        try (TestDatabase database = withAttachments(TestServer.POSTGRESQL)) {
            String user = "poor_" + database.name();
            database.execute("CREATE ROLE " + user + " LOGIN");
            database.execute("GRANT SELECT ON chatty_maintenance_migration TO " + user);
            database.execute("GRANT SELECT, DELETE ON chatty_maintenance_gone_file TO " + user);
            try (HikariDataSource pool = pool(database, user, user, "SELECT 1")) {
                assertThat(attachments(pool).problems())
                        .hasSize(2)
                        .anyMatch(problem -> problem.contains("SELECT on") && problem.contains("\"attachments\""))
                        .anyMatch(problem -> problem.contains("chatty_maintenance_archived_path"));
            } finally {
                database.execute("DROP OWNED BY " + user);
                database.execute("DROP ROLE " + user);
            }
        }
    }

    @Test
    void a_limit_of_the_session_cuts_no_answer_off() throws Exception {
        try (TestDatabase database = withAttachments(TestServer.MARIADB);
                HikariDataSource pool =
                        pool(database, database.user(), database.password(), "SET sql_select_limit = 2")) {
            DatabaseReferences references = attachments(pool);
            List<String> names = IntStream.range(0, 10).mapToObj(i -> "f" + i).toList();
            assertThat(references.find(names)).containsExactlyInAnyOrderElementsOf(names);
            assertThat(FileHost.walked(references, 4)).containsExactlyElementsOf(names);
            DatabaseReferences json =
                    ChatDatabase.of(pool, UNUSED).fileReferences("chat", r -> r.json("attachments", "path", c -> {}));
            assertThat(json.find(names)).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    /** Connections on which pages of a walk end early. */
    private static DataSource cutting(DataSource source) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Object result = call(() -> method.invoke(source, arguments));
                    return result instanceof Connection connection ? cutting(connection) : result;
                });
    }

    private static Connection cutting(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        arguments[0] = ((String) arguments[0]).replaceFirst(" ORDER BY (.*) LIMIT", " AND m.id < 7$0");
                    }
                    return call(() -> method.invoke(connection, arguments));
                });
    }

    private interface Call {
        Object run() throws Exception;
    }

    private static Object call(Call call) throws Throwable {
        try {
            return call.run();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @ParameterizedTest
    @EnumSource
    void rows_that_end_early_are_not_taken_for_all(TestServer server) throws Exception {
        try (TestDatabase database = withAttachments(server)) {
            DatabaseReferences references = attachments(cutting(database.dataSource()));
            assertThat(references.page(Optional.empty(), 5).references()).hasSizeBetween(5, 6);
            assertThatThrownBy(() -> FileHost.walk(references, 5))
                    .isInstanceOf(MaintenanceException.class)
                    .hasMessageContaining("counts 3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_oldest_transaction_is_told_where_the_server_tells_it(TestServer server) throws Exception {
        try (TestDatabase database = withAttachments(server)) {
            DatabaseReferences references = attachments(database.dataSource());
            if (server == TestServer.H2) {
                assertThat(references.oldestTransaction()).isEmpty();
                return;
            }
            Duration before = references.oldestTransaction().orElseThrow();
            try (Connection connection = database.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                connection.createStatement().execute("UPDATE attachments SET path = 'x' WHERE id = 1");
                long begin = System.nanoTime();
                Duration oldest = Duration.ZERO;
                while (oldest.compareTo(Duration.ofSeconds(1)) < 0) {
                    oldest = references.oldestTransaction().orElseThrow();
                    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
                }
                connection.rollback();
                connection.setAutoCommit(true);
            }
            assertThat(before).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void who_may_not_see_transactions_of_others_is_told_nothing() throws Exception {
        try (TestDatabase database = withAttachments(TestServer.POSTGRESQL)) {
            String user = "blind_" + database.name();
            database.execute("CREATE ROLE " + user + " LOGIN");
            try (HikariDataSource pool = pool(database, user, user, "SELECT 1");
                    Connection other = database.dataSource().getConnection()) {
                assertThat(other.isValid(1)).isTrue();
                assertThat(attachments(pool).oldestTransaction()).isEmpty();
            } finally {
                database.execute("DROP ROLE " + user);
            }
        }
    }
}
