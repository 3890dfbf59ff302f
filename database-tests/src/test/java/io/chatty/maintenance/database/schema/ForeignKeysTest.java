package io.chatty.maintenance.database.schema;

import static io.chatty.maintenance.database.schema.CleanedTables.MONTH;
import static io.chatty.maintenance.database.schema.CleanedTables.OLD;
import static io.chatty.maintenance.database.schema.CleanedTables.YOUNG;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.TimeKind;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Foreign keys that nobody described are refused with what to declare, and what is declared then works. */
final class ForeignKeysTest {

    private static ChatSchema schema(UnaryOperator<ChatSchema.Builder> more) {
        return more.apply(ChatSchema.builder()
                        .messages("messages", m -> m.key("id").sentAt("sent", TimeKind.epochMillis())))
                .build();
    }

    private static CleanedTables host(TestServer server, String... statements) throws Exception {
        CleanedTables host = new CleanedTables(server);
        host.execute(
                "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, ext VARCHAR(20) NOT NULL, room BIGINT NOT NULL,"
                        + " parent BIGINT NULL, UNIQUE (ext), UNIQUE (room, ext))");
        for (int id = 1; id <= 8; id++) {
            host.execute("INSERT INTO messages VALUES (" + id + ", " + (id % 2 == 0 ? YOUNG : OLD) + ", 'e" + id + "', "
                    + id % 3 + ", NULL)");
        }
        host.execute(statements);
        return host;
    }

    private static final List<String> KEPT = List.of("2", "4", "6", "8");

