package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.FileUsage.Outcome;
import io.chatty.maintenance.file.FileUsage.Page;
import io.chatty.maintenance.file.FileUsage.Used;
import io.chatty.maintenance.file.UsageScope;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.PositionText;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.SettingsException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a table of the host's says of files. Thread-safe. The catalogue is read as {@link JdbcFileReferences} does. */
public final class JdbcFileUsage {

    private final Database database;
    private final ChatSchema schema;
    private final FileTableSettings settings;
    private final JdbcFileReferences references;
    private volatile @Nullable FileTable table;

    /** @param references all that refers to files, the table's own column, too */
    public JdbcFileUsage(
            Database database, ChatSchema schema, FileTableSettings settings, JdbcFileReferences references) {
        this.database = database;
        this.schema = schema;
        this.settings = settings;
        this.references = references;
    }

    /** Everything that keeps it from being used, at once, where the references are in order. */
    public List<String> problems() {
        return database.transaction(session -> {
            List<String> problems = new ArrayList<>();
            Optional<FileTable> known = read(session, problems);
            if (known.isPresent()) {
                problems.addAll(FileTableReader.rights(session, known.get()));
                table = known.get();
            }
            return problems;
        });
    }

    private Optional<FileTable> read(Session session, List<String> problems) throws SQLException {
        Catalogue catalogue = Catalogue.read(
                session.connection(), session.dialect(), schema.schema().orElse(null));
        return new FileTableReader(session, catalogue, settings, problems).read(references.sources(session));
    }

    private FileTable table(Session session) throws SQLException {
        FileTable known = table;
        if (known == null) {
            List<String> problems = new ArrayList<>();
            known = read(session, problems).orElseThrow(() -> new SettingsException(problems));
            table = known;
        }
        return known;
    }

    /** What a scope has. */
    public Used used(UsageScope scope, Instant upTo) throws Exception {
        return database.asPreview(session -> {
            FileTable files = table(session);
            Sql sum = Sql.of("SELECT COUNT(*), COALESCE(SUM(" + files.bytes() + "), 0) FROM " + files.sqlTable()
                            + " m WHERE ")
                    .add(files.live())
                    .add(" AND ")
                    .add(files.in(scope))
                    .add(" AND ")
                    .add(files.countedUpTo(upTo));
            return session.first(sum, row -> new Used(scope, row.getLong(1), row.getLong(2)))
                    .orElseThrow();
        });
    }

    /** Scopes with more than that. */
    public List<Used> over(UsageScope.Kind kind, long bytes, Instant upTo, String after, int most) throws Exception {
        return database.asPreview(session -> {
            FileTable files = table(session);
            Column column = Objects.requireNonNull(files.column(kind), () -> "no column of a " + kind);
            String of = files.of(column);
            Sql query = Sql.of("SELECT " + of + ", COUNT(*), SUM(" + files.bytes() + ") FROM " + files.sqlTable()
                            + " m WHERE ")
                    .add(files.live())
                    .add(" AND " + of + " IS NOT NULL AND ")
                    .add(files.countedUpTo(upTo));
            if (column.canBeEmpty()) {
                query.add(" AND " + of + " <> ''");
            }
            if (!after.isEmpty()) {
                query.add(" AND ")
                        .add(files.dialect().compare(List.of(of), ">", List.of(FileTable.value(column, after))));
            }
            query.add(
                    " GROUP BY " + of + " HAVING SUM(" + files.bytes() + ") > ? ORDER BY " + of + " LIMIT ?",
                    bytes,
                    most);
            return session.list(
                    query,
                    row -> new Used(
                            new UsageScope(kind, Objects.requireNonNull(column.text(row, 1))),
                            row.getLong(2),
                            row.getLong(3)));
        });
    }

