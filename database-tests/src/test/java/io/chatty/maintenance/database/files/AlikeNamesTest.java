package io.chatty.maintenance.database.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Names that differ only in what some collation overlooks, in columns of every collation that hosts have: each that is referenced is
 * found, whichever others are asked for with it, and the walk gives each row once.
 */
final class AlikeNamesTest {

    private static final List<String> NAMES = List.of(
            "a.png",
            "A.png",
            "a.PNG",
            "\u00e9.png",
            "e\u0301.png",
            "e.png",
            "E\u0301.png",
            "\u00c9.png",
            "a.png ",
            "a.png  ",
            "a_b",
            "a%b",
            "aab",
            "a-b",
            "stra\u00dfe",
            "strasse",
            "\ud83d\ude00",
            "\ud83d\ude01",
            "\uffee",
            "a\u00adb",
            "\ufb01le",
            "file",
            "it's \"q\" `b` ?1 :name",
            "\u0130",
            "i",
            "I",
            "\u0131",
            "dir/a.png",
            "dir/A.png");

    private record Kind(TestServer server, String name, String before, String type) {
        @Override
        public String toString() {
            return server + " " + name;
        }
    }

    private static final List<Kind> KINDS = List.of(
            new Kind(TestServer.H2, "varchar", "", "VARCHAR(300)"),
            new Kind(TestServer.H2, "ignorecase", "", "VARCHAR_IGNORECASE(300)"),
            new Kind(TestServer.H2, "clob", "", "CLOB"),
            new Kind(TestServer.POSTGRESQL, "as the database", "", "text"),
            new Kind(TestServer.POSTGRESQL, "C", "", "text COLLATE \"C\""),
            new Kind(
                    TestServer.POSTGRESQL,
                    "ICU en-US",
                    "CREATE COLLATION us (provider = icu, locale = 'en-US')",
                    "varchar(300) COLLATE us"),
            new Kind(
                    TestServer.POSTGRESQL,
                    "ICU without case and accents",
                    "CREATE COLLATION us (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
                    "text COLLATE us"),
            new Kind(TestServer.POSTGRESQL, "citext", "CREATE EXTENSION citext", "citext"),
            new Kind(
                    TestServer.MARIADB,
                    "general_ci",
                    "",
                    "VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"),
            new Kind(
                    TestServer.MARIADB,
                    "unicode_ci",
                    "",
                    "VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"),
            new Kind(TestServer.MARIADB, "bin", "", "VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
            new Kind(TestServer.MARIADB, "text", "", "TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci"),
            new Kind(TestServer.MARIADB, "latin1", "", "VARCHAR(300) CHARACTER SET latin1 COLLATE latin1_swedish_ci"));

    /** Those that do not tell capitals. */
    private static final Set<String> LENIENT = Set.of(
            "ignorecase", "ICU without case and accents", "citext", "general_ci", "unicode_ci", "text", "latin1");

    private static boolean fits(Kind kind, String name) {
        return !kind.name().equals("latin1") || name.chars().allMatch(c -> c < 256);
    }

    private static void insert(TestDatabase database, List<String> names) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO attachments (id, path) VALUES (?, ?)")) {
            for (int i = 0; i < names.size(); i++) {
                insert.setInt(1, i + 1);
                insert.setString(2, names.get(i));
                insert.executeUpdate();
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> every_name_that_is_referenced_is_found_and_walked() {
        return KINDS.stream()
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (TestDatabase database = kind.server().open()) {
                        if (!kind.before().isEmpty()) {
                            database.execute(kind.before());
                        }
                        database.execute("CREATE TABLE attachments (id INT PRIMARY KEY, path " + kind.type() + ")");
                        findsAll(kind, database);
                    }
                }));
    }

    private static void findsAll(Kind kind, TestDatabase database) throws Exception {
        DatabaseReferences references = FileHost.references(database, r -> r.column("attachments", "path"));
        assertThat(references.problems()).isEmpty();
        Random random = new Random(7);
        List<String> names = new ArrayList<>(NAMES);
        for (int round = 0; round < 12; round++) {
            Collections.shuffle(names, random);
            List<String> referenced = names.subList(0, 1 + random.nextInt(names.size())).stream()
                    .filter(name -> fits(kind, name))
                    .toList();
            database.execute("DELETE FROM attachments");
            insert(database, referenced);
            assertThat(references.find(NAMES)).as("of %s", referenced).containsAll(referenced);
            assertThat(references.find(referenced)).containsExactlyInAnyOrderElementsOf(new TreeSet<>(referenced));
            for (String name : referenced) {
                assertThat(references.find(List.of(name, "no such file"))).containsExactly(name);
            }
            assertThat(FileHost.walked(references, 3)).containsExactlyInAnyOrderElementsOf(referenced);
        }
        if (LENIENT.contains(kind.name())) {
            database.execute("DELETE FROM attachments");
            insert(database, List.of("a.png", "dir/a.png"));
            assertThat(references.find(List.of("A.PNG", "b.png", "DIR/a.png")))
                    .as("what the database takes for equal is kept")
                    .containsExactlyInAnyOrder("A.PNG", "DIR/a.png");
        }
        if (kind.name().equals("C") || kind.name().equals("bin") || kind.name().equals("varchar")) {
            database.execute("DELETE FROM attachments");
            insert(database, List.of("a.png"));
            Set<String> found = references.find(NAMES);
            assertThat(found).contains("a.png").doesNotContain("A.png", "\u00e9.png", "aab");
        }
    }
}
