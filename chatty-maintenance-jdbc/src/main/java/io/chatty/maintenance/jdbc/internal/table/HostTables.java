package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.task.SettingsException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The host's tables as the catalogue knows them. Immutable. */
public final class HostTables {

    public final Dialect dialect;
    /** The columns of the message's key. */
    public final List<Column> key;

    public final boolean keyShared;
    /** An index by which the key is unique, if it is one column. */
    public final @Nullable String keyIndex;
    /** All columns of the message table. */
    public final List<Column> columns;

    private final Catalogue catalogue;
    /** The time of sending: the first that tells one. */
    public final List<TimeColumn> sentAt;

    public final @Nullable Reach room;
    public final @Nullable Reach team;
    public final @Nullable Column sender;
    public final @Nullable TimeColumn softDeletedAt;
    public final @Nullable SoftDeletes softDeletes;
    /** By name: what is exempt from retention, and what is never deleted. */
    public final Map<String, Filter> exempt;

    public final Map<String, Filter> never;
    public final List<Column> files;
    public final List<Child> children;
    public final List<Shared> shared;
    public final List<Count> counters;
    public final @Nullable Column rooms;
    public final @Nullable Column users;
    public final @Nullable String schema;

    /**
     * A table that has a row for each message that a user deleted.
     *
     * @param refersBy its columns that hold the message's key
     * @param at when the message was deleted
     */
    public record SoftDeletes(List<Column> refersBy, TimeColumn at) {

        public String table() {
            return refersBy.get(0).table();
        }
    }

    /**
     * A table whose rows go with a message.
     *
     * @param given the name that the host gave it, under which it is counted
     * @param refersBy the columns that refer to the message
     * @param to the message's columns that they refer to
     * @param where which rows refer to messages
     * @param setLoose whether the rows stay, with NULL in those columns
     * @param files the columns that hold paths of files
     * @param at when a row was written, where it tells that
     */
    public record Child(
            String given,
            List<Column> refersBy,
            List<Column> to,
            Optional<Filter> where,
            boolean setLoose,
            List<Column> files,
            Optional<TimeColumn> at) {

        /** The first of them, which stands for its table. */
        public Column first() {
            return refersBy.get(0);
        }

        public String table() {
            return first().table();
        }
    }

    /**
     * A table whose rows belong to several messages.
     *
     * @param given the name that the host gave it
     * @param key its key
     * @param link the links' column that holds that key
     * @param messageKey the links' columns that hold the message's key
     * @param keptBy other columns that hold that key, and keep the row
     * @param files the columns that hold paths of files
     * @param at when a row was written, where it tells that
     */
    public record Shared(
            String given,
            Column key,
            Column link,
            List<Column> messageKey,
            List<Column> keptBy,
            List<Column> files,
            Optional<TimeColumn> at) {}

    /**
     * A counter of messages.
     *
     * @param key the key of its table
     * @param column the column that counts
     * @param of the message's column that holds that key
     * @param counted which messages it counts
     */
    public record Count(Column key, Column column, Column of, Optional<Filter> counted) {}

    public HostTables(HostTablesReader read) {
        this.dialect = read.dialect;
        this.schema = read.catalogue.schema();
        this.key = List.copyOf(read.key);
        this.keyShared = read.keyShared;
        this.catalogue = read.catalogue;
        this.keyIndex = read.keyIndex;
        this.columns = read.catalogue.columns(read.key.get(0).table());
        this.sentAt = List.copyOf(read.sentAt);
        this.room = read.room;
        this.team = read.team;
        this.sender = read.sender;
        this.softDeletedAt = read.softDeletedAt;
        this.softDeletes = read.softDeletes;
        this.exempt = new LinkedHashMap<>(read.exempt);
        this.never = new LinkedHashMap<>(read.never);
        this.files = List.copyOf(read.files);
        this.children = List.copyOf(read.children);
        this.shared = List.copyOf(read.shared);
        this.counters = List.copyOf(read.counters);
        this.rooms = read.rooms;
        this.users = read.users;
    }

    /** Looks the host's tables up; empty, with problems added, if something is wrong. */
    public static Optional<HostTables> read(
            Connection connection, Dialect dialect, ChatSchema schema, List<String> problems) throws SQLException {
        int before = problems.size();
        Catalogue catalogue =
                Catalogue.read(connection, dialect, schema.schema().orElse(null));
        HostTablesReader reader = new HostTablesReader(dialect, catalogue, problems);
        reader.read(schema);
        return problems.size() == before ? Optional.of(new HostTables(reader)) : Optional.empty();
    }

    /**
     * Looks the host's tables up.
     *
     * @throws SettingsException if something is wrong
     */
    public static HostTables of(Session session, ChatSchema schema) throws SQLException {
        List<String> problems = new ArrayList<>();
        return read(session.connection(), session.dialect(), schema, problems)
                .orElseThrow(() -> new SettingsException(problems));
    }

    /** The message table's name, as the catalogue spells it. */
    public String messageTable() {
        return key.get(0).table();
    }

    /** The message table's name, for SQL. */
    public String messages() {
        return table(key.get(0));
    }

    /** A table's name for SQL. */
    public String table(Column column) {
        return table(dialect, schema, column.table());
    }

    public static String table(Dialect dialect, @Nullable String schema, String name) {
        String table = dialect.quote(name);
        return schema == null ? table : dialect.quote(schema) + "." + table;
    }

    /** The columns of a table of that name, as the catalogue spells it; none if there is no such table. */
    public List<Column> columnsOf(String table) {
        return catalogue.columns(table);
    }

    /** A table's name for SQL. */
    public String table(String name) {
        return table(dialect, schema, name);
    }

    /** A column's name for SQL, of a table that is called that in the statement. */
    public String column(String alias, Column column) {
        return dialect.column(alias, column);
    }

    /** The names of columns for SQL. */
    public List<String> names(String alias, List<Column> columns) {
        return columns.stream().map(column -> column(alias, column)).toList();
    }

    /** The names of columns for SQL, with a comma between two. */
    public String columns(String alias, List<Column> columns) {
        return String.join(", ", names(alias, columns));
    }

    /** A condition: those columns have, together, one of those rows of values. */
    public Sql areOneOf(String alias, List<Column> columns, List<List<Object>> values) {
        return dialect.areOneOf(names(alias, columns), columns, values);
    }

    /** A condition: a message, of a table that is called {@code m}, has one of those keys. */
    public Sql haveKey(List<List<Object>> keys) {
        return areOneOf("m", key, keys);
    }

    /** The columns of two tables hold the same. */
    public String equal(String alias, List<Column> columns, String otherAlias, List<Column> others) {
        StringBuilder equal = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            equal.append(i == 0 ? "" : " AND ")
                    .append(column(alias, columns.get(i)))
                    .append(" = ")
                    .append(column(otherAlias, others.get(i)));
        }
        return equal.toString();
    }

    /** The one column of the key, for what needs there to be one. */
    public Column onlyKey() {
        if (key.size() != 1) {
            throw new IllegalStateException("the key has " + key.size() + " columns");
        }
        return key.get(0);
    }

    /** The column by which a walk by time goes, if there is one, and an index that helps. */
    public Optional<TimeColumn> walkedSentAt() {
        TimeColumn first = Objects.requireNonNull(sentAt.get(0));
        return sentAt.size() == 1 && first.indexed() ? Optional.of(first) : Optional.empty();
    }
}
