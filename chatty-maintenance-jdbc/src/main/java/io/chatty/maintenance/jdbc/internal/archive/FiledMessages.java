package io.chatty.maintenance.jdbc.internal.archive;

import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveReader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedMessage;
import io.chatty.maintenance.jdbc.internal.archive.file.RowHash;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.PositionText;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.outbox.ArchivedPaths;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.KeyText;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.jdbc.internal.table.TablesOfRun;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.TaskContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in the files of an archive. Records tell which messages those are; a file that no record names is nothing, and is
 * swept. A file is deleted after the transaction that took its last record away, never before. Thread-safe.
 */
public final class FiledMessages implements ArchiveContents {

    private static final Logger LOG = LoggerFactory.getLogger(Archive.class);
    private static final int AT_ONCE = 200;
    private static final int PATIENCE = 600; // seconds, for a slow store

    /** A file may wait for the batch that deletes as long as its run may rest, which is seven days. */
    private static final Duration GRACE = Duration.ofDays(8);

    private final Database database;
    private final ChatSchema schema;
    private final ArchivePlace.InFiles place;
    private final ArchiveFolder folder;
    private final TablesOfRun tablesOfRun;

    /** For that database and its schema. */
    public FiledMessages(Database database, ChatSchema schema, ArchivePlace.InFiles place) {
        this.database = database;
        this.schema = schema;
        this.place = place;
        this.folder = place.folder();
        this.tablesOfRun = new TablesOfRun(schema);
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(folder.problems());
        if (problems.isEmpty()) {
            problems.addAll(database.asBatch(session -> {
                List<String> found = new ArrayList<>();
                HostTables.read(session.connection(), session.dialect(), schema, found)
                        .ifPresent(tables -> found.addAll(FiledTables.problems(tables, session)));
                found.addAll(Migrations.problems(session));
                return found;
            }));
        }
        return problems;
    }

    @Override
    public List<String> ddl() {
        return List.of();
    }

    @Override
    public void migrate() {
        // A folder is made with its first file.
    }

    @Override
    public long count(ArchiveFilter which) {
        return database.asBatch(session -> ArchiveRows.count(
                session, ArchiveRows.condition(session, HostTables.of(session, schema), place, which)));
    }

    /** The next file, in the order of names, that records name which fulfil a condition; empty if there is none. */
    public static Optional<String> nextFile(Session session, Sql condition, String after) {
        return session.list(
                        Sql.of("SELECT MIN(a.archive_file) FROM " + ArchiveRows.ARCHIVED + " a WHERE ")
                                .add(condition)
                                .add(" AND a.archive_file > ?", after),
                        row -> Optional.ofNullable(row.getString(1)))
                .get(0);
    }

    public static Sql inFile(Sql condition, String file) {
        return Sql.of("").add(condition).add(" AND a.archive_file = ?", file);
    }

    private static List<ArchiveRows.Archived> records(Session session, Sql condition, String file) {
        return ArchiveRows.next(session, inFile(condition, file), 0, Integer.MAX_VALUE);
    }

    /** Deletes a file if no record names it; what took them away is committed. */
    public static void deleteIfEmpty(Session session, ArchiveFolder folder, String file) {
        if (ArchiveRows.count(session, Sql.of("a.archive_file = ?", file)) == 0) {
            folder.delete(file);
            ArchivedPaths.forget(session, file);
        }
    }

    /**
     * File by file, in the order of their names. An erasure can put a file in the place of another meanwhile, with a name that
     * comes before: so it looks until it finds none that it has not seen.
     */
    @Override
    public Counts restore(ArchiveFilter which) {
        Counts counts = Counts.none().plus("restored.messages", 0).plus("skipped.alreadyThere", 0);
        HostTables tables = database.asBatch(session -> HostTables.of(session, schema));
        Set<String> seen = new HashSet<>();
        int before;
        do {
            before = seen.size();
            Optional<String> next = nextFile(tables, which, "");
            while (next.isPresent()) {
                String file = next.get();
                if (seen.add(file)) {
                    counts = counts.plus(restore(tables, which, file));
                }
                next = nextFile(tables, which, file);
            }
        } while (seen.size() > before);
        return counts;
    }

    private Optional<String> nextFile(HostTables tables, ArchiveFilter which, String after) {
        return database.asBatch(
                session -> nextFile(session, ArchiveRows.condition(session, tables, place, which), after));
    }

