package io.chatty.maintenance.database.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.task.SettingsException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How values of a host's columns stand for files, both ways. */
final class ReferencesTest {

    private static final String HASH = "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef";

    private static void put(TestDatabase database, String sql, Object... values) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_name_is_what_stands_in_the_column_between_prefix_and_suffix(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE users (id INT PRIMARY KEY, avatar VARCHAR(100), token " + "UUID)");
            UUID token = UUID.fromString("0b5ad0c4-96b9-4f4c-9f0e-0e2f6d2d2b11");
            put(database, "INSERT INTO users VALUES (7, 'ann', '" + token + "'), (8, '', NULL), (9, NULL, NULL)");
            DatabaseReferences references = FileHost.references(
                    database,
                    r -> r.column("users", "avatar", c -> c.prefix("avatars/").suffix(".png"))
                            .column("users", "id", c -> c.prefix("covers/"))
                            .column("users", "token", c -> c.prefix("tokens/")));
            assertThat(references.problems()).isEmpty();
            assertThat(references.find(List.of(
                            "avatars/ann.png",
                            "avatars/bob.png",
                            "avatars/.png",
                            "ann",
                            "covers/7",
                            "covers/07",
                            "covers/10",
                            "covers/x",
                            "tokens/" + token)))
                    .containsExactlyInAnyOrder("avatars/ann.png", "covers/7", "tokens/" + token);
            assertThat(FileHost.walk(references, 2))
                    .containsExactlyInAnyOrder(
                            FileReference.of("avatars/ann.png", where(server, "users 7")),
                            FileReference.of("covers/7", where(server, "users 7")),
                            FileReference.of("covers/8", where(server, "users 8")),
                            FileReference.of("covers/9", where(server, "users 9")),
                            FileReference.of("tokens/" + token, where(server, "users 7")));
        }
    }

    private static String where(TestServer server, String where) {
        return server == TestServer.H2 ? where.toUpperCase(Locale.ROOT) : where;
    }

    @ParameterizedTest
    @EnumSource
    void size_and_hash_come_along_where_they_are_known(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute(
                    "CREATE TABLE files (id BIGINT PRIMARY KEY, path VARCHAR(100), bytes BIGINT, hash CHAR(70))");
            put(database, "INSERT INTO files VALUES (1, 'a', 12, ?)", HASH);
            put(database, "INSERT INTO files VALUES (2, 'b', -1, 'none'), (3, 'c', NULL, NULL)");
            DatabaseReferences references = FileHost.references(
                    database,
                    r -> r.column("files", "path", c -> c.size("bytes").sha256("hash")));
            assertThat(references.problems()).isEmpty();
            assertThat(FileHost.walk(references, 10))
                    .containsExactly(
                            new FileReference(
                                    "a",
                                    where(server, "files 1"),
                                    OptionalLong.of(12),
                                    Optional.of(HASH.toLowerCase(Locale.ROOT))),
                            FileReference.of("b", where(server, "files 2")),
                            FileReference.of("c", where(server, "files 3")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void addresses_count_by_their_path_however_they_are_written(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE emojis (id INT PRIMARY KEY, url VARCHAR(300))");
            List<String> urls = List.of(
                    "https://chat.example.org/files/2026/a.png",
                    "http://CHAT.example.org:443/files/b.png?v=3#x",
                    "/files/caf%C3%A9.png",
                    "//cdn.example.org/files/caf%c3%a8.png",
                    "https://chat.example.org/files/\u00fc.png",
                    "https://chat.example.org/files/with+plus",
                    "https://chat.example.org/files/100%",
                    " https://chat.example.org/files/%61%2fb ",
                    "https://elsewhere.example.org/other/z.png",
                    "https://chat.example.org/files/");
            for (int i = 0; i < urls.size(); i++) {
                put(database, "INSERT INTO emojis VALUES (?, ?)", i, urls.get(i));
            }
            DatabaseReferences references = FileHost.references(
                    database, r -> r.column("emojis", "url", c -> c.url("https://chat.example.org/files/")));
            assertThat(references.problems()).isEmpty();
            List<String> names = List.of(
                    "2026/a.png", "b.png", "caf\u00e9.png", "caf\u00e8.png", "\u00fc.png", "with+plus", "100%", "a/b");
            List<String> asked = new ArrayList<>(names);
            asked.addAll(List.of("with plus", "z.png", "other/z.png", "a.png", "c.png"));
            assertThat(references.find(asked))
                    .containsAll(names)
                    .doesNotContain("z.png", "other/z.png", "a.png", "c.png");
            assertThat(FileHost.walked(references, 3)).containsExactlyElementsOf(names);
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_text_and_number_in_json_counts_at_any_depth(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            String type = switch (server) {
                case H2 -> "VARCHAR(2000)";
                case POSTGRESQL -> "jsonb";
                case MARIADB -> "JSON";
            };
            database.execute("CREATE TABLE drafts (id INT PRIMARY KEY, body " + type + ")");
            String cast = server == TestServer.POSTGRESQL ? "CAST(? AS jsonb)" : "?";
            put(
                    database,
                    "INSERT INTO drafts VALUES (1, " + cast + ")",
                    "{\"files\": [\"a\\/b.png\", 4711, {\"deep\": {\"x\": [\"\\u00e9.png\", null, true]}}],"
                            + " \"emoji\": \"\\ud83d\\ude00\", \"quoted\": \"q\\\"q\"}");
            put(database, "INSERT INTO drafts VALUES (2, " + cast + ")", "[]");
            put(database, "INSERT INTO drafts VALUES (3, " + cast + ")", "\"alone\"");
            DatabaseReferences references =
                    FileHost.references(database, r -> r.json("drafts", "body", c -> c.prefix("u/")));
            assertThat(references.problems()).isEmpty();
            List<String> names = List.of("u/a/b.png", "u/4711", "u/\u00e9.png", "u/\ud83d\ude00", "u/q\"q", "u/alone");
            List<String> asked = new ArrayList<>(names);
            asked.addAll(List.of("u/b.png", "u/471", "a/b.png", "u/none"));
            assertThat(references.find(asked)).containsExactlyInAnyOrderElementsOf(names);
            assertThat(FileHost.walked(references, 2)).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_no_json_in_a_column_of_json_still_keeps_what_it_names(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE drafts (id INT PRIMARY KEY, body VARCHAR(2000))");
            List<String> bodies =
                    List.of("plain.png", "[\"cut.png\", \"off.p", "a.png,b.png", "{\"bad\\uZZ\": \"c.png\"");
            for (int i = 0; i < bodies.size(); i++) {
                put(database, "INSERT INTO drafts VALUES (?, ?)", i, bodies.get(i));
            }
            DatabaseReferences references = FileHost.references(database, r -> r.json("drafts", "body", c -> {}));
            assertThat(references.find(List.of("plain.png", "cut.png", "a.png", "b.png", "c.png", "off.png")))
                    .containsExactlyInAnyOrder("plain.png", "cut.png", "a.png", "b.png", "c.png");
        }
    }

    @ParameterizedTest
    @EnumSource
    void names_are_found_in_texts_by_a_pattern(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            String type = server == TestServer.H2 ? "CLOB" : "TEXT";
            database.execute("CREATE TABLE posts (id INT PRIMARY KEY, body " + type + ")");
            put(
                    database,
                    "INSERT INTO posts VALUES (1, ?)",
                    "see ![x](/files/a%20b.png) and ![y](/files/c.png?w=1), not files/d.png");
            put(database, "INSERT INTO posts VALUES (2, 'nothing')");
            DatabaseReferences references = FileHost.references(
                    database,
                    r -> r.text("posts", "body", Pattern.compile("\\((/[^)]+)\\)"), c -> c.url("https://x/files/"))
                            .text("posts", "body", Pattern.compile("no[a-z]+"), c -> c.prefix("t/")));
            assertThat(references.problems()).isEmpty();
            assertThat(references.find(List.of("a b.png", "c.png", "d.png", "t/nothing", "t/not")))
                    .containsExactlyInAnyOrder("a b.png", "c.png", "t/nothing", "t/not");
            assertThat(FileHost.walked(references, 1))
                    .containsExactlyInAnyOrder("a b.png", "c.png", "t/nothing", "t/not");
        }
    }

    @ParameterizedTest
    @EnumSource
    void hostile_values_harm_nothing_and_are_given_out_as_they_are(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            String type = server == TestServer.H2 ? "VARCHAR(10000)" : "TEXT";
            database.execute("CREATE TABLE attachments (id INT PRIMARY KEY, path " + type + ")");
            List<String> hostile = new ArrayList<>(List.of(
                    "../../etc/passwd",
                    "/etc/passwd",
                    "C:\\x",
                    "\\",
                    "a\\b",
                    "'; DROP TABLE attachments; --",
                    "%",
                    "_",
                    "x".repeat(5000),
                    "a\nb",
                    "."));
            if (server != TestServer.POSTGRESQL) {
                hostile.add("nul\u0000nul");
            }
            hostile.add("good.png");
            put(database, "INSERT INTO attachments VALUES (100, ''), (101, NULL)");
            for (int i = 0; i < hostile.size(); i++) {
                put(database, "INSERT INTO attachments VALUES (?, ?)", i, hostile.get(i));
            }
            DatabaseReferences references = FileHost.references(database, r -> r.column("attachments", "path"));
            assertThat(references.find(List.of("good.png", "a", "b", "etc/passwd")))
                    .containsExactly("good.png");
            assertThat(FileHost.walked(references, 4)).containsExactlyElementsOf(hostile);
            assertThat(references.find(hostile)).containsAll(hostile);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rows_that_do_not_match_do_not_count(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(100), dead BOOLEAN)");
            put(database, "INSERT INTO attachments VALUES (1, 'a', TRUE), (2, 'b', FALSE), (3, 'c', NULL)");
            DatabaseReferences references = FileHost.references(
                    database, r -> r.column("attachments", "path", c -> c.where(Match.not(Match.isTrue("dead")))));
            assertThat(references.problems()).isEmpty();
            assertThat(references.find(List.of("a", "b", "c"))).containsExactlyInAnyOrder("b", "c");
            assertThat(FileHost.walked(references, 10)).containsExactly("b", "c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void ten_thousand_names_are_asked_at_once(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(100))");
            database.execute("CREATE INDEX by_path ON attachments (path)");
            List<String> names =
                    IntStream.range(0, 10_000).mapToObj(i -> "uploads/" + i).toList();
            for (int i = 0; i < 100; i++) {
                put(database, "INSERT INTO attachments VALUES (?, ?)", i, names.get(i * 97));
            }
            DatabaseReferences references = FileHost.references(database, r -> r.column("attachments", "path"));
            assertThat(references.find(names))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100)
                            .mapToObj(i -> names.get(i * 97))
                            .toList());
            assertThat(references.find(List.of())).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void all_that_is_wrong_is_told_at_once(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(100), at TIMESTAMP)");
            database.execute("CREATE TABLE keyless (path VARCHAR(100))");
            DatabaseReferences references = FileHost.references(
                    database,
                    r -> r.column("attachment", "path")
                            .column("attachments", "paths")
                            .column("attachments", "at")
                            .column("keyless", "path")
                            .column("attachments", "path", c -> c.size("path").key("nokey")));
            assertThat(references.problems())
                    .hasSize(6)
                    .anyMatch(problem -> problem.contains("no table \"attachment\""))
                    .anyMatch(problem -> problem.contains("no column \"paths\""))
                    .anyMatch(problem ->
                            problem.toLowerCase(Locale.ROOT).contains("\"at\"") && problem.contains("no single value"))
                    .anyMatch(problem -> problem.contains("no primary key") && problem.contains("key("))
                    .anyMatch(problem -> problem.contains("nokey"))
                    .anyMatch(problem -> problem.contains("no whole number"));
            assertThatThrownBy(() -> references.find(List.of("a"))).isInstanceOf(SettingsException.class);
            assertThatThrownBy(() -> references.page(Optional.empty(), 10)).isInstanceOf(SettingsException.class);
            assertThat(FileHost.references(database, r -> {}).problems())
                    .singleElement()
                    .asString()
                    .contains("no column given");
        }
    }
}
