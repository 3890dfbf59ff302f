package io.chatty.maintenance.database.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TestServerTest {

    @ParameterizedTest
    @EnumSource
    void a_server_answers_with_its_version(TestServer server) throws SQLException {
        try (TestDatabase database = server.open()) {
            assertThat(ask(database, server == TestServer.H2 ? "SELECT H2VERSION()" : "SELECT version()"))
                    .containsPattern("\\d+\\.\\d+");
        }
    }

    @ParameterizedTest
    @EnumSource
    void its_sessions_are_in_an_odd_time_zone(TestServer server) throws SQLException {
        try (TestDatabase database = server.open()) {
            assertThat(ask(database, showZone(server))).isIn("Pacific/Chatham", "+12:45");
        }
    }

    @ParameterizedTest
    @EnumSource
    void it_writes_as_durably_as_where_it_is_installed(TestServer server) throws SQLException {
        try (TestDatabase database = server.open()) {
            for (Map.Entry<String, String> setting : durable(server).entrySet()) {
                assertThat(ask(database, setting.getKey())).as(setting.getKey()).isEqualTo(setting.getValue());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_database_is_empty_and_is_gone_when_closed(TestServer server) throws SQLException {
        String url;
        try (TestDatabase database = server.open();
                TestDatabase another = server.open()) {
            url = database.jdbcUrl();
            database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY)");
            assertThatThrownBy(() -> ask(another, "SELECT count(*) FROM messages"))
                    .isInstanceOf(SQLException.class);
        }
        if (server == TestServer.H2) {
            try (Connection again = DriverManager.getConnection(url, "sa", "");
                    Statement statement = again.createStatement()) {
                assertThatThrownBy(() -> statement.executeQuery("SELECT count(*) FROM messages"))
                        .isInstanceOf(SQLException.class);
                statement.execute("SHUTDOWN");
            }
        } else {
            assertThatThrownBy(() -> DriverManager.getConnection(url, server.user(), server.password()))
                    .isInstanceOf(SQLException.class);
        }
    }

    private static String showZone(TestServer server) {
        return switch (server) {
            case H2 -> "SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'TIME ZONE'";
            case POSTGRESQL -> "SHOW TIME ZONE";
            case MARIADB -> "SELECT @@session.time_zone";
        };
    }

    private static Map<String, String> durable(TestServer server) {
        return switch (server) {
            case H2 -> Map.of(); // in memory
            case POSTGRESQL ->
                Map.of("SHOW fsync", "on", "SHOW synchronous_commit", "on", "SHOW full_page_writes", "on");
            case MARIADB ->
                Map.of("SELECT @@innodb_flush_log_at_trx_commit", "1", "SELECT @@character_set_server", "utf8mb4");
        };
    }

    private static String ask(TestDatabase database, String sql) throws SQLException {
        List<String> answer = database.strings(sql);
        assertThat(answer).isNotEmpty();
        return answer.get(0);
    }
}
