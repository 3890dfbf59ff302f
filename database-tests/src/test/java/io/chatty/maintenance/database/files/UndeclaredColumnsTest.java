package io.chatty.maintenance.database.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.jdbc.DatabaseReferences.Undeclared;
import io.chatty.maintenance.jdbc.DatabaseReferences.UndeclaredColumn;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Race R4: columns that the host forgot to name. */
final class UndeclaredColumnsTest {

    private static final Set<String> FILES =
            Set.of("2026/a.png", "2026/b.png", "avatars/ann.png", "c.png", "d d.png", "e.png", "f.png");

    private static String column(UndeclaredColumn column) {
        return (column.table() + "." + column.column()).toLowerCase(Locale.ROOT)
                + (column.declared() ? " declared " : " ") + column.values() + "/" + column.lookedAt() + " "
                + column.example();
    }

    @ParameterizedTest
    @EnumSource
    void columns_in_which_files_are_named_and_that_are_not_declared_are_found(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            String text = server == TestServer.H2 ? "CLOB" : "TEXT";
            database.execute("CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(100), note VARCHAR(100))");
            database.execute("INSERT INTO attachments VALUES (1, '2026/a.png', 'x'), (2, 'gone.png', '2026')");
            database.execute("CREATE TABLE users (id INT PRIMARY KEY, avatar VARCHAR(100), name VARCHAR(20))");
            database.execute("INSERT INTO users VALUES (1, 'ann', 'ann'), (2, '/avatars/ann.png', 'bob')");
            database.execute("CREATE TABLE posts (id INT PRIMARY KEY, body " + text + ", meta " + text + ")");
            database.execute("INSERT INTO posts VALUES (1, 'see https://x.org/files/2026/b.png?v=1 and so on', NULL),"
                    + " (2, 'nothing', '{\"files\": [\"c.png\", 7]}'), (3, NULL, 'x')");
            database.execute("CREATE TABLE themes (picture VARCHAR(100))");
            database.execute("INSERT INTO themes VALUES ('d d.png'), ('none')");
            DatabaseReferences references = FileHost.references(
                    database,
                    r -> r.column("attachments", "path")
                            .column("users", "avatar", c -> c.prefix("avatars/").suffix(".png")));
            Undeclared found = references.undeclared(
                    names -> names.stream().filter(FILES::contains).collect(Collectors.toSet()),
                    Duration.ofSeconds(30));
            assertThat(found.unseen()).isEmpty();
            assertThat(found.columns())
                    .extracting(UndeclaredColumnsTest::column)
                    .containsExactlyInAnyOrder(
                            "users.avatar declared 1/2 avatars/ann.png",
                            "users.name 1/2 avatars/ann.png",
                            "posts.body 1/2 2026/b.png",
                            "posts.meta 1/2 c.png",
                            "themes.picture 1/2 d d.png");
            assertThat(references.undeclared(names -> Set.of(), Duration.ZERO).unseen())
                    .hasSize(4);
        }
    }
}
