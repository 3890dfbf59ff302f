package io.chatty.maintenance.database.cleanup;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.PartitionDrop;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.task.Counts;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** A host's messages of 2026 in partitions of a month each, January's called {@code m1}, made and read by plain JDBC. */
final class PartitionedChat {

    static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

    /** To the 1st of April in Berlin, so that the partitions m1 to m3 are before it. */
    static final RetentionRule KEEP = RetentionRule.keepFor(Duration.between(midnight(4), NOW));

    /** How the host keeps times, and by what it parts them. */
    enum By {
        POSTGRESQL_TIMESTAMP(TestServer.POSTGRESQL, "TIMESTAMPTZ(6)", "RANGE (sent_at)"),
        POSTGRESQL_LOCAL(TestServer.POSTGRESQL, "TIMESTAMP(6)", "RANGE (sent_at)"),
        POSTGRESQL_MILLIS(TestServer.POSTGRESQL, "BIGINT", "RANGE (sent_at)"),
        MARIADB_UNIX(TestServer.MARIADB, "TIMESTAMP(6)", "RANGE (UNIX_TIMESTAMP(sent_at))"),
        MARIADB_COLUMNS(TestServer.MARIADB, "DATETIME(6)", "RANGE COLUMNS (sent_at)"),
        MARIADB_DAYS(TestServer.MARIADB, "DATETIME(6)", "RANGE (TO_DAYS(sent_at))"),
        MARIADB_MILLIS(TestServer.MARIADB, "BIGINT", "RANGE (sent_at)");

        final TestServer server;
        final String type;
        final String range;

        By(TestServer server, String type, String range) {
            this.server = server;
            this.type = type;
            this.range = range;
        }

        boolean isLocal() {
            return this == POSTGRESQL_LOCAL || this == MARIADB_COLUMNS || this == MARIADB_DAYS;
        }

        TimeKind kind() {
            return type.equals("BIGINT")
                    ? TimeKind.epochMillis()
                    : isLocal() ? TimeKind.local(BERLIN) : TimeKind.zoned();
        }

        String time(Instant at) {
            if (type.equals("BIGINT")) {
                return Long.toString(at.toEpochMilli());
            }
            if (this == MARIADB_UNIX) {
                return "FROM_UNIXTIME(" + at.toEpochMilli() + " / 1000)";
            }
            if (isLocal()) {
                return "'"
                        + DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS")
                                .format(LocalDateTime.ofInstant(at, BERLIN))
                        + "'";
            }
            return "'" + at + "'";
        }

        /** A bound as this server wants it. */
        String bound(Instant at) {
            return switch (this) {
                case MARIADB_UNIX -> Long.toString(at.getEpochSecond());
                case MARIADB_DAYS -> "TO_DAYS(" + time(at) + ")";
                default -> time(at);
            };
        }
    }

    final TestDatabase database;
    final By by;

    /** Partitions m1 to m6, the one of the last half year and of all that comes after not among them. */
    PartitionedChat(TestDatabase database, By by) throws SQLException {
        this(database, by, "");
    }

    /** As {@link #PartitionedChat(TestDatabase, By)}; on MariaDB with that between the partitions' expression and their list. */
    PartitionedChat(TestDatabase database, By by, String subPartitions) throws SQLException {
        this.database = database;
        this.by = by;
        String create = "CREATE TABLE messages (id BIGINT NOT NULL, sent_at " + by.type
                + " NOT NULL, room_id BIGINT NULL, user_id BIGINT NULL, deleted_at BIGINT NULL, pinned BOOLEAN NULL,"
                + " PRIMARY KEY (id, sent_at)) PARTITION BY " + by.range;
        if (by.server == TestServer.POSTGRESQL) {
            database.execute(create);
            for (int month = 1; month <= 6; month++) {
                database.execute("CREATE TABLE m" + month + " PARTITION OF messages FOR VALUES FROM ("
                        + by.bound(midnight(month)) + ") TO (" + by.bound(midnight(month + 1)) + ")");
            }
        } else {
            StringBuilder parts = new StringBuilder();
            for (int month = 1; month <= 6; month++) {
                parts.append(month == 1 ? "" : ", ")
                        .append("PARTITION m" + month + " VALUES LESS THAN (" + by.bound(midnight(month + 1)) + ")");
            }
            database.execute(create + subPartitions + " (" + parts + ")");
        }
        database.execute("CREATE INDEX messages_sent ON messages (sent_at, id)");
        database.execute("CREATE INDEX messages_id ON messages (id)");
        database.execute("CREATE TABLE reactions (message_id BIGINT, emoji VARCHAR(20))");
        ChatDatabase.of(database.dataSource(), schema()).migrate();
    }

