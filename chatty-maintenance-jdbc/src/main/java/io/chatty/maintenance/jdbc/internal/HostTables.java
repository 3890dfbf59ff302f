package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.TimeKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The host's tables as the catalogue knows them. Immutable. */
final class HostTables {

    final Dialect dialect;
    final Column key;
    final TimeColumn sentAt;
    final @Nullable Column room;
    final @Nullable Column sender;
    final @Nullable TimeColumn softDeletedAt;
    final @Nullable Column pinned;
    final List<Child> children;
    final @Nullable Column rooms;
    final @Nullable Column users;
    private final @Nullable String schema;

    /**
     * A table whose rows go with a message.
     *
     * @param given the name that the host gave it, under which it is counted
     * @param messageKey where the message's key stands
     */
    record Child(String given, Column messageKey) {}

    private HostTables(Reading reading) {
        this.dialect = reading.dialect;
        this.schema = reading.catalogue.schema();
        this.key = Objects.requireNonNull(reading.key);
        this.sentAt = Objects.requireNonNull(reading.sentAt);
        this.room = reading.room;
        this.sender = reading.sender;
        this.softDeletedAt = reading.softDeletedAt;
        this.pinned = reading.pinned;
        this.children = List.copyOf(reading.children);
        this.rooms = reading.rooms;
        this.users = reading.users;
    }

    /** Looks the host's tables up; empty, with problems added, if something is wrong. */
    static Optional<HostTables> read(Connection connection, Dialect dialect, ChatSchema schema, List<String> problems)
            throws SQLException {
        int before = problems.size();
        Catalogue catalogue =
                Catalogue.read(connection, dialect, schema.schema().orElse(null));
        Reading reading = new Reading(dialect, catalogue, problems);
        reading.messages(schema);
        return problems.size() == before ? Optional.of(new HostTables(reading)) : Optional.empty();
    }

    /** A table's name for SQL. */
    String table(Column column) {
        String table = dialect.quote(column.table());
        return schema == null ? table : dialect.quote(schema) + "." + table;
    }

    /** A column's name for SQL, of a table that is called that in the statement. */
    String column(String alias, Column column) {
        return alias + "." + dialect.quote(column.name());
    }

    private static final class Reading {

        private final Dialect dialect;
        private final Catalogue catalogue;
        private final List<String> problems;
        private @Nullable Column key;
        private @Nullable TimeColumn sentAt;
        private @Nullable Column room;
        private @Nullable Column sender;
        private @Nullable TimeColumn softDeletedAt;
        private @Nullable Column pinned;
        private final List<Child> children = new ArrayList<>();
        private @Nullable Column rooms;
        private @Nullable Column users;

        private Reading(Dialect dialect, Catalogue catalogue, List<String> problems) {
            this.dialect = dialect;
            this.catalogue = catalogue;
            this.problems = problems;
        }

        private void messages(ChatSchema schema) throws SQLException {
            ChatSchema.Messages described = schema.messages();
            String table =
                    catalogue.table("messages", described.table(), problems).orElse(null);
            if (table != null) {
                key = keyColumn("messages key", table, described.key()).orElse(null);
                if (key != null && key.nullable()) {
                    problems.add("messages key: " + key + " can be NULL; name the primary key, or declare it NOT NULL");
                }
                if (key != null && !catalogue.isUnique(key)) {
                    problems.add("messages key: " + key
                            + " has no unique index of its own; name the primary key, or make a" + " unique index");
                }
                sentAt = time("messages sentAt", table, described.sentAt()).orElse(null);
                room = described
                        .room()
                        .flatMap(name -> keyColumn("messages room", table, name))
                        .orElse(null);
                sender = described
                        .sender()
                        .flatMap(name -> keyColumn("messages sender", table, name))
                        .orElse(null);
                ChatSchema.Time softDeleted = described.softDeletedAt().orElse(null);
                softDeletedAt = softDeleted == null
                        ? null
                        : time("messages softDeletedAt", table, softDeleted).orElse(null);
                pinned = described.pinned().flatMap(name -> pinned(table, name)).orElse(null);
            }
            for (ChatSchema.Reference child : schema.children()) {
                reference("children", child)
                        .filter(column -> comparable("children", column, key))
                        .ifPresent(
                                column -> children.add(new Child(child.table().replaceAll("[\\s=]", "_"), column)));
            }
            rooms = schema.rooms().flatMap(given -> reference("rooms", given)).orElse(null);
            users = schema.users().flatMap(given -> reference("users", given)).orElse(null);
            comparable("messages room", room, rooms);
            comparable("messages sender", sender, users);
            if (table != null) {
                foreignKeys(table);
            }
        }

