package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.jdbc.internal.database.Column;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table of files.
 *
 * @param key its key, as text
 * @param value what stands in the column of names
 * @param file the file; empty if the value stands for none, or several, or its age or size is not known
 */
record FileRow(List<String> key, String value, Optional<EvictableFile> file) {

    /** What is to be selected for it. */
    static String columns(FileTable table) {
        List<String> columns = new ArrayList<>(table.of(table.key()));
        columns.add(table.of(table.name()));
        columns.add(table.of(table.size()));
        columns.add(table.of(table.createdAt().column()));
        columns.add(table.room() == null ? "NULL" : table.of(table.room()));
        columns.add(table.user() == null ? "NULL" : table.of(table.user()));
        return String.join(", ", columns);
    }

    /** Reads one, whose columns come after so many others. */
    static FileRow read(FileTable table, ResultSet row, int after) throws SQLException {
        int at = after;
        List<String> key = new ArrayList<>();
        for (Column column : table.key()) {
            key.add(Objects.requireNonNullElse(column.text(row, ++at), ""));
        }
        String value = Objects.requireNonNullElse(table.name().text(row, ++at), "");
        long bytes = row.getLong(++at);
        Object made = table.createdAt().read(row, ++at);
        Optional<String> room = text(table.room(), row, ++at);
        Optional<String> user = text(table.user(), row, ++at);
        List<String> names = table.own().naming().names(value);
        boolean known = names.size() == 1 && bytes > 0 && made != null;
        return new FileRow(
                key,
                value,
                known
                        ? Optional.of(new EvictableFile(
                                names.get(0),
                                bytes,
                                table.createdAt().instant(Objects.requireNonNull(made)),
                                room,
                                user))
                        : Optional.empty());
    }

    private static Optional<String> text(@Nullable Column column, ResultSet row, int at) throws SQLException {
        return column == null ? Optional.empty() : Optional.ofNullable(column.text(row, at));
    }
}
