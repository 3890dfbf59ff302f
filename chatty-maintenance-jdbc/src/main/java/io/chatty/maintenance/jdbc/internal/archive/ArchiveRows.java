package io.chatty.maintenance.jdbc.internal.archive;

import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.hold.Restored;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.KeyText;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.jdbc.internal.table.Scopes;
import io.chatty.maintenance.jdbc.internal.table.TablesOfRun;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is in the archive's tables: gives it back, or removes it for good. Thread-safe. */
public final class ArchiveRows implements ArchiveContents {

    public static final String ARCHIVED = "chatty_maintenance_archived";
    public static final List<String> NOTED =
            List.of("run_id", "message_table", "message_key", "room", "sender", "sent_at", "archive_name", "told");
    private static final int AT_ONCE = 500;
    private static final Duration HELD = Duration.ofDays(30);
    private static final Instant EARLIEST = Instant.parse("1000-01-02T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final Database database;
    private final ChatSchema schema;
    private final String prefix;
    private final ArchivePlace place;
    private final TablesOfRun tablesOfRun;

    /**
     * For that database and its schema.
     *
     * @param place the tables
     */
    public ArchiveRows(Database database, ChatSchema schema, ArchivePlace.InTables place) {
        this.database = database;
        this.schema = schema;
        this.prefix = place.prefix();
        this.place = place;
        this.tablesOfRun = new TablesOfRun(schema);
    }

    /**
     * A message in the archive.
     *
     * @param seq its number
     * @param run the run that removed it
     * @param key its key, as text
     * @param room the room it was in
     * @param sender who sent it
     * @param sentAt when it was sent
     * @param hash of what the file holds of it; empty if it is in tables
     * @param told whether it was noted for a listener when it went
     */
    public record Archived(
            long seq,
            String run,
            String key,
            @Nullable String room,
            @Nullable String sender,
            @Nullable Instant sentAt,
            String hash,
            boolean told) {}

    private HostTables tables(Session session) throws SQLException {
        return HostTables.of(session, schema);
    }

    /**
     * What is noted of a message that is about to go.
     *
     * @param told whether it is noted for a listener, too
     */
    public static List<@Nullable Object> note(
            HostTables tables, Session session, RunId run, ArchivePlace place, boolean told, MessageRow row) {
        List<@Nullable Object> note = new ArrayList<>();
        note.add(run.value());
        note.add(tables.messageTable());
        note.add(KeyText.of(row.key()));
        note.add(row.scopes().room());
        note.add(row.scopes().user());
        note.add(MessageRows.instant(row)
                .filter(ArchiveRows::canBeNoted)
                .map(session.dialect()::instant)
                .orElse(null));
        note.add(place.name());
        note.add(told);
        return note;
    }

    /** What not every database can tell is noted as no time, which may be any to a hold. */
    private static boolean canBeNoted(Instant sent) {
        return !sent.isBefore(EARLIEST) && sent.isBefore(LATEST);
    }

    /** Those of them, at least one, that are still there as the condition says; their notes are locked. */
    public static List<Archived> locked(Session session, Sql condition, Collection<Archived> some) {
        Sql select = Sql.of("SELECT a.seq FROM " + ARCHIVED + " a WHERE ")
                .add(condition)
                .add(" AND a.seq IN (" + seqs(some) + ") FOR UPDATE");
        Set<Long> still = Set.copyOf(session.list(select, row -> row.getLong(1)));
        return some.stream().filter(each -> still.contains(each.seq())).toList();
    }

    /** Takes the notes away; how many were still there. */
    public static int forget(Session session, Collection<Archived> archived) {
        return archived.isEmpty()
                ? 0
                : session.change(Sql.of("DELETE FROM " + ARCHIVED + " WHERE seq IN (" + seqs(archived) + ")"));
    }

    static String seqs(Collection<Archived> archived) {
        return archived.stream().map(each -> Long.toString(each.seq())).collect(Collectors.joining(", "));
    }

    /** What keeps tables from being archived there. */
    public static List<String> problems(HostTables tables, Session session, ArchivePlace place) {
        return place instanceof ArchivePlace.InTables in
                ? new Twins(tables, in.prefix()).problems()
                : FiledTables.problems(tables, session);
    }

    public static boolean isHeld(HostTables tables, HoldRows.Known holds, Archived archived) {
        return HoldRows.covering(
                        tables,
                        holds.holds(),
                        new Scopes(archived.room(), null, archived.sender()),
                        Optional.ofNullable(archived.sentAt()).map(sentAt -> sentAt::isBefore))
                .findAny()
                .isPresent();
    }

    /**
     * Those of some messages that may leave the archive's tables: no hold covers them, and they have their key alone, or share it
     * with none that has to stay. Rows of a table are told apart by run and key, so that such go together.
     *
     * @param due what messages fulfil that are to leave
     */
    public static List<Archived> free(
            Session session, HostTables tables, Sql due, HoldRows.Known holds, List<Archived> some) {
        List<Archived> free = some.stream()
                .filter(archived -> !isHeld(tables, holds, archived))
                .toList();
        if (!tables.keyShared || free.isEmpty()) {
            return free;
        }
        Sql sharing = Sql.of("a.message_table = ?", tables.messageTable());
        in(sharing, "run_id", free.stream().map(Archived::run));
        in(sharing, "message_key", free.stream().map(Archived::key));
        Set<Long> going = next(session, Sql.of("").add(sharing).add(" AND ").add(due), 0, Integer.MAX_VALUE).stream()
                .filter(archived -> !isHeld(tables, holds, archived))
                .map(Archived::seq)
                .collect(Collectors.toSet());
        Set<List<String>> stay = next(session, sharing, 0, Integer.MAX_VALUE).stream()
                .filter(archived -> !going.contains(archived.seq()))
                .map(archived -> List.of(archived.run(), archived.key()))
                .collect(Collectors.toSet());
        return free.stream()
                .filter(archived -> !stay.contains(List.of(archived.run(), archived.key())))
                .toList();
    }

    private static void in(Sql condition, String column, Stream<String> values) {
        Object[] each = values.distinct().toArray();
        condition.add(
                " AND a." + column + " IN (" + String.join(", ", Collections.nCopies(each.length, "?")) + ")", each);
    }

    @Override
    public List<String> problems() {
        return database.asBatch(session -> {
            List<String> problems = new ArrayList<>();
            Optional<HostTables> tables = HostTables.read(session.connection(), session.dialect(), schema, problems);
            tables.ifPresent(found -> problems.addAll(new Twins(found, prefix).problems()));
            problems.addAll(Migrations.problems(session));
            return problems;
        });
    }

    @Override
    public List<String> ddl() {
        return database.asBatch(session -> new Twins(tables(session), prefix).missing());
    }

    @Override
    public void migrate() {
        database.change(session -> {
            session.dialect().lockMigrations(session);
            try {
                new Twins(tables(session), prefix).missing().forEach(session::execute);
            } finally {
                if (session.isUsable()) {
                    session.dialect().unlockMigrations(session);
                }
            }
        });
    }

    @Override
    public long count(ArchiveFilter which) {
        return database.asBatch(session -> count(session, condition(session, tables(session), place, which)));
    }

    public static long count(Session session, Sql condition) {
        return session.count(
                Sql.of("SELECT COUNT(*) FROM " + ARCHIVED + " a WHERE ").add(condition));
    }

    public static Sql condition(HostTables tables, ArchivePlace place) {
        return Sql.of("a.message_table = ? AND a.archive_name = ?", tables.messageTable(), place.name());
    }

    public static Sql condition(Session session, HostTables tables, ArchivePlace place, ArchiveFilter which) {
        Sql condition = condition(tables, place);
        which.run().ifPresent(run -> condition.add(" AND a.run_id = ?", run.value()));
        which.room().ifPresent(room -> condition.add(" AND a.room = ?", room));
        which.user().ifPresent(user -> condition.add(" AND a.sender = ?", user));
        which.from()
                .ifPresent(from ->
                        condition.add(" AND a.sent_at >= ?", session.dialect().instant(micros(from))));
        which.to()
                .ifPresent(to ->
                        condition.add(" AND a.sent_at < ?", session.dialect().instant(micros(to))));
        return condition;
    }

    static Instant micros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    public static List<Archived> next(Session session, Sql condition, long after, int limit) {
        return session.list(
                Sql.of(
                                "SELECT a.seq, a.run_id, a.message_key, a.room, a.sender, a.sent_at, a.message_hash, a.told FROM "
                                        + ARCHIVED + " a WHERE ")
                        .add(condition)
                        .add(" AND a.seq > ? ORDER BY a.seq LIMIT ?", after, limit),
                row -> new Archived(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        session.dialect().readInstant(row, 6),
                        Objects.requireNonNullElse(row.getString(7), ""),
                        row.getBoolean(8)));
    }

    @Override
    public Counts restore(ArchiveFilter which) {
        Counts counts = Counts.none().plus("restored.messages", 0);
        HostTables tables = database.asBatch(this::tables);
        long after = 0;
        while (true) {
            long from = after;
            List<Archived> some =
                    database.asBatch(session -> next(session, condition(session, tables, place, which), from, AT_ONCE));
            if (some.isEmpty()) {
                return counts;
            }
            hold(database, tables, some);
            counts = counts.plus(database.transaction(session -> {
                Restoration restoration = new Restoration(tables, new Twins(tables, prefix), session);
                Counts restored = Counts.none();
                for (Map.Entry<String, List<Archived>> ofRun : byRun(some).entrySet()) {
                    restored = restored.plus(restoration.restore(ofRun.getKey(), ofRun.getValue()));
                }
                return restored;
            }));
            after = some.get(some.size() - 1).seq();
        }
    }

    public static Map<String, List<Archived>> byRun(List<Archived> some) {
        Map<String, List<Archived>> byRun = new LinkedHashMap<>();
        some.forEach(archived ->
                byRun.computeIfAbsent(archived.run(), run -> new ArrayList<>()).add(archived));
        return byRun;
    }

    /** Before they are there again: batches that could not see this have ended when it returns. */
    static void hold(Database database, HostTables tables, List<Archived> some) {
        database.change(session -> {
            String table = tables.messageTable();
            Dialect dialect = session.dialect();
            for (Archived archived : some) {
                Sql until = Sql.of(dialect.fromNow(), HELD.toNanos() / 1000);
                Sql update = Sql.of("UPDATE " + Restored.TABLE + " SET held_until = ")
                        .add(until)
                        .add(" WHERE message_table = ? AND message_key = ?", table, archived.key());
                if (session.change(dialect.timed(update)) == 0) {
                    Sql insert = Sql.of(
                                    "INSERT INTO " + Restored.TABLE
                                            + " (message_table, message_key, held_until) VALUES (?, ?, ",
                                    table,
                                    archived.key())
                            .add(until)
                            .add(")");
                    session.change(dialect.timed(insert));
                }
            }
        });
        HoldRows.awaitBatches(database);
    }

    static Sql older(Session session, HostTables tables, ArchivePlace place, TaskContext context, Duration than) {
        return condition(tables, place)
                .add(
                        " AND a.archived_at < ?",
                        session.dialect().instant(micros(context.now().minus(than))));
    }

    @Override
    public BatchResult purge(TaskContext context, Duration after) throws Exception {
        return database.inBatch(context, session -> {
            HostTables tables = tablesOfRun.of(session, context.runId());
            long from = context.cursor().map(at -> Long.parseLong(at.text())).orElse(0L);
            HoldRows.Known holds = HoldRows.join(session);
            Sql due = older(session, tables, place, context, after);
            List<Archived> some = next(session, due, from, context.batchSize());
            List<Archived> free = free(session, tables, due, holds, some);
            Restoration restoration = new Restoration(tables, new Twins(tables, prefix), session);
            Counts counts = Counts.none()
                    .plus("examined", some.size())
                    .plus("deleted.archived", free.size())
                    .plus("skipped.held", some.size() - (long) free.size());
            byRun(free).forEach(restoration::forget);
            if (some.size() == context.batchSize()) {
                return BatchResult.next(new Cursor(
                                Long.toString(some.get(some.size() - 1).seq())))
                        .with(counts);
            }
            forgetRestored(session, context);
            return BatchResult.finished().with(counts);
        });
    }

    /** What was restored so long ago that it is no longer held for it. */
    static void forgetRestored(Session session, TaskContext context) {
        session.change(Sql.of(
                "DELETE FROM " + Restored.TABLE + " WHERE held_until < ?",
                session.dialect().instant(micros(context.now()))));
    }

    @Override
    public BatchResult previewPurge(TaskContext context, Duration after) throws Exception {
        return database.inPreview(context, session -> {
            HostTables tables = tablesOfRun.of(session, context.runId());
            long from = context.cursor().map(at -> Long.parseLong(at.text())).orElse(0L);
            Sql due = older(session, tables, place, context, after);
            List<Archived> some = next(session, due, from, context.batchSize());
            long free = free(session, tables, due, HoldRows.readIfThere(session), some)
                    .size();
            Counts counts = Counts.none()
                    .plus("examined", some.size())
                    .plus("due.archived", free)
                    .plus("skipped.held", some.size() - free);
            return some.size() == context.batchSize()
                    ? BatchResult.next(new Cursor(
                                    Long.toString(some.get(some.size() - 1).seq())))
                            .with(counts)
                    : BatchResult.finished().with(counts);
        });
    }
}
