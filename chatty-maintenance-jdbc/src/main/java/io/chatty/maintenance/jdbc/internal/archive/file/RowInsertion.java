package io.chatty.maintenance.jdbc.internal.archive.file;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts rows of an archive back into a table. What it puts there it has read back by the same statement, and compares: a row that
 * would come back otherwise, because a column's type has changed, a trigger had its way, or the database mended what did not fit,
 * fails, and the caller is to roll back. Thread-safe; a connection is not.
 *
 * <p>Rows whose key is there already are left as they are. They are looked for first: what a database offers for that, as ON
 * CONFLICT DO NOTHING or INSERT IGNORE, passes over conflicts with other keys too, or mends values. A row with the same key that
 * another puts there in between, and a conflict with another unique key, fails as the database says.
 */
public final class RowInsertion {

    private static final int MOST_ROWS = 200;
    private static final int MOST_ARGUMENTS = 10_000;

    private final String file;
    private final LiveTable live;
    private final List<Shared> shared = new ArrayList<>();
    private final List<Shared> inserted;
    private final List<Shared> key = new ArrayList<>();
    private final List<Lost> lost = new ArrayList<>();

    /** A column that the archive and the table have, and its position in archived rows. */
    private record Shared(int position, LiveColumn column) {}

    private record Lost(int position, String name) {}

    private RowInsertion(String file, LiveTable live, ArchivedTable archived, List<String> keyColumns) {
        this.file = file;
        this.live = live;
        for (int i = 0; i < archived.columns().size(); i++) {
            String name = archived.columns().get(i).name();
            Optional<LiveColumn> column = live.column(name);
            if (column.isPresent()) {
                shared.add(new Shared(i, column.get()));
            } else {
                lost.add(new Lost(i, name));
            }
        }
        this.inserted = shared.stream().filter(one -> !one.column.generated()).toList();
        for (String name : keyColumns) {
            shared.stream().filter(one -> one.column.name().equals(name)).forEach(key::add);
        }
    }

    /**
     * Prepares to put rows of a table of an archive back.
     *
     * @param live the table as it is now
     * @param keyColumns what tells its rows from one another, as the catalogue spells them; none where nothing does
     * @param problems gets a line for each reason why it cannot be done
     */
    public static RowInsertion of(
            ArchiveReader archive,
            ArchivedTable archived,
            LiveTable live,
            List<String> keyColumns,
            List<String> problems) {
        String what = "archive file " + archive.name() + ": ";
        if (!archive.header().database().equals(live.database())) {
            problems.add(what + "its rows are from " + archive.header().database() + " and cannot be put into "
                    + live.database());
        }
        List<String> filled = Optional.ofNullable(archive.manifest().tables().get(archived.name()))
                .map(ArchiveManifest.Content::filled)
                .orElse(List.of());
        for (ArchivedTable.Column column : archived.columns()) {
            Optional<LiveColumn> now = live.column(column.name());
            if (now.isEmpty() && filled.contains(column.name())) {
                problems.add(lost(what, live.name(), column.name()) + " as " + column.type());
            } else if (now.isPresent() && now.get().text().encoding() != column.encoding()) {
                problems.add(what + "column \"" + column.name() + "\" of table \"" + live.name() + "\" was "
                        + column.type() + " and is " + now.get().type()
                        + " now, which its values cannot be put into; change it back");
            }
        }
        RowInsertion insertion = new RowInsertion(archive.name(), live, archived, keyColumns);
        if (insertion.key.size() != keyColumns.size()) {
            problems.add(what + "the key of table \"" + live.name() + "\" is " + keyColumns
                    + " now, and not all of these columns are in the file");
        }
        return insertion;
    }

    private static String lost(String what, String table, String column) {
        return what + "table \"" + table + "\" has no column \"" + column
                + "\" any more, and there are values for it that would be lost; add it again";
    }

    /** Whether that row would be known by its key if it were there already: without one, or with a NULL in it, it is not. */
    public boolean knows(ArchivedRow row) {
        return !key.isEmpty() && !texts(key, row).contains(null);
    }