        private Optional<Column> reference(String what, ChatSchema.Reference given) {
            return catalogue
                    .table(what, given.table(), problems)
                    .flatMap(table -> keyColumn(what, table, given.column()));
        }

        private Optional<Column> keyColumn(String what, String table, String name) {
            Optional<Column> column = catalogue.column(what, table, name, problems);
            if (column.isPresent() && !column.get().canBeKey()) {
                problems.add(
                        what + ": " + column.get()
                                + " is of a type that cannot be a key; whole numbers, decimals without a fraction, text and UUIDs can");
                return Optional.empty();
            }
            return column;
        }

        private boolean comparable(String what, @Nullable Column one, @Nullable Column other) {
            if (one == null || other == null || one.comparesWith(other)) {
                return true;
            }
            problems.add(what + ": " + one + " and " + other + " are of types that cannot be compared");
            return false;
        }

        private Optional<Column> pinned(String table, String name) {
            Optional<Column> column = catalogue.column("messages pinned", table, name, problems);
            if (column.isPresent() && !column.get().isTruth()) {
                problems.add(
                        "messages pinned: " + column.get() + " is no truth value; BOOLEAN (on MariaDB TINYINT) is");
                return Optional.empty();
            }
            return column;
        }

        private Optional<TimeColumn> time(String what, String table, ChatSchema.Time described) throws SQLException {
            Column column =
                    catalogue.column(what, table, described.column(), problems).orElse(null);
            if (column == null) {
                return Optional.empty();
            }
            boolean followsSession = column.isTimestamp() && dialect.timestampFollowsSession(column);
            TimeKind kind = described.kind();
            boolean fits;
            if (kind instanceof TimeKind.EpochMillis) {
                fits = column.isWholeNumber();
            } else if (kind instanceof TimeKind.Local) {
                fits = column.isTimestamp() && !followsSession;
            } else {
                fits = column.hasZone() || followsSession;
            }
            if (!fits) {
                problems.add(what + ": " + column + " does not tell the time as " + kind + "; "
                        + advice(column, followsSession));
                return Optional.empty();
            }
            TimeKind read = followsSession ? TimeKind.local(ZoneOffset.UTC) : kind;
            return Optional.of(new TimeColumn(
                    column, read, dialect.finestTime(), dialect.earliest(column), catalogue.isIndexed(column)));
        }

        private static String advice(Column column, boolean followsSession) {
            if (column.hasZone() || followsSession) {
                return "for this column use TimeKind.zoned()";
            }
            if (column.isTimestamp()) {
                return "this column has no zone: name the one it is kept in, by TimeKind.local(zone)";
            }
            if (column.isWholeNumber()) {
                return "if it holds milliseconds since 1970 use TimeKind.epochMillis()";
            }
            return "allowed are timestamps, and whole numbers that are milliseconds since 1970";
        }

        private void foreignKeys(String table) throws SQLException {
            for (Catalogue.ForeignKey foreign : catalogue.foreignKeysTo(table)) {
                boolean declared = children.stream()
                        .anyMatch(child -> child.messageKey().table().equals(foreign.table())
                                && child.messageKey().name().equals(foreign.column()));
                if (key != null && !foreign.target().equals(key.name())) {
                    problems.add(
                            "messages: table \"" + foreign.table() + "\" refers to column \"" + foreign.target()
                                    + "\" of \"" + table + "\" by a foreign key, and not to its key " + key
                                    + "; this is not supported: name that column as the key, or have the foreign key refer to it");
                } else if (!declared && foreign.table().equals(table)) {
                    problems.add("messages: column \"" + foreign.column() + "\" of \"" + table
                            + "\" is a foreign key to the table itself, so a message cannot go before those that refer to"
                            + " it; this is not supported: drop the foreign key");
                } else if (!declared) {
                    problems.add("messages: table \"" + foreign.table() + "\" refers to \"" + table
                            + "\" by a foreign key and is not described; add children(\"" + foreign.table() + "\", \""
                            + foreign.column() + "\"), whereby its rows go with their message");
                }
            }
        }
    }
}