    /** Files that may go. */
    public Page evictable(
            UsageScope scope, EvictionOrder order, Instant madeBefore, Optional<Cursor> position, int most)
            throws Exception {
        return database.asPreview(session -> {
            FileTable files = table(session);
            FileOrder by = new FileOrder(files, order);
            Sql query = Sql.of("SELECT " + String.join(", ", by.expressions()) + ", " + FileRow.columns(files)
                            + " FROM " + files.sqlTable() + " m WHERE ")
                    .add(files.live())
                    .add(" AND ")
                    .add(files.in(scope))
                    .add(" AND ")
                    .add(files.mayGo(HoldRows.readIfThere(session), madeBefore));
            position.ifPresent(at -> query.add(" AND (")
                    .add(files.dialect().compare(by.expressions(), ">", by.values(PositionText.parse(at.text()))))
                    .add(")"));
            query.add(" ORDER BY " + String.join(", ", by.expressions()) + " LIMIT ?", most);
            List<Placed> rows = session.list(query, row -> placed(files, by, row));
            Optional<Cursor> next = rows.size() < most
                    ? Optional.empty()
                    : Optional.of(new Cursor(rows.get(rows.size() - 1).position()));
            return page(session, files, rows.stream().map(Placed::row).toList(), next);
        });
    }

    private record Placed(String position, FileRow row) {}

    private static Placed placed(FileTable files, FileOrder by, ResultSet row) throws SQLException {
        return new Placed(
                PositionText.of(by.texts(row)),
                FileRow.read(files, row, by.expressions().size()));
    }

    private static Page page(Session session, FileTable files, List<FileRow> rows, Optional<Cursor> next) {
        Set<String> referenced = referencedElsewhere(session, files, rows);
        List<EvictableFile> free = new ArrayList<>();
        for (FileRow row : rows) {
            row.file().filter(file -> !referenced.contains(file.name())).ifPresent(free::add);
        }
        return new Page(free, rows.size() - free.size(), next);
    }

    /** Names that another row has, too, or another column. */
    private static Set<String> referencedElsewhere(Session session, FileTable files, List<FileRow> rows) {
        List<EvictableFile> known =
                rows.stream().flatMap(row -> row.file().stream()).toList();
        if (known.isEmpty()) {
            return Set.of();
        }
        List<String> names = known.stream().map(EvictableFile::name).toList();
        List<FileSource> others = files.sources().stream()
                .filter(source -> !source.equals(files.own()))
                .toList();
        Set<String> referenced = new HashSet<>(new Probe(session, names).find(others));
        referenced.addAll(new Probe(session, names).severally(files.own()));
        return referenced;
    }

    /** How many files may not go, by reason. */
    public Counts shielded(UsageScope scope, Instant madeBefore) throws Exception {
        return database.asPreview(session -> {
            FileTable files = table(session);
            Sql reasons = Sql.of("SELECT r.reason, COUNT(*) FROM (SELECT ")
                    .add(files.reason(HoldRows.readIfThere(session), madeBefore))
                    .add(" AS reason FROM " + files.sqlTable() + " m WHERE ")
                    .add(files.live())
                    .add(" AND ")
                    .add(files.in(scope))
                    .add(") r WHERE r.reason <> '' GROUP BY r.reason");
            Counts counts = Counts.none();
            for (Map.Entry<String, Long> reason :
                    session.list(reasons, row -> Map.entry(Objects.requireNonNull(row.getString(1)), row.getLong(2)))) {
                counts = counts.plus(reason.getKey(), reason.getValue());
            }
            return counts;
        });
    }

    /**
     * Gives files up. What turns out to be referred to by something else when its row is gone is put back: all of it is done again
     * without it.
     */
    public Map<String, Outcome> release(
            RunId run, Collection<String> names, Instant madeBefore, EvictionListener listener) throws Exception {
        Set<String> referenced = new HashSet<>();
        while (true) {
            try {
                return database.batch(session -> new FileRelease(session, table(session), settings, run, listener)
                        .release(names, madeBefore, referenced));
            } catch (StillReferenced e) {
                if (!referenced.addAll(e.names())) {
                    throw e;
                }
            }
        }
    }

    /** Names that lost their last reference, and wait for a sweep. */
    public List<Released> waiting(long after, int most) {
        return references.released(after, most);
    }
}
