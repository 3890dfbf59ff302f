package io.chatty.maintenance.database.schema;

import static io.chatty.maintenance.database.schema.CleanedTables.MONTH;
import static io.chatty.maintenance.database.schema.CleanedTables.OLD;
import static io.chatty.maintenance.database.schema.CleanedTables.YOUNG;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.TimeKind;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Columns and tables that only one database has, and names that need quotes. */
final class OddColumnsTest {

    private static ChatSchema schema(Consumer<MessageTable.Builder> more) {
        return ChatSchema.builder()
                .messages("messages", m -> {
                    m.key("id").sentAt("sent", TimeKind.epochMillis());
                    more.accept(m);
                })
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void names_that_are_reserved_words_or_differ_in_case_alone_in_every_part_of_a_schema(TestServer server)
            throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            String q = server == TestServer.MARIADB ? "`" : "\"";
            String tables = """
                    CREATE TABLE 'select' ('from' BIGINT, 'to' BIGINT, 'when' BIGINT, 'my Room' BIGINT, 'User' BIGINT,
                      'is''pinned' BOOLEAN, 'deleted when' BIGINT, 'team!' BIGINT, PRIMARY KEY ('from', 'to'));
                    CREATE TABLE 'group' ('order' BIGINT PRIMARY KEY, 'where' BIGINT, 'max' INTEGER);
                    CREATE TABLE 'order by' ('from' BIGINT, 'to' BIGINT, 'limit' VARCHAR(10));
                    CREATE TABLE 'table' ('key' BIGINT PRIMARY KEY);
                    CREATE TABLE 'table links' ('table' BIGINT, 'from' BIGINT, 'to' BIGINT);
                    CREATE TABLE 'keeper' ('table' BIGINT);
                    CREATE TABLE 'user' ('primary' BIGINT PRIMARY KEY);
                    INSERT INTO 'group' VALUES (1, 7, 9);
                    INSERT INTO 'user' VALUES (3);
                    INSERT INTO 'table' VALUES (1), (2);
                    INSERT INTO 'table links' VALUES (1, 1, 1), (2, 2, 1);
                    INSERT INTO 'select' VALUES (1, 1, OLD, 1, 3, NULL, 0, NULL), (1, 2, OLD, 1, 3, TRUE, 0, NULL),
                      (2, 1, YOUNG, 1, 3, FALSE, NULL, 1), (2, 2, YOUNG, 1, 4, FALSE, NULL, 1);
                    INSERT INTO 'order by' VALUES (1, 1, 'x'), (1, 1, 'y'), (1, 2, 'x'), (2, 1, 'x'), (9, 9, 'x');
                    """;
            for (String statement : tables.replace("''", server == TestServer.MARIADB ? "``" : "\"\"")
                    .replace("('x'", "(~x~")
                    .replace(", 'x'", ", ~x~")
                    .replace(", 'y'", ", ~y~")
                    .replace("'", q)
                    .replace("~", "'")
                    .replace("OLD", "" + OLD)
                    .replace("YOUNG", "" + YOUNG)
                    .lines()
                    .collect(Collectors.joining(" "))
                    .split(";", -1)) {
                if (!statement.isBlank()) {
                    host.execute(statement);
                }
            }
            ChatSchema schema = ChatSchema.builder()
                    .messages(
                            "select",
                            m -> m.key("from", "to")
                                    .sentAt("when", TimeKind.epochMillis())
                                    .room("my Room")
                                    .sender("User")
                                    .softDeletedAt("deleted when", TimeKind.epochMillis())
                                    .pinned("is" + q + "pinned"))
                    .children("order by", c -> c.refersBy("from", "to").where(Match.isOneOf("limit", "x")))
                    .shared(
                            "table",
                            s -> s.key("key")
                                    .through("table links", "table", "from", "to")
                                    .keptBy("keeper", "table"))
                    .counter("group", c -> c.key("order").column("max").of("my Room"))
                    .rooms("group", r -> r.key("order").team("where"))
                    .users("user", "primary")
                    .build();
            host.clean(schema, MONTH, c -> c.removeOrphans());
            String fromTo = "SELECT CONCAT(" + q + "from" + q + ", '/', " + q + "to" + q + ") FROM ";
            assertThat(host.strings(fromTo + q + "select" + q + " ORDER BY 1")).containsExactly("1/2", "2/1");
            assertThat(host.strings(fromTo + q + "order by" + q + " ORDER BY 1"))
                    .containsExactly("1/1", "1/2", "2/1");
            assertThat(host.left(q + "group" + q, q + "max" + q)).containsExactly("7");
            assertThat(host.left(q + "table" + q, q + "key" + q)).containsExactly("2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void enumerations_are_refused_in_comparisons_and_can_be_asked_whether_they_are_there(TestServer server)
            throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            if (server == TestServer.POSTGRESQL) {
                host.execute("CREATE TYPE kinds AS ENUM ('text', 'join')");
            }
            String type = server == TestServer.POSTGRESQL ? "kinds" : "ENUM('text', 'join')";
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, kind " + type + " NULL)",
                    "INSERT INTO messages VALUES (1, " + OLD + ", 'text'), (2, " + OLD + ", NULL)");
            assertThat(host.problems(schema(m -> m.exempt("joins", Match.isOneOf("kind", "join"))))
                            .toString())
                    .contains("can be no value of column");
            host.clean(schema(m -> m.never("kinds", Match.isPresent("kind"))));
            assertThat(host.left("messages", "id")).containsExactly("1");
        }
    }

    @Test
    void an_empty_text_of_a_type_that_ignores_case_is_no_value() throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.POSTGRESQL)) {
            host.execute(
                    "CREATE EXTENSION IF NOT EXISTS citext",
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, note CITEXT)",
                    "INSERT INTO messages VALUES (1, " + OLD + ", ''), (2, " + OLD + ", 'x'), (3, " + OLD + ", NULL)");
            host.clean(schema(m -> m.never("noted", Match.isPresent("note"))));
            assertThat(host.left("messages", "id")).containsExactly("2");
        }
    }

    @Test
    void rows_that_the_user_may_not_see_are_told_of_before_anything_is_done() throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.POSTGRESQL)) {
            String user = "cleaner_" + host.database.name();
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, tenant INTEGER)",
                    "INSERT INTO messages VALUES (1, " + OLD + ", 1), (2, " + OLD + ", 2)",
                    "ALTER TABLE messages ENABLE ROW LEVEL SECURITY",
                    "CREATE POLICY tenants ON messages USING (tenant = 1)",
                    "CREATE ROLE " + user + " LOGIN PASSWORD 'secret'",
                    "GRANT ALL ON ALL TABLES IN SCHEMA public TO " + user,
                    "GRANT ALL ON SCHEMA public TO " + user);
            try {
                PGSimpleDataSource other = new PGSimpleDataSource();
                other.setUrl(host.database.jdbcUrl());
                other.setUser(user);
                other.setPassword("secret");
                ChatDatabase chat = ChatDatabase.of(other, schema(m -> {}));
                chat.migrate();
                assertThat(chat.messageCleanup(MONTH).build().problems().toString())
                        .contains("row-level security");
                assertThat(host.left("messages", "id")).containsExactly("1", "2");
            } finally {
                host.execute("DROP OWNED BY " + user, "DROP ROLE " + user);
            }
        }
    }

    @Test
    void columns_that_the_database_computes() throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.MARIADB)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_s BIGINT, sent BIGINT AS (sent_s * 1000) VIRTUAL,"
                            + " flags INT, pinned BOOLEAN AS (flags & 1) PERSISTENT)",
                    "CREATE INDEX by_time ON messages (sent)",
                    "INSERT INTO messages (id, sent_s, flags) VALUES (1, " + OLD / 1000 + ", 0), (2, " + OLD / 1000
                            + ", 3), (3, " + YOUNG / 1000 + ", 0)");
            host.clean(schema(m -> m.pinned("pinned")));
            assertThat(host.left("messages", "id")).containsExactly("2", "3");
        }
    }
}