    @ParameterizedTest
    @EnumSource
    void to_the_key(TestServer server) throws Exception {
        try (CleanedTables host = host(
                server,
                "CREATE TABLE plugin (message BIGINT, FOREIGN KEY (message) REFERENCES messages (id))",
                "INSERT INTO plugin SELECT id FROM messages")) {
            String message = server == TestServer.H2 ? "MESSAGE" : "message";
            String plugin = server == TestServer.H2 ? "PLUGIN" : "plugin";
            assertThat(host.problems(schema(s -> s)).toString())
                    .contains("add children(\"" + plugin + "\", \"" + message + "\"), whereby its rows go");
            host.clean(schema(s -> s.children(plugin, message)));
            assertThat(host.left("messages", "id")).isEqualTo(KEPT);
            assertThat(host.left("plugin", "message")).isEqualTo(KEPT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void to_another_unique_column(TestServer server) throws Exception {
        try (CleanedTables host = host(
                server,
                "CREATE TABLE plugin (ext VARCHAR(20), FOREIGN KEY (ext) REFERENCES messages (ext))",
                "INSERT INTO plugin SELECT ext FROM messages")) {
            assertThat(host.problems(schema(s -> s)).toString().toLowerCase(Locale.ROOT))
                    .contains("add children(\"plugin\", c -> c.refersby(\"ext\").to(\"ext\"))");
            host.clean(schema(s -> s.children("plugin", c -> c.refersBy("ext").to("ext"))));
            assertThat(host.left("messages", "id")).isEqualTo(KEPT);
            assertThat(host.left("plugin", "ext")).containsExactly("e2", "e4", "e6", "e8");
        }
    }

    @ParameterizedTest
    @EnumSource
    void to_several_columns_in_an_order_of_its_own(TestServer server) throws Exception {
        try (CleanedTables host = host(
                server,
                "CREATE TABLE plugin (e VARCHAR(20) NULL, r BIGINT NULL, FOREIGN KEY (r, e) REFERENCES messages (room, ext))",
                "INSERT INTO plugin SELECT ext, room FROM messages",
                "INSERT INTO plugin VALUES ('e1', NULL), (NULL, 1)")) {
            assertThat(host.problems(schema(s -> s)).toString().toLowerCase(Locale.ROOT))
                    .contains("c -> c.refersby(\"r\", \"e\").to(\"room\", \"ext\"))");
            host.clean(schema(
                    s -> s.children("plugin", c -> c.refersBy("r", "e").to("room", "ext"))));
            assertThat(host.left("messages", "id")).isEqualTo(KEPT);
            assertThat(host.strings("SELECT e FROM plugin WHERE e IS NOT NULL AND r IS NOT NULL ORDER BY e"))
                    .containsExactly("e2", "e4", "e6", "e8");
            assertThat(host.strings("SELECT COUNT(*) FROM plugin")).containsExactly("6");
        }
    }

    @ParameterizedTest
    @EnumSource
    void to_the_table_itself(TestServer server) throws Exception {
        try (CleanedTables host = host(
                server,
                "ALTER TABLE messages ADD FOREIGN KEY (parent) REFERENCES messages (id)",
                "UPDATE messages SET parent = 1 WHERE id > 1",
                "UPDATE messages SET parent = 4 WHERE id = 7")) {
            assertThat(host.problems(schema(s -> s)).toString().toLowerCase(Locale.ROOT))
                    .contains("add children(\"messages\", c -> c.refersby(\"parent\").setloose())");
            host.clean(
                    schema(s -> s.children("messages", c -> c.refersBy("parent").setLoose())));
            assertThat(host.left("messages", "id")).isEqualTo(KEPT);
            assertThat(host.strings("SELECT COUNT(*) FROM messages WHERE parent IS NULL"))
                    .containsExactly("4");
        }
    }

    @ParameterizedTest
    @EnumSource
    void to_a_child_table(TestServer server) throws Exception {
        try (CleanedTables host = host(
                server,
                "CREATE TABLE files (id BIGINT PRIMARY KEY, message BIGINT)",
                "CREATE TABLE thumbs (file BIGINT, message BIGINT, FOREIGN KEY (file) REFERENCES files (id))",
                "INSERT INTO files SELECT id + 100, id FROM messages",
                "INSERT INTO thumbs SELECT id + 100, id FROM messages")) {
            assertThat(host.problems(schema(s -> s.children("files", "message")))
                            .toString()
                            .toLowerCase(Locale.ROOT))
                    .contains(
                            "table \"thumbs\" refers to \"files\" by a foreign key", "describe it as children before");
            host.clean(schema(s -> s.children("thumbs", "message").children("files", "message")));
            assertThat(host.left("files", "message")).isEqualTo(KEPT);
            assertThat(host.left("thumbs", "message")).isEqualTo(KEPT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void of_which_only_some_rows_are_described(TestServer server) throws Exception {
        try (CleanedTables host = host(
                server,
                "CREATE TABLE plugin (message BIGINT, kind VARCHAR(10), FOREIGN KEY (message) REFERENCES messages (id))",
                "INSERT INTO plugin SELECT id, 'x' FROM messages")) {
            assertThat(host.problems(schema(s -> s.children(
                                    "plugin", c -> c.refersBy("message").where(Match.isOneOf("kind", "y")))))
                            .toString()
                            .toLowerCase(Locale.ROOT))
                    .contains("table \"plugin\" refers to \"messages\" by a foreign key and is not described");
        }
    }

    @Test
    void of_a_table_in_another_schema_that_has_a_name_which_is_described() throws Exception {
        try (CleanedTables host = host(
                TestServer.POSTGRESQL,
                "CREATE SCHEMA audit",
                "CREATE TABLE reactions (message BIGINT)",
                "CREATE TABLE audit.reactions (message BIGINT REFERENCES messages (id))",
                "INSERT INTO audit.reactions SELECT id FROM messages")) {
            assertThat(host.problems(schema(s -> s.children("reactions", "message")))
                            .toString())
                    .contains(
                            "table \"reactions\" of schema \"audit\" refers to \"messages\" by a foreign key",
                            "let the foreign key say ON DELETE CASCADE or SET NULL");
            host.execute(
                    "ALTER TABLE audit.reactions DROP CONSTRAINT reactions_message_fkey",
                    "ALTER TABLE audit.reactions ADD FOREIGN KEY (message) REFERENCES messages (id) ON DELETE CASCADE");
            host.clean(schema(s -> s.children("reactions", "message")));
            assertThat(host.left("audit.reactions", "message")).isEqualTo(KEPT);
        }
    }

    @Test
    void of_a_partitioned_child_table() throws Exception {
        try (CleanedTables host = host(
                TestServer.POSTGRESQL,
                "CREATE TABLE reactions (message BIGINT REFERENCES messages (id)) PARTITION BY RANGE (message)",
                "CREATE TABLE reactions_1 PARTITION OF reactions FOR VALUES FROM (0) TO (4)",
                "CREATE TABLE reactions_2 PARTITION OF reactions FOR VALUES FROM (4) TO (100)",
                "INSERT INTO reactions SELECT id FROM messages")) {
            assertThat(host.problems(schema(s -> s)))
                    .as("one problem for the whole table")
                    .hasSize(1);
            host.clean(schema(s -> s.children("reactions", "message")));
            assertThat(host.left("reactions", "message")).isEqualTo(KEPT);
        }
    }

    @Test
    void to_a_partitioned_message_table() throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.POSTGRESQL)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT, sent BIGINT, PRIMARY KEY (sent, id)) PARTITION BY RANGE (sent)",
                    "CREATE TABLE messages_1 PARTITION OF messages FOR VALUES FROM (0) TO (" + YOUNG + ")",
                    "CREATE TABLE messages_2 PARTITION OF messages FOR VALUES FROM (" + YOUNG + ") TO (MAXVALUE)",
                    "CREATE TABLE reactions (sent BIGINT, message BIGINT,"
                            + " FOREIGN KEY (message, sent) REFERENCES messages (id, sent))");
            for (int id = 1; id <= 20; id++) {
                host.execute(
                        "INSERT INTO messages VALUES (" + id + ", " + (id % 2 == 0 ? YOUNG : OLD) + ")",
                        "INSERT INTO reactions VALUES (" + (id % 2 == 0 ? YOUNG : OLD) + ", " + id + ")");
            }
            ChatSchema schema = ChatSchema.builder()
                    .messages("messages", m -> m.key("id", "sent").sentAt("sent", TimeKind.epochMillis()))
                    .children("reactions", c -> c.refersBy("message", "sent"))
                    .build();
            host.clean(schema, MONTH, c -> c.removeOrphans());
            assertThat(host.left("messages", "id")).hasSize(10).isEqualTo(host.left("reactions", "message"));
            assertThat(host.strings("SELECT COUNT(*) FROM messages WHERE sent < " + YOUNG))
                    .containsExactly("0");
        }
    }
}
