package io.chatty.maintenance.database.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.LastSeenTable;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.presence.LastSeenStore;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** Tables of users as hosts have them, in each database, held to the contract. */
final class HostsTableTest {

    private static final String WHOLE_NUMBER = "BIGINT";
    private static final String IS_ONLINE = "SELECT COALESCE(CAST(%s AS CHAR(9)), '') FROM users WHERE id = ?";

    private abstract static class Hosts extends OnServer {

        private final String before;
        private final String key;
        private final String columns;
        private final Function<String, Object> keyOf;
        private final Consumer<LastSeenTable.Builder> description;
        private final List<String> shownAs;
        private final Map<String, Object> keys = new HashMap<>();
        private final Set<String> known = new HashSet<>();

        /**
         * A host.
         *
         * @param before a statement that the table needs
         * @param key the type of the users' key
         * @param columns the columns {@code seen} and, if there is one, {@code online}
         * @param shownAs what the database gives for that column: of who is online, and of others
         */
        Hosts(
                TestServer server,
                String before,
                String key,
                String columns,
                Consumer<LastSeenTable.Builder> description,
                List<String> shownAs) {
            super(server);
            this.before = before;
            this.key = key;
            this.columns = columns;
            this.description = description;
            this.shownAs = shownAs;
            this.keyOf = key.equals(WHOLE_NUMBER)
                    ? user -> Long.valueOf(keys.size() * 7919L - 100)
                    : key.equalsIgnoreCase("uuid")
                            ? user -> UUID.nameUUIDFromBytes(user.getBytes(StandardCharsets.UTF_8))
                            : user -> user;
        }

        @Override
        LastSeenStore store(ChatDatabase chat) throws Exception {
            known.clear();
            database.execute("DROP TABLE IF EXISTS users");
            if (!before.isEmpty()) {
                database.execute(before);
            }
            database.execute("CREATE TABLE users (nick VARCHAR(20) DEFAULT 'x' NOT NULL, id " + key
                    + " NOT NULL PRIMARY KEY, " + columns + ")");
            return chat.lastSeen("users", t -> description.accept(t.user("id")));
        }

        @Override
        protected String name(String user) {
            return keys.computeIfAbsent(user, keyOf).toString();
        }

        @Override
        protected void know(Collection<String> users) throws SQLException {
            try (Connection connection = database.dataSource().getConnection();
                    PreparedStatement insert = connection.prepareStatement("INSERT INTO users (id) VALUES (?)")) {
                for (String user : users) {
                    if (known.add(user)) {
                        insert.setObject(1, key(user));
                        insert.addBatch();
                    }
                }
                insert.executeBatch();
            }
        }

        private Object key(String user) {
            return key.equals(WHOLE_NUMBER)
                    ? Long.valueOf(user)
                    : key.equalsIgnoreCase("uuid") && database.server() != TestServer.MARIADB
                            ? UUID.fromString(user)
                            : user;
        }

        @Override
        protected Optional<Boolean> isShownOnline(String user) throws SQLException {
            if (shownAs.isEmpty()) {
                return Optional.empty();
            }
            try (Connection connection = database.dataSource().getConnection();
                    PreparedStatement query = connection.prepareStatement(
                            database.server() == TestServer.MARIADB
                                    ? IS_ONLINE.formatted("online")
                                    : IS_ONLINE.formatted("online").replace("CHAR(9)", "VARCHAR(9)"))) {
                query.setObject(1, key(user));
                try (ResultSet row = query.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    String shown = row.getString(1);
                    assertThat(shownAs).contains(shown);
                    return Optional.of(shown.equals(shownAs.get(0)));
                }
            }
        }

        /** All users are there still, none is added, and what is no column of ours is as it was. */
        @AfterEach
        void only_those_columns_were_written() throws SQLException {
            assertThat(database.strings("SELECT COUNT(*) FROM users WHERE nick = 'x'"))
                    .isEqualTo(List.of(Integer.toString(known.size())));
        }
    }

    @Nested
    final class H2WithTextsAndLocalTimes extends Hosts {
        H2WithTextsAndLocalTimes() {
            super(
                    TestServer.H2,
                    "",
                    "VARCHAR(200)",
                    "seen TIMESTAMP(6), online BOOLEAN",
                    t -> t.seenAt("SEEN", TimeKind.local(ZoneId.of("America/St_Johns")))
                            .online("online"),
                    List.of("TRUE", "FALSE", ""));
        }
    }