    static Instant midnight(int month) {
        return LocalDate.of(2026, month, 1).atStartOfDay(BERLIN).toInstant();
    }

    ChatSchema schema() {
        return schema(m -> {}, c -> {});
    }

    ChatSchema schema(Consumer<MessageTable.Builder> more, Consumer<ChatSchema.Builder> others) {
        ChatSchema.Builder schema = ChatSchema.builder()
                .messages("messages", m -> {
                    if (by.type.equals("BIGINT")) {
                        m.key("id", "sent_at");
                    } else {
                        m.sharedKey("id"); // a time can be no key, and without it no index is unique
                    }
                    m.sentAt("sent_at", by.kind())
                            .room("room_id")
                            .sender("user_id")
                            .softDeletedAt("deleted_at", TimeKind.epochMillis())
                            .pinned("pinned");
                    more.accept(m);
                })
                .children("reactions", c -> c.refersBy("message_id").to("id"));
        others.accept(schema);
        return schema.build();
    }

    ChatDatabase chat() {
        return chat(database.dataSource());
    }

    ChatDatabase chat(DataSource dataSource) {
        return ChatDatabase.of(dataSource, schema());
    }

    /** Adds a message that nobody pinned. */
    void add(long id, Instant sentAt, String room, String user) throws SQLException {
        database.execute(insertion(id, sentAt, room, user, "NULL"));
    }

    String insertion(long id, Instant sentAt, String room, String user, String pinned) {
        return "INSERT INTO messages (id, sent_at, room_id, user_id, pinned) VALUES (" + id + ", " + by.time(sentAt)
                + ", " + room + ", " + user + ", " + pinned + ")";
    }

    /** Adds to each of these months two messages, with ids such as 31 and 32 in March. */
    void fill(int... months) throws SQLException {
        for (int month : months) {
            add(month * 10L + 1, midnight(month), "1", "1");
            add(month * 10L + 2, midnight(month + 1).minusMillis(1), "1", "2");
        }
    }

    List<String> ids() throws SQLException {
        return database.strings("SELECT id FROM messages ORDER BY id");
    }

    List<String> partitions() throws SQLException {
        return database.strings(
                by.server == TestServer.POSTGRESQL
                        ? "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'messages'::regclass"
                                + " ORDER BY 1"
                        : "SELECT DISTINCT partition_name FROM information_schema.partitions WHERE table_schema ="
                                + " DATABASE() AND table_name = 'messages' ORDER BY 1");
    }

    static RetentionPolicies policies() {
        return RetentionPolicies.builder().global(KEEP).build();
    }

    static PartitionDrop drop(ChatDatabase chat, RetentionPolicies policies) {
        return chat.partitionDrop(chat.messageCleanup(policies)
                        .softDeleteGrace(Duration.ofDays(1))
                        .build())
                .build();
    }

    static MaintenanceEngine engine(ChatDatabase chat, MessageCleanup cleanup, PartitionDrop drop) {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .settings(s -> s.taskDefaults(t -> t.retries(0)))
                .task(cleanup)
                .task(drop)
                .build();
        engine.start();
        return engine;
    }

    static Run run(ChatDatabase chat, PartitionDrop drop) throws Exception {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .settings(s -> s.taskDefaults(t -> t.retries(0)))
                .task(drop)
                .build()) {
            engine.start();
            return engine.runNow(drop.name()).get(60, TimeUnit.SECONDS);
        }
    }

    static Counts preview(ChatDatabase chat, PartitionDrop drop) throws Exception {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .task(drop)
                .build()) {
            engine.start();
            return engine.preview(drop.name()).counts();
        }
    }
}
