package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.OwnRows;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the ledger in the host's database. Thread-safe.
 *
 * <p>Names are looked up by their SHA-256: so they are told apart by their bytes, whatever a collation takes for the same, and
 * none is too long for an index. Times are kept to the microsecond, but for that of a state, which is compared with what the store
 * says later.
 *
 * <p>Race R15 (two cleaners at once): who changes a progress locks the rows that have the one before, and changes those. A second
 * one waits for the first, and finds none then. Of race R3 (referenced anew while it is judged), what is left between the last look
 * at the references and the deletion is closed by {@link #retain}: the host's transaction holds the row's lock until it ends,
 * {@link #deleting} waits for it, and takes no file that is kept until later.
 */
public final class JdbcFileLedger implements FileLedger {

    static final String FILES = "chatty_maintenance_swept_file";
    private static final String NOTES = "chatty_maintenance_file_note";
    private static final int AT_ONCE = 1000;
    private static final int TRIES = 10;

    private static final List<String> INSERTED = List.of(
            "sweep",
            "run_id",
            "file_name",
            "name_hash",
            "loose_hash",
            "file_kind",
            "file_prefix",
            "progress",
            "bytes",
            "changed_seconds",
            "changed_nanos",
            "file_version",
            "since");

    private static final String READ = "SELECT id, run_id, file_name, file_kind, file_prefix, progress, bytes,"
            + " changed_seconds, changed_nanos, file_version, since, why, kept_until FROM " + FILES + " WHERE ";

    private static final String OPEN = "('SUSPECT', 'QUARANTINED', 'RESTORING', 'DELETING')";

    private static final Map<String, String> RIGHTS = Map.of(
            Rights.needed("SELECT and UPDATE on " + FILES),
            "UPDATE " + FILES + " SET progress = progress WHERE id < 0",
            Rights.needed("INSERT on " + FILES),
            "INSERT INTO " + FILES + " (" + String.join(", ", INSERTED) + ") SELECT " + String.join(", ", INSERTED)
                    + " FROM " + FILES + " WHERE id < 0",
            Rights.needed("DELETE on " + FILES),
            "DELETE FROM " + FILES + " WHERE id < 0",
            Rights.needed("SELECT and UPDATE on " + NOTES),
            "UPDATE " + NOTES + " SET note_text = note_text WHERE sweep = ''",
            Rights.needed("INSERT on " + NOTES),
            "INSERT INTO " + NOTES + " (sweep, note_key, note_text) SELECT sweep, note_key, note_text FROM " + NOTES
                    + " WHERE sweep = ''");

    private final Database database;

    public JdbcFileLedger(Database database) {
        this.database = database;
    }

    @Override
    public List<String> problems() {
        return database.transaction(session -> {
            List<String> problems = Migrations.problems(session);
            return problems.isEmpty() ? Rights.check(session, RIGHTS) : problems;
        });
    }

    @Override
    public Instant now() {
        return database.statements(session -> session.first(
                        session.dialect()
                                .timed(Sql.of("SELECT " + session.dialect().now())),
                        row -> Objects.requireNonNull(session.dialect().readInstant(row, 1)))
                .orElseThrow());
    }

    @Override
    public Optional<String> note(String sweep, String key) {
        return database.statements(session -> session.first(
                Sql.of("SELECT note_text FROM " + NOTES + " WHERE sweep = ? AND note_key = ?", sweep, key),
                row -> Objects.requireNonNullElse(row.getString(1), "")));
    }

    @Override
    public void note(String sweep, String key, String text) {
        if (key.length() > 200 || text.length() > 1000) {
            throw new IllegalArgumentException("note: a name of " + key.length() + " and a text of " + text.length()
                    + " characters given, 200 and 1000 allowed");
        }
        untilThere(session -> {
            int known = session.change(Sql.of(
                    "UPDATE " + NOTES + " SET note_text = ? WHERE sweep = ? AND note_key = ?", text, sweep, key));
            if (known == 0) {
                session.change(Sql.of(
                        "INSERT INTO " + NOTES + " (sweep, note_key, note_text) VALUES (?, ?, ?)", sweep, key, text));
            }
        });
    }

    /** Does what looks first and inserts then, again where another one inserts the same in between. */
    private void untilThere(Database.Change change) {
        for (int i = 0; i < TRIES; i++) {
            boolean done = database.unlessThere(() -> {
                database.change(change);
                return true;
            });
            if (done) {
                return;
            }
        }
        throw new MaintenanceException("file ledger: others wrote the same in between " + TRIES + " times");
    }

    @Override
    public void add(String sweep, RunId run, Instant at, List<Suspect> suspects) {
        if (suspects.isEmpty()) {
            return;
        }
        Map<String, Suspect> byHash = new LinkedHashMap<>();
        suspects.forEach(suspect -> byHash.putIfAbsent(hash(suspect.name()), suspect));
        untilThere(session -> {
            Map<String, Suspect> missing = new LinkedHashMap<>(byHash);
            parts(
                            byHash.keySet(),
                            some -> session.list(
                                    in(
                                            Sql.of(
                                                    "SELECT name_hash FROM " + FILES
                                                            + " WHERE sweep = ? AND run_id = ?",
                                                    sweep,
                                                    run.value()),
                                            "name_hash",
                                            some),
                                    row -> Objects.requireNonNull(row.getString(1))))
                    .forEach(missing::remove);
            List<List<@Nullable Object>> rows = new ArrayList<>();
            missing.forEach((hash, suspect) -> {
                Instant changed = suspect.state().changedAt();
                rows.add(List.of(
                        sweep,
                        run.value(),
                        suspect.name(),
                        hash,
                        hash(suspect.loose()),
                        suspect.kind(),
                        suspect.prefix(),
                        Progress.SUSPECT.name(),
                        suspect.state().size(),
                        changed.getEpochSecond(),
                        changed.getNano(),
                        suspect.state().version(),
                        instant(session, at)));
            });
            OwnRows.insert(session, FILES, INSERTED, rows);
        });
    }

    @Override
    public List<SweptFile> list(
            String sweep, Progress progress, Optional<RunId> run, Optional<Instant> before, long after, int most) {
        return database.statements(session -> {
            Sql query = Sql.of(READ + "sweep = ? AND progress = ?", sweep, progress.name());
            run.ifPresent(id -> query.add(" AND run_id = ?", id.value()));
            before.ifPresent(time -> query.add(" AND since < ?", instant(session, time)));
            return session.list(query.add(" AND id > ? ORDER BY id LIMIT ?", after, most), reader(session));
        });
    }

    @Override
    public List<SweptFile> open(String sweep, Collection<String> names) {
        return database.statements(session -> inOrder(parts(
                hashes(names),
                some -> session.list(
                        in(Sql.of(READ + "sweep = ? AND progress IN " + OPEN, sweep), "name_hash", some),
                        reader(session)))));
    }

    @Override
    public Set<String> kept(String sweep, Collection<String> names, Instant at) {
        return Set.copyOf(database.statements(session -> parts(
                hashes(names),
                some -> session.list(
                        in(
                                Sql.of(
                                        "SELECT file_name FROM " + FILES + " WHERE sweep = ? AND kept_until > ?"
                                                + " AND progress <> 'DELETED'",
                                        sweep,
                                        instant(session, at)),
                                "name_hash",
                                some),
                        row -> Objects.requireNonNull(row.getString(1))))));
    }

    @Override
    public Set<Long> quarantined(Map<Long, FileState> states, Instant at) {
        return database.waiting(session -> {
            Set<Long> changed = new HashSet<>();
            for (Map.Entry<Long, FileState> each : new TreeMap<>(states).entrySet()) {
                FileState state = each.getValue();
                Instant time = state.changedAt();
                int touched = session.change(Sql.of(
                        "UPDATE " + FILES + " SET progress = 'QUARANTINED', bytes = ?, changed_seconds = ?,"
                                + " changed_nanos = ?, file_version = ?, since = ? WHERE id = ? AND progress = 'SUSPECT'",
                        state.size(),
                        time.getEpochSecond(),
                        time.getNano(),
                        state.version(),
                        instant(session, at),
                        each.getKey()));
                if (touched > 0) {
                    changed.add(each.getKey());
                }
            }
            return changed;
        });
    }

    @Override
    public Set<Long> restoring(Collection<Long> ids, Progress progress, Instant at) {
        return database.waiting(session -> changed(
                session,
                ids,
                Sql.of("progress = ?", progress.name()),
                Sql.of("progress = 'RESTORING', since = ?", instant(session, at))));
    }

    @Override
    public Set<Long> deleting(Collection<Long> ids, Instant at) {
        return database.waiting(session -> changed(
                session,
                ids,
                Sql.of("progress = 'QUARANTINED' AND (kept_until IS NULL OR kept_until <= ?)", instant(session, at)),
                Sql.of("progress = 'DELETING', since = ?", instant(session, at))));
    }

    @Override
    public void deleted(Collection<Long> ids, Instant at) {
        database.waiting(session -> changed(
                session,
                ids,
                Sql.of("progress = 'DELETING'"),
                Sql.of("progress = 'DELETED', since = ?", instant(session, at))));
    }

    @Override
    public Set<Long> keep(Collection<Long> ids, Progress progress, String why, Optional<Instant> until, Instant at) {
        if (why.length() > 100) {
            throw new IllegalArgumentException("why: " + why.length() + " characters given, 100 allowed");
        }
        return database.waiting(session -> {
            Sql values = Sql.of("progress = 'KEPT', why = ?, since = ?", why, instant(session, at));
            until.ifPresent(time -> values.add(", kept_until = ?", instant(session, time)));
            return changed(session, ids, Sql.of("progress = ?", progress.name()), values);
        });
    }

    /** Changes those that fulfil a condition, which are locked first, always in the same order. */
    private static Set<Long> changed(Session session, Collection<Long> ids, Sql condition, Sql values) {
        Set<Long> all = new HashSet<>();
        List<Long> sorted = ids.stream().sorted().toList();
        for (int from = 0; from < sorted.size(); from += AT_ONCE) {
            List<Long> some = sorted.subList(from, Math.min(sorted.size(), from + AT_ONCE));
            List<Long> locked = session.list(
                    Sql.of("SELECT id FROM " + FILES + " WHERE id IN (" + written(some) + ") AND ")
                            .add(condition)
                            .add(" ORDER BY id FOR UPDATE"),
                    row -> row.getLong(1));
            if (!locked.isEmpty()) {
                int touched = session.change(Sql.of("UPDATE " + FILES + " SET ")
                        .add(values)
                        .add(" WHERE id IN (" + written(locked) + ") AND ")
                        .add(condition));
                if (touched != locked.size()) {
                    throw new MaintenanceException(
                            "file ledger: of " + locked.size() + " entries that are locked, " + touched + " changed");
                }
            }
            all.addAll(locked);
        }
        return all;
    }

    private static String written(List<Long> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    @Override
    public List<SweptFile> loosely(String sweep, RunId run, Collection<String> loose) {
        return database.statements(session -> inOrder(parts(
                hashes(loose),
                some -> session.list(
                        in(
                                Sql.of(READ + "sweep = ? AND run_id = ? AND progress = 'SUSPECT'", sweep, run.value()),
                                "loose_hash",
                                some),
                        reader(session)))));
    }

    @Override
    public List<Sum> sums(String sweep, Progress progress, Optional<RunId> run) {
        return database.statements(session -> {
            Sql query = Sql.of(
                    "SELECT file_kind, file_prefix, COUNT(*), SUM(bytes) FROM " + FILES
                            + " WHERE sweep = ? AND progress = ?",
                    sweep,
                    progress.name());
            run.ifPresent(id -> query.add(" AND run_id = ?", id.value()));
            return session.list(
                    query.add(" GROUP BY file_kind, file_prefix ORDER BY file_kind, file_prefix"),
                    row -> new Sum(
                            Objects.requireNonNull(row.getString(1)),
                            Objects.requireNonNullElse(row.getString(2), ""),
                            row.getLong(3),
                            row.getLong(4)));
        });
    }

    @Override
    public int forget(String sweep, Instant before, int most) {
        return database.transaction(session -> {
            Object time = instant(session, before);
            List<Long> ids = new ArrayList<>();
            for (Progress progress : List.of(Progress.DELETED, Progress.KEPT)) {
                ids.addAll(session.list(
                        Sql.of(
                                "SELECT id FROM " + FILES + " WHERE sweep = ? AND progress = ? AND since < ?"
                                        + " AND (kept_until IS NULL OR kept_until <= ?) ORDER BY since LIMIT ?",
                                sweep,
                                progress.name(),
                                time,
                                time,
                                most - ids.size()),
                        row -> row.getLong(1)));
            }
            int gone = 0;
            Collections.sort(ids);
            for (int from = 0; from < ids.size(); from += AT_ONCE) {
                List<Long> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
                gone += session.change(Sql.of("DELETE FROM " + FILES + " WHERE id IN (" + written(some) + ")"));
            }
            return gone;
        });
    }

    /**
     * In a transaction of the host's, on its connection: no sweep deletes a file of that name before that time. Waits for a sweep
     * that is about to delete it.
     *
     * @return false if a sweep is deleting it already
     */
    public static boolean retain(Session session, String sweep, String name, Instant until) {
        String hash = hash(name);
        session.change(Sql.of(
                "UPDATE " + FILES + " SET kept_until = ? WHERE sweep = ? AND name_hash = ?"
                        + " AND progress IN ('SUSPECT', 'QUARANTINED') AND (kept_until IS NULL OR kept_until < ?)",
                instant(session, until),
                sweep,
                hash,
                instant(session, until)));
        return session.count(Sql.of(
                        "SELECT COUNT(*) FROM " + FILES
                                + " WHERE sweep = ? AND name_hash = ? AND progress = 'DELETING'",
                        sweep,
                        hash))
                == 0;
    }

    private static Session.Row<SweptFile> reader(Session session) {
        return row -> new SweptFile(
                row.getLong(1),
                new RunId(text(row, 2)),
                text(row, 3),
                text(row, 4),
                text(row, 5),
                Progress.valueOf(text(row, 6)),
                new FileState(row.getLong(7), Instant.ofEpochSecond(row.getLong(8), row.getInt(9)), text(row, 10)),
                Objects.requireNonNull(session.dialect().readInstant(row, 11)),
                Optional.ofNullable(row.getString(12)),
                Optional.ofNullable(session.dialect().readInstant(row, 13)));
    }

    private static String text(ResultSet row, int position) throws SQLException {
        return Objects.requireNonNullElse(row.getString(position), "");
    }

    private static Object instant(Session session, Instant instant) {
        return session.dialect().instant(instant.truncatedTo(ChronoUnit.MICROS));
    }

    private static List<SweptFile> inOrder(List<SweptFile> files) {
        return files.stream()
                .sorted((one, other) -> Long.compare(one.id(), other.id()))
                .toList();
    }

    private static Set<String> hashes(Collection<String> texts) {
        return texts.stream().map(JdbcFileLedger::hash).collect(Collectors.toSet());
    }

    private static Sql in(Sql query, String column, List<String> hashes) {
        return query.add(
                " AND " + column + " IN (" + String.join(", ", Collections.nCopies(hashes.size(), "?")) + ")",
                hashes.toArray());
    }

    /** What a query finds for some at a time, all together. */
    private static <T> List<T> parts(Collection<String> hashes, Function<List<String>, List<T>> query) {
        List<String> all = List.copyOf(hashes);
        List<T> found = new ArrayList<>();
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            found.addAll(query.apply(all.subList(from, Math.min(all.size(), from + AT_ONCE))));
        }
        return found;
    }

    /** SHA-256 of the bytes in UTF-8, in hexadecimal digits. */
    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
