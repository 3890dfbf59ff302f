package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.ChildTable;
import io.chatty.maintenance.jdbc.Counter;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.RoomTable;
import io.chatty.maintenance.jdbc.SharedTable;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks up in the catalogue what a {@link ChatSchema} describes, and lists all that does not fit. */
public final class HostTablesReader {

    final Dialect dialect;
    final Catalogue catalogue;
    private final List<String> problems;
    List<Column> key = List.of();
    boolean keyShared;

    @Nullable String keyIndex;

    final List<TimeColumn> sentAt = new ArrayList<>();

    public @Nullable Reach room;

    @Nullable Reach team;

    public @Nullable Column sender;

    @Nullable TimeColumn softDeletedAt;

    HostTables.@Nullable SoftDeletes softDeletes;
    final Map<String, Filter> exempt = new LinkedHashMap<>();
    final Map<String, Filter> never = new LinkedHashMap<>();
    List<Column> files = List.of();
    final List<HostTables.Child> children = new ArrayList<>();
    final List<HostTables.Shared> shared = new ArrayList<>();
    final List<HostTables.Count> counters = new ArrayList<>();

    public @Nullable Column rooms;

    public @Nullable Column users;

    public HostTablesReader(Dialect dialect, Catalogue catalogue, List<String> problems) {
        this.dialect = dialect;
        this.catalogue = catalogue;
        this.problems = problems;
    }

    public void read(ChatSchema schema) throws SQLException {
        String table =
                catalogue.table("messages", schema.messages().table(), problems).orElse(null);
        if (table != null) {
            messages(table, schema.messages());
        }
        rooms = schema.rooms()
                .flatMap(given -> keyColumn("rooms", given.table(), given.key()))
                .orElse(null);
        users = schema.users()
                .flatMap(given -> keyColumn("users", given.table(), given.column()))
                .orElse(null);
        schema.rooms().ifPresent(this::teamOfRoom);
        if (room != null) {
            comparable("messages room", room.value(), rooms);
        }
        comparable("messages sender", sender, users);
        if (table == null) {
            return;
        }
        for (ChildTable child : schema.children()) {
            child(table, child);
        }
        for (SharedTable each : schema.shared()) {
            shared(each);
        }
        schema.counters().forEach(counter -> counter(table, counter));
        if (!key.isEmpty()) {
            new ForeignKeyCheck(catalogue, problems).check(table, key, children, shared);
        }
    }

    private void messages(String table, MessageTable described) throws SQLException {
        key = keyColumns("messages key", table, described.key());
        keyShared = described.isKeyShared();
        if (!key.isEmpty() && !keyShared) {
            checkUnique(key);
            keyIndex = key.size() == 1 ? catalogue.uniqueIndex(key.get(0)).orElse(null) : null;
        }
        for (ChatSchema.Time time : described.sentAt()) {
            time("messages sentAt", table, time).ifPresent(sentAt::add);
        }
        room = described.room().flatMap(given -> reach(table, given)).orElse(null);
        team = described
                .team()
                .flatMap(name -> keyColumnOf("messages team", table, name))
                .map(own -> new Reach(own, List.of()))
                .orElse(null);
        sender = described
                .sender()
                .flatMap(name -> keyColumnOf("messages sender", table, name))
                .orElse(null);
        if (described.softDeletedAt().isPresent()) {
            softDeletedAt = time(
                            "messages softDeletedAt",
                            table,
                            described.softDeletedAt().get())
                    .orElse(null);
        }
        if (described.softDeletes().isPresent()) {
            softDeletes = softDeletes(described.softDeletes().get());
        }
        FilterReader filters = new FilterReader(
                dialect, catalogue, problems, key, room, sender == null ? null : new Reach(sender, List.of()));
        described
                .exempt()
                .forEach((name, match) ->
                        filters.read("messages " + name, table, match).ifPresent(filter -> exempt.put(name, filter)));
        described
                .never()
                .forEach((name, match) ->
                        filters.read("messages " + name, table, match).ifPresent(filter -> never.put(name, filter)));
        files = texts("messages files", table, described.files());
    }

    private void checkUnique(List<Column> columns) throws SQLException {
        for (Column column : columns) {
            if (column.nullable()) {
                problems.add("messages key: " + column + " can be NULL; name the primary key, or declare it NOT NULL");
            }
        }
        if (!catalogue.areUnique(columns)) {
            problems.add("messages key: " + (columns.size() == 1 ? columns.get(0) : columns)
                    + " has no unique index of its own; name the primary key, make a unique index, or, if rows may share a"
                    + " key and are to go together, call sharedKey");
        }
    }