    /**
     * Inserts those rows that are not there. Rows that it would not {@linkplain #knows know} are inserted in any case: it is for
     * the caller to give none twice.
     *
     * @param rows all rows of the table that share a key are to come in one call
     * @param inFlight is told the statement that runs, so that it can be cancelled, and null after it
     * @return which of the rows were inserted, by their positions
     * @throws ArchiveException if a row would not come back as it was; roll back then
     * @throws SQLException what the database says; roll back then, too
     */
    public BitSet insert(Connection connection, Consumer<@Nullable Statement> inFlight, List<ArchivedRow> rows)
            throws SQLException {
        BitSet missing = new BitSet();
        int chunk = Math.max(1, Math.min(MOST_ROWS, MOST_ARGUMENTS / Math.max(1, shared.size())));
        for (int from = 0; from < rows.size(); from += chunk) {
            List<ArchivedRow> some = rows.subList(from, Math.min(rows.size(), from + chunk));
            some.forEach(this::checkNothingIsLost);
            List<ArchivedRow> known = some.stream().filter(this::knows).toList();
            Set<List<@Nullable String>> there = known.isEmpty() ? Set.of() : there(connection, inFlight, known);
            for (int i = 0; i < some.size(); i++) {
                missing.set(from + i, !there.contains(texts(key, some.get(i))));
            }
        }
        List<ArchivedRow> toInsert = missing.stream().mapToObj(rows::get).toList();
        for (int from = 0; from < toInsert.size(); from += chunk) {
            insertAll(connection, inFlight, toInsert.subList(from, Math.min(toInsert.size(), from + chunk)));
        }
        return missing;
    }

    private void checkNothingIsLost(ArchivedRow row) {
        for (Lost column : lost) {
            if (row.values().get(column.position) != null) {
                throw new ArchiveException(lost("archive file " + file + ": ", live.name(), column.name));
            }
        }
    }

    private static List<@Nullable String> texts(List<Shared> columns, ArchivedRow row) {
        List<@Nullable String> texts = new ArrayList<>(columns.size());
        for (Shared column : columns) {
            texts.add(row.values().get(column.position));
        }
        return texts;
    }

    private static List<LiveColumn> columns(List<Shared> of) {
        return of.stream().map(Shared::column).toList();
    }

    /** The keys of those rows that are in the table. */
    private Set<List<@Nullable String>> there(
            Connection connection, Consumer<@Nullable Statement> inFlight, List<ArchivedRow> rows) throws SQLException {
        String one = key.stream()
                .map(column -> live.quote(column.column.name()) + " = "
                        + column.column.text().inserted())
                .collect(Collectors.joining(" AND ", "(", ")"));
        String condition = String.join(" OR ", Collections.nCopies(rows.size(), one));
        if (key.size() == 1) {
            String mark = key.get(0).column.text().inserted();
            condition = live.quote(key.get(0).column.name()) + " IN ("
                    + String.join(", ", Collections.nCopies(rows.size(), mark)) + ")";
        }
        String sql = "SELECT " + live.selectList(columns(key), "") + " FROM " + live.quoted() + " WHERE " + condition;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int position = 1;
            for (ArchivedRow row : rows) {
                for (Shared column : key) {
                    column.column
                            .text()
                            .bind(statement, position++, row.values().get(column.position));
                }
            }
            return new HashSet<>(query(statement, inFlight, columns(key)));
        }
    }

    private void insertAll(Connection connection, Consumer<@Nullable Statement> inFlight, List<ArchivedRow> rows)
            throws SQLException {
        String marks = inserted.stream()
                .map(column -> column.column.text().inserted())
                .collect(Collectors.joining(", ", "(", ")"));
        String sql = live.insertReturning(
                columns(inserted), String.join(", ", Collections.nCopies(rows.size(), marks)), columns(shared));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int position = 1;
            for (ArchivedRow row : rows) {
                for (Shared column : inserted) {
                    column.column
                            .text()
                            .bind(statement, position++, row.values().get(column.position));
                }
            }
            checkSame(rows, query(statement, inFlight, columns(shared)));
        }
    }

    private static List<List<@Nullable String>> query(
            PreparedStatement statement, Consumer<@Nullable Statement> inFlight, List<LiveColumn> columns)
            throws SQLException {
        List<List<@Nullable String>> found = new ArrayList<>();
        inFlight.accept(statement);
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(LiveTable.texts(columns, row, 1));
            }
        } finally {
            inFlight.accept(null);
        }
        return found;
    }

    private void checkSame(List<ArchivedRow> rows, List<List<@Nullable String>> found) {
        if (rows.size() != found.size()) {
            throw new ArchiveException("archive file " + file + ": of " + rows.size() + " rows inserted into table \""
                    + live.name() + "\" there are " + found.size() + "; a trigger or rule of it is in the way");
        }
        for (int i = 0; i < rows.size(); i++) {
            List<@Nullable String> wanted = texts(shared, rows.get(i));
            if (!wanted.equals(found.get(i))) {
                int different = 0;
                while (Objects.equals(wanted.get(different), found.get(i).get(different))) {
                    different++;
                }
                throw new ArchiveException("archive file " + file + ": column \""
                        + shared.get(different).column.name() + "\" of table \"" + live.name()
                        + "\" would not come back as it was in the row with key " + texts(key, rows.get(i))
                        + "; its type has changed since, to "
                        + shared.get(different).column.type()
                        + ", or a trigger changes it");
            }
        }
    }
}
