package io.chatty.maintenance.benchmarks;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The databases that can be measured, and how their SQL differs. */
enum Database {
    POSTGRESQL("PostgreSQL", "TIMESTAMP WITH TIME ZONE") {
        @Override
        Server start() throws Exception {
            return PostgresServer.start();
        }

        @Override
        String deleteChildren(String child, String dueMessages) {
            return "DELETE FROM " + child + " c USING messages m WHERE c.message_id = m.id AND " + dueMessages;
        }
    },

    MARIADB("MariaDB", "TIMESTAMP(3) NULL") {
        private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern(
                        "yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT)
                .withZone(ZoneOffset.UTC);

        @Override
        Server start() throws Exception {
            return MariaDbServer.start();
        }

        @Override
        Object time(Instant instant) {
            return TEXT.format(instant); // the sessions are in UTC
        }

        @Override
        String deleteChildren(String child, String dueMessages) {
            return "DELETE c FROM " + child + " c JOIN messages m ON c.message_id = m.id WHERE " + dueMessages;
        }
    },

    H2("H2", "TIMESTAMP WITH TIME ZONE") {
        @Override
        Server start() throws Exception {
            return H2Server.start();
        }

        @Override
        String deleteChildren(String child, String dueMessages) {
            return "DELETE FROM " + child + " c WHERE EXISTS (SELECT 1 FROM messages m WHERE m.id = c.message_id AND "
                    + dueMessages + ")";
        }
    };

    private final String title;
    private final String timeColumn;

    Database(String title, String timeColumn) {
        this.title = title;
        this.timeColumn = timeColumn;
    }

    String title() {
        return title;
    }

    /** As arguments and results have it. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The column type of a point in time. */
    String timeColumn() {
        return timeColumn;
    }

    /** An instant as a statement's parameter. */
    Object time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** Starts a server with nothing in it. */
    abstract Server start() throws Exception;

    /** Deletes what belongs to due messages; the predicate calls the messages {@code m}. */
    abstract String deleteChildren(String child, String dueMessages);
}