    /** Whether all that a file held is in another one now, or in none; it may be deleted. */
    private boolean isLeft(String file) {
        return database.asBatch(session -> ArchiveRows.count(session, Sql.of("a.archive_file = ?", file)) == 0);
    }

    private Optional<ArchiveReader> open(String file) {
        try {
            return Optional.of(folder.open(file));
        } catch (MaintenanceException e) {
            if (isLeft(file)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Counts restore(HostTables tables, ArchiveFilter which, String file) {
        List<ArchiveRows.Archived> records = database.asBatch(
                session -> records(session, ArchiveRows.condition(session, tables, place, which), file));
        Optional<ArchiveReader> reader = open(file);
        return reader.isEmpty() ? Counts.none() : restore(tables, reader.get(), records);
    }

    private Counts restore(HostTables tables, ArchiveReader reader, List<ArchiveRows.Archived> records) {
        String file = reader.name();
        ArchiveRows.hold(database, tables, records);
        Map<String, ArchiveRows.Archived> wanted = new HashMap<>();
        records.forEach(record -> wanted.put(record.hash(), record));
        Counts counts = Counts.none();
        try (ArchiveReader.Messages messages = reader.messages()) {
            Map<ArchiveRows.Archived, ArchivedMessage> some = new HashMap<>();
            for (Optional<ArchivedMessage> next = messages.next(); next.isPresent(); next = messages.next()) {
                ArchiveRows.Archived record = wanted.remove(RowHash.of(next.get()));
                if (record != null) {
                    some.put(record, next.get());
                }
                if (some.size() == AT_ONCE) {
                    counts = counts.plus(restore(tables, reader, some));
                    some.clear();
                }
            }
            counts = counts.plus(restore(tables, reader, some));
        } catch (IOException e) {
            if (isLeft(file)) {
                return counts;
            }
            throw folder.unreadable(file, e);
        }
        if (!wanted.isEmpty()) {
            throw new MaintenanceException("archive file " + file + ": " + wanted.size()
                    + " messages that were put into it are not in it; it is another file of that name, fetch the right one"
                    + " from a backup");
        }
        tidy(file);
        return counts;
    }

    private void tidy(String file) {
        try {
            database.asBatch(session -> {
                deleteIfEmpty(session, folder, file);
                return true;
            });
        } catch (MaintenanceException e) {
            LOG.warn("An archive file from which all was restored is left to be swept", e);
        }
    }

    private Counts restore(HostTables tables, ArchiveReader reader, Map<ArchiveRows.Archived, ArchivedMessage> some) {
        if (some.isEmpty()) {
            return Counts.none();
        }
        return database.transaction(session -> {
            // erased meanwhile it is not
            List<ArchiveRows.Archived> records =
                    ArchiveRows.locked(session, Sql.of("a.archive_file = ?", reader.name()), some.keySet());
            Set<List<Object>> there = there(session, tables, records);
            List<ArchiveRows.Archived> back = records.stream()
                    .filter(record -> !there.contains(KeyText.values(record.key(), tables.key)))
                    .toList();
            Counts counts = Counts.none().plus("skipped.alreadyThere", records.size() - (long) back.size());
            return back.isEmpty() ? counts : counts.plus(insert(session, tables, reader, back, some));
        });
    }

    private static Set<List<Object>> there(Session session, HostTables tables, List<ArchiveRows.Archived> records) {
        List<List<Object>> keys = keys(tables, records);
        if (keys.isEmpty()) {
            return Set.of();
        }
        Sql there = Sql.of("SELECT " + tables.columns("m", tables.key) + " FROM " + tables.messages() + " m WHERE ")
                .add(tables.haveKey(keys));
        return new HashSet<>(session.list(there, row -> {
            List<Object> key = new ArrayList<>();
            for (int i = 0; i < tables.key.size(); i++) {
                key.add(Objects.requireNonNull(MessageRows.value(row, i + 1, tables.key.get(i))));
            }
            return key;
        }));
    }

    private static List<List<Object>> keys(HostTables tables, List<ArchiveRows.Archived> records) {
        return records.stream()
                .map(record -> KeyText.values(record.key(), tables.key))
                .toList();
    }

    private static Counts insert(
            Session session,
            HostTables tables,
            ArchiveReader reader,
            List<ArchiveRows.Archived> back,
            Map<ArchiveRows.Archived, ArchivedMessage> messages) {
        FiledTables filed = FiledTables.read(tables, session);
        Counts counts = filed.insert(
                reader,
                back.stream()
                        .map(record -> Objects.requireNonNull(messages.get(record)))
                        .toList());
        Sql ofThem = tables.areOneOf("k", tables.key, keys(tables, back));
        tables.counters.forEach(counter -> Restoration.count(session, tables, counter, tables.messages(), ofThem));
        ArchiveRows.forget(session, back);
        return counts;
    }

    /**
     * Where a purge stands.
     *
     * @param after the file that it looked at last
     * @param gone the file that lost its last record; empty for none
     * @param sweeps whether it is through with what is due
     */
    private record Position(String after, String gone, boolean sweeps) {

        static Position of(Optional<Cursor> cursor) {
            if (cursor.isEmpty()) {
                return new Position("", "", false);
            }
            List<String> words = PositionText.parse(cursor.get().text());
            return new Position(words.get(0), words.get(1), words.get(2).equals("sweeps"));
        }

        BatchResult next() {
            return BatchResult.next(new Cursor(PositionText.of(List.of(after, gone, sweeps ? "sweeps" : ""))));
        }
    }

    /**
     * One file a batch: all that is in it went at the same moment, and leaves when that is long enough ago, unless a hold covers
     * some of it. Then what nothing names is swept.
     */
    @Override
    public BatchResult purge(TaskContext context, Duration after) throws Exception {
        return database.inBatch(context, session -> {
            session.dialect().allowIdle(session, PATIENCE);
            Position at = Position.of(context.cursor());
            if (!at.gone().isEmpty()) {
                deleteIfEmpty(session, folder, at.gone());
            }
            if (at.sweeps()) {
                return sweep(session, context);
            }
            HostTables tables = tablesOfRun.of(session, context.runId());
            Sql due = due(session, tables, context, after);
            Optional<String> next = nextFile(session, due, at.after());
            if (next.isEmpty()) {
                return new Position("", "", true).next().with(Counts.none().plus("deleted.archived", 0));
            }
            HoldRows.Known holds = HoldRows.join(session);
            List<ArchiveRows.Archived> records = records(session, due, next.get());
            Counts counts = Counts.none().plus("examined", records.size());
            if (records.stream().anyMatch(record -> ArchiveRows.isHeld(tables, holds, record))) {
                return new Position(next.get(), "", false).next().with(counts.plus("skipped.held", records.size()));
            }
            ArchiveRows.forget(session, records);
            return new Position(next.get(), next.get(), false)
                    .next()
                    .with(counts.plus("deleted.archived", records.size()));
        });
    }

    private BatchResult sweep(Session session, TaskContext context) {
        Instant now = session.list(
                        session.dialect()
                                .timed(Sql.of("SELECT " + session.dialect().now())),
                        row -> Objects.requireNonNull(session.dialect().readInstant(row, 1)))
                .get(0);
        int swept = folder.sweep(session, now.minus(GRACE), context.batchSize());
        Counts counts = Counts.none().plus("deleted.unrecordedFiles", swept);
        if (swept == context.batchSize()) {
            return new Position("", "", true).next().with(counts);
        }
        ArchiveRows.forgetRestored(session, context);
        return BatchResult.finished().with(counts);
    }

    /** Records of files all of whose records are old enough. */
    private Sql due(Session session, HostTables tables, TaskContext context, Duration after) {
        return ArchiveRows.older(session, tables, place, context, after)
                .add(
                        " AND NOT EXISTS (SELECT 1 FROM " + ArchiveRows.ARCHIVED
                                + " l WHERE l.archive_file = a.archive_file AND l.archived_at >= ?)",
                        session.dialect()
                                .instant(ArchiveRows.micros(context.now().minus(after))));
    }

    @Override
    public BatchResult previewPurge(TaskContext context, Duration after) throws Exception {
        return database.inPreview(context, session -> {
            HostTables tables = tablesOfRun.of(session, context.runId());
            Sql due = due(session, tables, context, after);
            Optional<String> next =
                    nextFile(session, due, Position.of(context.cursor()).after());
            if (next.isEmpty()) {
                return BatchResult.finished().with(Counts.none().plus("due.archived", 0));
            }
            List<ArchiveRows.Archived> records = records(session, due, next.get());
            HoldRows.Known holds = HoldRows.readIfThere(session);
            boolean held = records.stream().anyMatch(record -> ArchiveRows.isHeld(tables, holds, record));
            return new Position(next.get(), "", false)
                    .next()
                    .with(Counts.none()
                            .plus("examined", records.size())
                            .plus(held ? "skipped.held" : "due.archived", records.size()));
        });
    }
}
