package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.PositionText;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads all references, page by page: each table in the order of its key. Race R7 (references read in part): a table is at its end
 * where the database counts no row behind the last one that it gave, in the same snapshot; a page that is merely shorter than
 * asked is not taken for it. For one page; not thread-safe.
 */
final class Walk {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    private final Session session;
    private final Dialect dialect;
    private final List<FileSource> sources;

    Walk(Session session, List<FileSource> sources) {
        this.session = session;
        this.dialect = session.dialect();
        this.sources = sources;
    }

    /**
     * Where a walk stands.
     *
     * @param source the number of the source
     * @param count how many references were given out
     * @param key that of the last row; none at the beginning of a source
     */
    private record Position(int source, long count, List<String> key) {

        Cursor cursor(List<FileSource> sources) {
            List<String> words = new ArrayList<>(List.of(
                    Integer.toString(source),
                    Long.toString(count),
                    sources.get(source).label()));
            words.addAll(key);
            return new Cursor(PositionText.of(words));
        }

        static Position of(Cursor cursor, List<FileSource> sources) {
            List<String> words = PositionText.parse(cursor.text());
            int source = Integer.parseInt(words.get(0));
            if (source >= sources.size() || !sources.get(source).label().equals(words.get(2))) {
                throw new MaintenanceException("file references: the columns are no longer those of the walk that was"
                        + " begun, which stood at " + words.get(2) + "; begin anew");
            }
            return new Position(source, Long.parseLong(words.get(1)), words.subList(3, words.size()));
        }
    }

    /** A row: its key, and what it refers to. */
    private record Row(List<String> key, List<FileReference> references) {}

    ReferencePage page(Optional<Cursor> from, int most) {
        Position at = from.map(cursor -> Position.of(cursor, sources)).orElse(new Position(0, 0, List.of()));
        while (at.source() < sources.size()) {
            FileSource source = sources.get(at.source());
            List<Row> rows = rows(source, at.key(), most);
            if (!rows.isEmpty()) {
                return page(at, rows);
            }
            at = new Position(at.source() + 1, at.count(), List.of());
        }
        return ReferencePage.complete(List.of(), at.count());
    }

    private ReferencePage page(Position at, List<Row> rows) {
        List<FileReference> references = new ArrayList<>();
        rows.forEach(row -> references.addAll(row.references()));
        Position next = new Position(
                at.source(),
                at.count() + references.size(),
                rows.get(rows.size() - 1).key());
        return ReferencePage.more(references, next.cursor(sources));
    }

    /** The next rows, with about so many references; none at the end. */
    private List<Row> rows(FileSource source, List<String> after, int most) {
        for (int limit = most; ; limit *= 2) {
            List<Row> rows = select(source, after, limit + 1);
            if (rows.isEmpty()) {
                requireEnd(source, after);
                return rows;
            }
            boolean all = rows.size() <= limit;
            List<Row> some = cut(source, rows, most, all);
            if (!some.isEmpty() || all) {
                return some;
            }
        }
    }

    /** So many of them that they can be left where the cursor says: rows with one key are not parted. */
    private static List<Row> cut(FileSource source, List<Row> rows, int most, boolean all) {
        int references = 0;
        int end = 0;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            boolean first = i == 0
                    || source.keyUnique()
                    || !folded(row.key()).equals(folded(rows.get(i - 1).key()));
            if (first) {
                end = i;
                if (references >= most
                        || (i > 0 && references + row.references().size() > most)) {
                    return rows.subList(0, end);
                }
            }
            references += row.references().size();
        }
        return all || source.keyUnique() ? rows : rows.subList(0, end);
    }

    /** The same for all that a collation may take for equal, and then some. */
    private static List<String> folded(List<String> key) {
        return key.stream()
                .map(part -> Normalizer.normalize(part, Normalizer.Form.NFKD)
                        .replaceAll("\\p{M}", "")
                        .toUpperCase(Locale.ROOT)
                        .toLowerCase(Locale.ROOT)
                        .strip())
                .toList();
    }

    private List<Row> select(FileSource source, List<String> after, int limit) {
        List<String> columns = new ArrayList<>(names(source.key()));
        columns.add(dialect.column("m", source.column()));
        if (source.size() != null) {
            columns.add(dialect.column("m", source.size()));
        }
        if (source.sha256() != null) {
            columns.add(dialect.column("m", source.sha256()));
        }
        Sql query = source.select(dialect, String.join(", ", columns));
        after(query, source, after);
        return session.list(
                query.add(" ORDER BY " + String.join(", ", names(source.key())) + " LIMIT ?", limit),
                row -> row(source, row));
    }

    private List<String> names(List<Column> columns) {
        return columns.stream().map(column -> dialect.column("m", column)).toList();
    }

    private void after(Sql query, FileSource source, List<String> key) {
        if (!key.isEmpty()) {
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < key.size(); i++) {
                Column column = source.key().get(i);
                String part = key.get(i);
                values.add(column.value(part)
                        .orElseThrow(() -> new MaintenanceException(
                                "file references: \"" + part + "\" is no value of " + column + "; begin anew")));
            }
            query.add(" AND (")
                    .add(dialect.compare(names(source.key()), ">", values))
                    .add(")");
        }
    }

    private void requireEnd(FileSource source, List<String> after) {
        Sql count = source.select(dialect, "COUNT(*)");
        after(count, source, after);
        long left = session.count(count);
        if (left > 0) {
            throw new MaintenanceException("file references: the database gave no more rows of " + source.label()
                    + ", but counts " + left + "; a limit of the driver or the pool cuts its answers off");
        }
    }

    private static Row row(FileSource source, ResultSet row) throws SQLException {
        List<String> key = new ArrayList<>();
        for (int i = 0; i < source.key().size(); i++) {
            key.add(Objects.requireNonNullElse(source.key().get(i).text(row, i + 1), ""));
        }
        int at = key.size() + 1;
        String content = Objects.requireNonNullElse(source.column().text(row, at), "");
        OptionalLong size = OptionalLong.empty();
        if (source.size() != null) {
            at++;
            long given = source.size().number(row, at);
            size = row.wasNull() || given < 0 ? size : OptionalLong.of(given);
        }
        Optional<String> sha256 = source.sha256() == null ? Optional.empty() : sha256(row, at + 1, source.sha256());
        List<FileReference> references = new ArrayList<>();
        String where = source.column().table() + " " + String.join(",", key);
        for (String value : source.values(content, false)) {
            List<String> names = value.isEmpty() ? List.of() : source.naming().names(value);
            if (!names.isEmpty()) {
                references.add(new FileReference(names.get(0), where, size, sha256));
            }
        }
        return new Row(key, references);
    }

    private static Optional<String> sha256(ResultSet row, int position, Column column) throws SQLException {
        return switch (column.jdbcType()) {
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> hex(row.getBytes(position));
            default ->
                Optional.ofNullable(row.getString(position))
                        .map(String::strip)
                        .filter(text -> SHA256.matcher(text).matches())
                        .map(text -> text.toLowerCase(Locale.ROOT));
        };
    }

    private static Optional<String> hex(byte @Nullable [] bytes) {
        return bytes == null || bytes.length != 32
                ? Optional.empty()
                : Optional.of(HexFormat.of().formatHex(bytes));
    }
}