    @Nested
    final class H2WithUuidsAndTextTimes extends Hosts {
        H2WithUuidsAndTextTimes() {
            super(
                    TestServer.H2,
                    "",
                    "UUID",
                    "seen CHAR(19) DEFAULT '0000-00-00 00:00:00' NOT NULL, online INT DEFAULT 0 NOT NULL",
                    t -> t.seenAt("seen", TimeKind.text("uuuu-MM-dd HH:mm:ss", ZoneId.of("Asia/Kathmandu")))
                            .online("online", "1", "0"),
                    List.of("1", "0"));
        }
    }

    @Nested
    final class H2WithZonedTimes extends Hosts {
        H2WithZonedTimes() {
            super(
                    TestServer.H2,
                    "",
                    "VARCHAR(200)",
                    "seen TIMESTAMP(6) WITH TIME ZONE",
                    t -> t.seenAt("seen", TimeKind.zoned()),
                    List.of());
        }
    }

    @Nested
    final class PostgresqlWithTextsOfAnIcuCollation extends Hosts {
        PostgresqlWithTextsOfAnIcuCollation() {
            super(
                    TestServer.POSTGRESQL,
                    "CREATE COLLATION IF NOT EXISTS us (provider = icu, locale = 'en-US')",
                    "text COLLATE us",
                    "seen timestamptz, online boolean DEFAULT FALSE NOT NULL",
                    t -> t.seenAt("seen", TimeKind.zoned()).online("online"),
                    List.of("true", "false"));
        }
    }

    @Nested
    final class PostgresqlWithNumbers extends Hosts {
        PostgresqlWithNumbers() {
            super(
                    TestServer.POSTGRESQL,
                    "",
                    WHOLE_NUMBER,
                    "seen bigint DEFAULT 0 NOT NULL, online smallint DEFAULT 0 NOT NULL",
                    t -> t.seenAt("seen", TimeKind.epochMillis()).online("online", "1", "0"),
                    List.of("1", "0"));
        }
    }

    @Nested
    final class PostgresqlWithUuids extends Hosts {
        PostgresqlWithUuids() {
            super(
                    TestServer.POSTGRESQL,
                    "",
                    "uuid",
                    "seen varchar(15), online varchar(9) DEFAULT 'unknown' NOT NULL",
                    t -> t.seenAt("seen", TimeKind.epochMillisText(15)).online("online", "online", "offline"),
                    List.of("online", "offline", "unknown"));
        }
    }

    @Nested
    final class PostgresqlWithLocalTimes extends Hosts {
        PostgresqlWithLocalTimes() {
            super(
                    TestServer.POSTGRESQL,
                    "",
                    "varchar(200)",
                    "seen timestamp",
                    t -> t.seenAt("seen", TimeKind.local(ZoneId.of("Australia/Lord_Howe"))),
                    List.of());
        }
    }

    @Nested
    final class MariadbWithTexts extends Hosts {
        MariadbWithTexts() {
            super(
                    TestServer.MARIADB,
                    "",
                    "VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
                    "seen TIMESTAMP(6) NULL, online BOOLEAN",
                    t -> t.seenAt("seen", TimeKind.zoned()).online("online"),
                    List.of("1", "0", ""));
        }
    }

    @Nested
    final class MariadbWithNumbers extends Hosts {
        MariadbWithNumbers() {
            super(
                    TestServer.MARIADB,
                    "",
                    WHOLE_NUMBER,
                    "seen INT UNSIGNED DEFAULT 0 NOT NULL, online TINYINT DEFAULT 0 NOT NULL",
                    t -> t.seenAt("seen", TimeKind.epochSeconds()).online("online", "2", "0"),
                    List.of("2", "0"));
        }
    }

    @Nested
    final class MariadbWithUuids extends Hosts {
        MariadbWithUuids() {
            super(
                    TestServer.MARIADB,
                    "",
                    "UUID",
                    "seen DATETIME(6) DEFAULT '0000-00-00 00:00:00', online VARCHAR(9)",
                    t -> t.seenAt("seen", TimeKind.local(ZoneId.of("Pacific/Apia")))
                            .online("online", "Online", "online"),
                    List.of("Online", "online", ""));
        }
    }
}
