package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.TaskContext;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is in the archive's tables: gives it back, or removes it for good. Thread-safe. */
public final class ArchiveRows {

    static final String RESTORED = "chatty_maintenance_restored";
    private static final int AT_ONCE = 500;
    private static final Duration HELD = Duration.ofDays(30);

    private final Database database;
    private final ChatSchema schema;
    private final String prefix;
    private final TablesOfRun tablesOfRun;

    /**
     * For that database and its schema.
     *
     * @param prefix what the archive's tables are called by, before the name of the host's
     */
    public ArchiveRows(Database database, ChatSchema schema, String prefix) {
        this.database = database;
        this.schema = schema;
        this.prefix = prefix;
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
     */
    record Archived(
            long seq,
            String run,
            String key,
            @Nullable String room,
            @Nullable String sender,
            @Nullable Instant sentAt) {}

    private HostTables tables(Session session) throws SQLException {
        return HostTables.of(session, schema);
    }

    /** What is missing for the archive to be whole. */
    public List<String> problems() {
        return database.asBatch(session -> {
            List<String> problems = new ArrayList<>();
            Optional<HostTables> tables = HostTables.read(session.connection(), session.dialect(), schema, problems);
            tables.ifPresent(found -> problems.addAll(new Twins(found, prefix).problems()));
            problems.addAll(Migrations.problems(session));
            return problems;
        });
    }

    /** The statements that make what is missing. */
    public List<String> ddl() {
        return database.asBatch(session -> new Twins(tables(session), prefix).missing());
    }

    /** Makes what is missing. */
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

    /** How many messages are archived. */
    public long count(ArchiveFilter which) {
        return database.asBatch(
                session -> session.count(Sql.of("SELECT COUNT(*) FROM " + TwinWriter.ARCHIVED + " a WHERE ")
                        .add(condition(session, tables(session), which))));
    }

    private static Sql condition(Session session, HostTables tables, ArchiveFilter which) {
        Sql condition = Sql.of("a.message_table = ?", tables.messageTable());
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

    private static Instant micros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    static List<Archived> next(Session session, Sql condition, long after, int limit) {
        return session.list(
                Sql.of("SELECT a.seq, a.run_id, a.message_key, a.room, a.sender, a.sent_at FROM " + TwinWriter.ARCHIVED
                                + " a WHERE ")
                        .add(condition)
                        .add(" AND a.seq > ? ORDER BY a.seq LIMIT ?", after, limit),
                row -> new Archived(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        session.dialect().readInstant(row, 6)));
    }

    /** Puts back what is meant, some at a time. */
    public Counts restore(ArchiveFilter which) {
        Counts counts = Counts.none().plus("restored.messages", 0);
        HostTables tables = database.asBatch(this::tables);
        long after = 0;
        while (true) {
            long from = after;
            List<Archived> some =
                    database.asBatch(session -> next(session, condition(session, tables, which), from, AT_ONCE));
            if (some.isEmpty()) {
                return counts;
            }
            hold(tables, some);
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

    static Map<String, List<Archived>> byRun(List<Archived> some) {
        Map<String, List<Archived>> byRun = new LinkedHashMap<>();
        some.forEach(archived ->
                byRun.computeIfAbsent(archived.run(), run -> new ArrayList<>()).add(archived));
        return byRun;
    }

    /** Before they are there again: batches that could not see this have ended when it returns. */
    private void hold(HostTables tables, List<Archived> some) {
        database.change(session -> {
            String table = tables.messageTable();
            Dialect dialect = session.dialect();
            for (Archived archived : some) {
                Sql until = Sql.of(dialect.fromNow(), HELD.toNanos() / 1000);
                Sql update = Sql.of("UPDATE " + RESTORED + " SET held_until = ")
                        .add(until)
                        .add(" WHERE message_table = ? AND message_key = ?", table, archived.key());
                if (session.change(dialect.timed(update)) == 0) {
                    Sql insert = Sql.of(
                                    "INSERT INTO " + RESTORED
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

    private static Sql older(Session session, HostTables tables, TaskContext context, Duration than) {
        return Sql.of("a.message_table = ?", tables.messageTable())
                .add(
                        " AND a.archived_at < ?",
                        session.dialect().instant(micros(context.now().minus(than))));
    }

    /** Removes for good what was archived longer ago than that. */
    public BatchResult purge(TaskContext context, Duration after) throws Exception {
        return database.inBatch(context, session -> {
            HostTables tables = tablesOfRun.of(session, context.runId());
            List<Archived> some = next(session, older(session, tables, context, after), 0, context.batchSize());
            Restoration restoration = new Restoration(tables, new Twins(tables, prefix), session);
            Counts counts = Counts.none().plus("examined", some.size()).plus("deleted.archived", some.size());
            byRun(some).forEach(restoration::forget);
            if (some.size() == context.batchSize()) {
                return BatchResult.next(new Cursor("next")).with(counts);
            }
            session.change(Sql.of(
                    "DELETE FROM " + RESTORED + " WHERE held_until < ?",
                    session.dialect().instant(micros(context.now()))));
            return BatchResult.finished().with(counts);
        });
    }

    /** Counts what {@link #purge} would remove. */
    public BatchResult previewPurge(TaskContext context, Duration after) throws Exception {
        return database.inPreview(context, session -> {
            long due = session.count(Sql.of("SELECT COUNT(*) FROM " + TwinWriter.ARCHIVED + " a WHERE ")
                    .add(older(session, tables(session), context, after)));
            return BatchResult.finished().with(Counts.none().plus("due.archived", due));
        });
    }
}
