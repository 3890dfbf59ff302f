package io.chatty.maintenance.examples.chat.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatStorageTest {

    private static final String URL = "jdbc:h2:mem:chat-storage-test;DB_CLOSE_DELAY=-1";

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(URL);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages", "\"Messages\"", "chatty_maintenance_run"})
    void a_database_with_tables_of_such_names_is_left_as_it_is(String table) throws Exception {
        execute("CREATE TABLE " + table + " (precious INT)");
        try {
            execute("INSERT INTO " + table + " VALUES (42)");
            assertThatThrownBy(() -> ChatStorage.onServer(DatabaseKind.H2, URL, null, null))
                    .isInstanceOf(ChatServerException.class)
                    .hasMessageContaining("not the demo's")
                    .hasMessageContaining("left as they are");
            try (Connection connection = DriverManager.getConnection(URL);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT precious FROM " + table)) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(42);
            }
        } finally {
            execute("DROP ALL OBJECTS");
        }
    }

    @Test
    void the_chat_of_an_earlier_run_is_left_as_it_is() throws Exception {
        try {
            ChatStorage.onServer(DatabaseKind.H2, URL, null, null).close();
            execute("INSERT INTO rooms VALUES ('#tea', 'tea')");
            assertThatThrownBy(() -> ChatStorage.onServer(DatabaseKind.H2, URL, null, null))
                    .isInstanceOf(ChatServerException.class)
                    .hasMessageContaining("an earlier run of this demo")
                    .hasMessageContaining("DROP TABLE");
            execute("INSERT INTO rooms VALUES ('#coffee', 'the table is still there')");
        } finally {
            execute("DROP ALL OBJECTS");
        }
    }

    @Test
    void an_embedded_database_is_new_each_time_and_goes_with_its_folder() throws Exception {
        Path folder;
        try (ChatStorage first = ChatStorage.embedded();
                ChatStorage second = ChatStorage.embedded()) {
            assertThat(first.title()).isNotEqualTo(second.title());
            folder = Path.of(first.title().replaceAll(".* in (.*) \\(.*", "$1"));
            assertThat(folder).isDirectory();
        }
        assertThat(folder).doesNotExist();
    }
}
