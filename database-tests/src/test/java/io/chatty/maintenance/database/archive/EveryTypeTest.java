package io.chatty.maintenance.database.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.internal.archive.file.LiveTable;
import io.chatty.maintenance.jdbc.internal.archive.file.MessageInsertion.Counted;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A row that was archived, deleted and restored equals what it was, column by column, by the database's own word.
 * {@code -Darchive.seed=…} repeats a test.
 */
final class EveryTypeTest {

    private final InMemoryFileStore store = new InMemoryFileStore(() -> Instant.parse("2026-06-15T12:00:00Z"));

    @ParameterizedTest
    @EnumSource
    void a_restored_row_equals_the_deleted_one_column_by_column(TestServer server) throws Exception {
        long seed = Long.getLong("archive.seed", ThreadLocalRandom.current().nextLong(1L << 40));
        System.out.println(server + ": values from seed " + seed);
        List<OddColumns.Of> columns = OddColumns.of(server, new Random(seed));
        TimeZone zone = TimeZone.getDefault();
        try (TestDatabase database = server.open()) {
            fill(database, columns);
            List<String> before = database.strings("SELECT COUNT(*) FROM m");

            Archived.archive(database, store, "m", "id");
            TimeZone.setDefault(TimeZone.getTimeZone("Australia/Lord_Howe"));
            database.execute("DELETE FROM m");
            Map<String, Counted> counted;
            try (Connection connection =
                            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                    Statement statement = connection.createStatement()) {
                // Another session, whose settings differ in all that texts could depend on.
                for (String setting : oddSettings(server)) {
                    statement.execute(setting);
                }
                String table = Archived.spelled(database, "m");
                counted = Archived.restore(connection, store, Map.of(table, List.of(Archived.spelled(database, "id"))));
                assertSettingsAreBack(server, statement);
            }

            assertThat(counted.values())
                    .as("seed " + seed)
                    .containsExactly(new Counted(Long.parseLong(before.get(0)), 0));
            assertSame(database, columns, "seed " + seed);
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    private static List<String> oddSettings(TestServer server) {
        return switch (server) {
            case H2 -> List.of("SET TIME ZONE 'Asia/Kathmandu'");
            case POSTGRESQL ->
                List.of(
                        "SET TIME ZONE 'Asia/Kathmandu'",
                        "SET datestyle = 'ISO, DMY'",
                        "SET intervalstyle = sql_standard",
                        "SET extra_float_digits = -10",
                        "SET bytea_output = escape",
                        "SET array_nulls = off",
                        "SET xmloption = document");
            case MARIADB ->
                List.of(
                        "SET time_zone = '+05:45'",
                        "SET sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES'",
                        "SET NAMES utf8mb3");
        };
    }

    private static void assertSettingsAreBack(TestServer server, Statement statement) throws SQLException {
        String asked = switch (server) {
            case H2 -> "SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'TIME ZONE'";
            case POSTGRESQL -> "SELECT current_setting('timezone') || current_setting('datestyle')";
            case MARIADB -> "SELECT CONCAT(@@time_zone, @@character_set_results, @@sql_mode LIKE '%NO_ZERO_IN_DATE%')";
        };
        try (var row = statement.executeQuery(asked)) {
            row.next();
            assertThat(row.getString(1)).isIn("Asia/Kathmandu", "Asia/KathmanduISO, DMY", "+05:45utf8mb31");
        }
    }

    private static void fill(TestDatabase database, List<OddColumns.Of> columns) throws SQLException {
        TestServer server = database.server();
        if (server == TestServer.POSTGRESQL) {
            database.execute("CREATE TYPE mood AS ENUM ('happy', 'it''s \"so, so\"')");
            database.execute("CREATE DOMAIN positive AS numeric(12,2) CHECK (VALUE > 0)");
            database.execute("CREATE DOMAIN short_code AS char(4)");
            database.execute("CREATE TYPE pair AS (a int, b text)");
        } else if (server == TestServer.H2) {
            database.execute("CREATE DOMAIN short_code AS CHAR(4)");
        }
        String identity = switch (server) {
            case H2, POSTGRESQL -> "id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
            case MARIADB -> "id BIGINT AUTO_INCREMENT PRIMARY KEY";
        };
        String generated = switch (server) {
            case H2 -> "g VARCHAR(60) GENERATED ALWAYS AS (CAST(id * 2 AS VARCHAR))";
            case POSTGRESQL -> "g bigint GENERATED ALWAYS AS (id * 2) STORED";
            case MARIADB -> "g VARCHAR(40) GENERATED ALWAYS AS (CONCAT('x', c0)) STORED, v INT AS (c0 + 1) VIRTUAL";
        };
        List<String> declared = new ArrayList<>(List.of(identity));
        columns.forEach(column -> declared.add(column.name() + " " + column.declared()));
        declared.add(generated);
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            if (server == TestServer.MARIADB) {
                // As it once was, zero dates and all; the server's own rows may be large.
                statement.execute("SET sql_mode = 'ALLOW_INVALID_DATES'");
            }
            statement.execute("CREATE TABLE m (" + String.join(", ", declared) + ")");
            int rows = columns.stream()
                    .mapToInt(column -> column.values().size())
                    .max()
                    .orElseThrow();
            for (int i = 0; i <= rows; i++) {
                int row = i;
                List<OddColumns.Of> some = columns.stream()
                        .filter(column -> row < column.values().size())
                        .toList();
                if (some.isEmpty()) {
                    statement.execute("INSERT INTO m (" + columns.get(0).name() + ") VALUES (NULL)");
                    continue;
                }
                statement.execute(some.stream()
                                .map(OddColumns.Of::name)
                                .collect(Collectors.joining(", ", "INSERT INTO m (", ") VALUES ("))
                        + some.stream().map(column -> column.values().get(row)).collect(Collectors.joining(", "))
                        + ")");
            }
            if (server == TestServer.MARIADB) {
                statement.execute("CREATE TABLE kept LIKE m");
                String names = columns.stream().map(OddColumns.Of::name).collect(Collectors.joining(", "));
                statement.execute("INSERT INTO kept (id, " + names + ") SELECT id, " + names + " FROM m");
                statement.execute("SET sql_mode = DEFAULT");
            } else {
                statement.execute("CREATE TABLE kept AS SELECT * FROM m");
            }
        }
    }

    private static void assertSame(TestDatabase database, List<OddColumns.Of> columns, String seed)
            throws SQLException {
        assertThat(database.strings("SELECT COUNT(*) FROM m"))
                .as(seed)
                .isEqualTo(database.strings("SELECT COUNT(*) FROM kept"));
        assertThat(database.strings("SELECT COUNT(*) FROM m JOIN kept k ON k.id = m.id"))
                .as(seed)
                .isEqualTo(database.strings("SELECT COUNT(*) FROM kept"));
        List<String> names =
                new ArrayList<>(columns.stream().map(OddColumns.Of::name).toList());
        names.add("g");
        for (String name : names) {
            String declared = columns.stream()
                    .filter(column -> column.name().equals(name))
                    .map(OddColumns.Of::declared)
                    .findFirst()
                    .orElse("generated");
            assertThat(database.strings("SELECT m.id FROM m JOIN kept k ON k.id = m.id WHERE NOT ("
                            + same(database.server(), name, declared) + ")"))
                    .as(seed + ": " + name + " " + declared)
                    .isEmpty();
        }
    }

    /** Not only equal but the same, byte by byte, where the database can tell. */
    private static String same(TestServer server, String name, String declared) {
        String m = "m." + name;
        String k = "k." + name;
        return switch (server) {
            case H2 -> {
                boolean large = declared.endsWith("LOB");
                yield m + " IS NOT DISTINCT FROM " + k
                        + (large
                                ? ""
                                : " AND CAST(" + m + " AS VARCHAR) IS NOT DISTINCT FROM CAST(" + k + " AS VARCHAR)");
            }
            case POSTGRESQL -> "record_image_eq(ROW(" + m + "), ROW(" + k + "))";
            case MARIADB ->
                m + " <=> " + k + " AND HEX(LEFT(" + m + ", 5000)) <=> HEX(LEFT(" + k + ", 5000)) AND MD5(" + m
                        + ") <=> MD5(" + k + ")";
        };
    }

    @Test
    void a_type_that_cannot_be_kept_without_a_loss_is_refused_with_its_column() throws SQLException {
        assertThat(refused(TestServer.POSTGRESQL, "a regclass, b int, c regtype"))
                .satisfiesExactly(
                        a -> assertThat(a).contains("column \"a\" of table \"m\" is of type regclass"),
                        c -> assertThat(c).contains("column \"c\" of table \"m\" is of type regtype"));
        assertThat(refused(TestServer.H2, "a JAVA_OBJECT, b ROW(x INT), c BLOB ARRAY, d INT ARRAY ARRAY, e INT"))
                .hasSize(4)
                .allSatisfy(problem -> assertThat(problem).contains("of table \"M\" is of type"));
    }

    private static List<String> refused(TestServer server, String columns) throws SQLException {
        try (TestDatabase database = server.open();
                Connection connection = database.dataSource().getConnection()) {
            database.execute("CREATE TABLE m (" + columns + ")");
            List<String> problems = new ArrayList<>();
            LiveTable.read(connection, null, Archived.spelled(database, "m"), problems);
            return problems;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_table_that_is_not_there_is_a_problem(TestServer server) throws SQLException {
        try (TestDatabase database = server.open();
                Connection connection = database.dataSource().getConnection()) {
            List<String> problems = new ArrayList<>();
            assertThat(LiveTable.read(connection, null, "none", problems)).isEmpty();
            assertThat(problems).singleElement().asString().contains("no table \"none\"");
        }
    }
}