    private HostTables.@Nullable SoftDeletes softDeletes(MessageTable.SoftDeletes given) throws SQLException {
        String by = catalogue
                .table("messages softDeletedBy", given.table(), problems)
                .orElse(null);
        if (by == null) {
            return null;
        }
        List<Column> refersBy = keyColumns("messages softDeletedBy", by, given.refersBy());
        Optional<TimeColumn> at = time("messages softDeletedBy", by, given.at());
        return at.isPresent() && comparable("messages softDeletedBy", refersBy, key)
                ? new HostTables.SoftDeletes(refersBy, at.get())
                : null;
    }

    private Optional<Reach> reach(String table, MessageTable.Reach given) {
        Optional<Column> own = keyColumnOf("messages room", table, given.column());
        if (own.isEmpty() || given.through().isEmpty()) {
            return own.map(column -> new Reach(column, List.of()));
        }
        MessageTable.Through through = given.through().get();
        Optional<String> via = catalogue.table("messages room", through.table(), problems);
        if (via.isEmpty()) {
            return Optional.empty();
        }
        Optional<Column> viaKey = keyColumnOf("messages room", via.get(), through.key());
        Optional<Column> value = keyColumnOf("messages room", via.get(), through.value());
        Optional<Filter> where = filter("messages room", via.get(), through.where());
        if (viaKey.isEmpty() || value.isEmpty() || !comparable("messages room", own.get(), viaKey.get())) {
            return Optional.empty();
        }
        if (!isUnique(viaKey.get())) {
            problems.add("messages room: " + viaKey.get()
                    + " has no unique index of its own, so that it leads to several rooms; name a unique column");
            return Optional.empty();
        }
        return Optional.of(
                new Reach(own.get(), List.of(new Reach.Via(sqlTable(via.get()), viaKey.get(), value.get(), where))));
    }

    private void teamOfRoom(RoomTable given) {
        Column roomKey = rooms;
        Reach through = room;
        if (given.team().isEmpty() || roomKey == null || through == null) {
            return;
        }
        Optional<Column> column =
                keyColumnOf("rooms team", roomKey.table(), given.team().get());
        if (column.isPresent() && !isUnique(roomKey)) {
            problems.add("rooms team: " + roomKey
                    + " has no unique index of its own, so that a room has several teams; name the primary key");
        }
        team = column.map(value ->
                        Reach.by(through, new Reach.Via(sqlTable(roomKey.table()), roomKey, value, Optional.empty())))
                .orElse(null);
    }

    private boolean isUnique(Column column) {
        try {
            return catalogue.areUnique(List.of(column));
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private void child(String messages, ChildTable given) throws SQLException {
        String what = "children";
        Optional<String> table = catalogue.table(what, given.table(), problems);
        if (table.isEmpty()) {
            return;
        }
        List<Column> refersBy = keyColumns(what, table.get(), given.refersBy());
        List<Column> to = given.to().isEmpty() ? key : keyColumns(what + " " + given.table(), messages, given.to());
        Optional<Filter> where = filter(what, table.get(), given.where());
        if (given.isSetLoose()) {
            refersBy.stream()
                    .filter(column -> !column.nullable())
                    .forEach(column -> problems.add(what + ": " + column
                            + " cannot be NULL, so that its rows cannot be set loose; let them go with their message"));
        }
        List<Column> paths = texts(what + " files", table.get(), given.files());
        Optional<TimeColumn> at = given.at().isPresent()
                ? time(what + " at", table.get(), given.at().get())
                : Optional.empty();
        if (comparable(what, refersBy, to)) {
            children.add(
                    new HostTables.Child(counted(given.table()), refersBy, to, where, given.isSetLoose(), paths, at));
        }
    }

    /** A table's name as a part of a count's. */
    private String counted(String table) {
        String name = table.replaceAll("[\\s=]", "_");
        long before = children.stream()
                .filter(child -> child.given().equals(name) || child.given().startsWith(name + "#"))
                .count();
        return before == 0 ? name : name + "#" + (before + 1);
    }

    private void shared(SharedTable given) throws SQLException {
        String what = "shared";
        Optional<Column> sharedKey = keyColumn(what, given.table(), given.key());
        Optional<String> links = catalogue.table(what, given.links().table(), problems);
        if (sharedKey.isEmpty() || links.isEmpty()) {
            return;
        }
        Optional<Column> link = keyColumnOf(what, links.get(), given.links().refersBy());
        List<Column> messageKey = keyColumns(what, links.get(), given.links().messageKey());
        List<Column> keptBy = new ArrayList<>();
        for (ChatSchema.Reference reference : given.keptBy()) {
            keyColumn(what, reference.table(), reference.column())
                    .filter(column -> comparable(what, column, sharedKey.get()))
                    .ifPresent(keptBy::add);
        }
        List<Column> paths = texts(what + " files", sharedKey.get().table(), given.files());
        Optional<TimeColumn> at = given.at().isPresent()
                ? time(what + " at", sharedKey.get().table(), given.at().get())
                : Optional.empty();
        if (link.isPresent() && comparable(what, link.get(), sharedKey.get()) && comparable(what, messageKey, key)) {
            shared.add(new HostTables.Shared(
                    counted(given.table()), sharedKey.get(), link.get(), messageKey, keptBy, paths, at));
        }
    }

    private void counter(String messages, Counter given) {
        String what = "counter";
        Optional<Column> counterKey = keyColumn(what, given.table(), given.key());
        Optional<Column> of = keyColumnOf(what, messages, given.of());
        Optional<Filter> counted = filter(what, messages, given.counted());
        Optional<Column> column =
                counterKey.flatMap(found -> catalogue.column(what, found.table(), given.column(), problems));
        if (column.isPresent() && !column.get().isWholeNumber()) {
            problems.add(what + ": " + column.get() + " is no whole number, so that it cannot count");
            return;
        }
        if (column.isPresent() && of.isPresent() && comparable(what, of.get(), counterKey.get())) {
            counters.add(new HostTables.Count(counterKey.get(), column.get(), of.get(), counted));
        }
    }

    public Optional<Filter> filter(String what, String table, Optional<Match> match) {
        return match.flatMap(given -> new FilterReader(dialect, catalogue, problems, key).read(what, table, given));
    }

    private String sqlTable(String name) {
        return HostTables.table(dialect, catalogue.schema(), name);
    }

    private List<Column> texts(String what, String table, List<String> names) {
        List<Column> found = new ArrayList<>();
        for (String name : names) {
            catalogue.column(what, table, name, problems).ifPresent(column -> {
                if (column.isText()) {
                    found.add(column);
                } else {
                    problems.add(what + ": " + column + " is no text, so that it holds no path");
                }
            });
        }
        return found;
    }

    public Optional<Column> keyColumn(String what, String table, String name) {
        return catalogue.table(what, table, problems).flatMap(found -> keyColumnOf(what, found, name));
    }

    /** All of those columns, or none. */
    private List<Column> keyColumns(String what, String table, List<String> names) {
        List<Column> found = new ArrayList<>();
        for (String name : names) {
            keyColumnOf(what, table, name).ifPresent(found::add);
        }
        return found.size() == names.size() ? found : List.of();
    }

    private Optional<Column> keyColumnOf(String what, String table, String name) {
        Optional<Column> column = catalogue.column(what, table, name, problems);
        if (column.isPresent() && !column.get().canBeKey()) {
            problems.add(
                    what + ": " + column.get()
                            + " is of a type that cannot be a key; whole numbers, decimals without a fraction, text and UUIDs can");
            return Optional.empty();
        }
        return column;
    }

    private boolean comparable(String what, List<Column> some, List<Column> others) {
        if (some.isEmpty() || others.isEmpty()) {
            return false; // what is missing is a problem of its own
        }
        boolean all = true;
        for (int i = 0; i < some.size(); i++) {
            all &= comparable(what, some.get(i), others.get(i));
        }
        return all;
    }

    public boolean comparable(String what, @Nullable Column one, @Nullable Column other) {
        if (one == null || other == null || one.comparesWith(other)) {
            return true;
        }
        problems.add(what + ": " + one + " and " + other + " are of types that cannot be compared");
        return false;
    }

    public Optional<TimeColumn> time(String what, String table, ChatSchema.Time described) throws SQLException {
        Column column =
                catalogue.column(what, table, described.column(), problems).orElse(null);
        if (column == null) {
            return Optional.empty();
        }
        boolean followsSession = column.isTimestamp() && dialect.timestampFollowsSession(column);
        TimeKind kind = described.kind();
        boolean fits;
        if (kind instanceof TimeKind.EpochMillis || kind instanceof TimeKind.EpochSeconds) {
            fits = column.isWholeNumber();
        } else if (kind instanceof TimeKind.EpochMillisText || kind instanceof TimeKind.Text) {
            fits = column.isText();
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
                column,
                read,
                dialect.finestTime(),
                dialect.earliest(column),
                dialect.latestYear(),
                catalogue.isIndexed(column)));
    }

    private static String advice(Column column, boolean followsSession) {
        if (column.hasZone() || followsSession) {
            return "for this column use TimeKind.zoned()";
        }
        if (column.isTimestamp()) {
            return "this column has no zone: name the one it is kept in, by TimeKind.local(zone)";
        }
        if (column.isWholeNumber()) {
            return "if it holds milliseconds since 1970 use TimeKind.epochMillis(), for seconds TimeKind.epochSeconds()";
        }
        if (column.isText()) {
            return "if it holds texts that sort as times use TimeKind.text(pattern, zone) or TimeKind.epochMillisText(digits)";
        }
        return "allowed are timestamps, whole numbers and texts that tell a time";
    }
}
