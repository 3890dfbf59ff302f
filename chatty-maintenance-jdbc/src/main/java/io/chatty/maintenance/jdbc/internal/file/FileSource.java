package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.jdbc.FileColumn.Holding;
import io.chatty.maintenance.jdbc.FileNaming;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.Filter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * A column of references as the catalogue knows it.
 *
 * @param sqlTable its table, for SQL
 * @param column the column
 * @param holding how values stand in it
 * @param naming how a value stands for a name
 * @param canHold whether a text can stand in it at all, in the letters that it has
 * @param where which rows count
 * @param key by which the table is walked; columns that are not NULL
 * @param keyUnique whether no two rows have the same there
 * @param size the column of the file's size
 * @param sha256 the column of its hash
 */
record FileSource(
        String sqlTable,
        Column column,
        Holding holding,
        FileNaming naming,
        Predicate<String> canHold,
        Optional<Filter> where,
        List<Column> key,
        boolean keyUnique,
        @Nullable Column size,
        @Nullable Column sha256) {

    /** What it is called in positions and messages. */
    String label() {
        return column.table() + "." + column.name();
    }

    /** Whether its values can be asked for one by one. */
    boolean isAsked() {
        return holding instanceof Holding.One;
    }

    /** Whether it has to be read as a whole to know that a name is not in it. */
    boolean isReadWhole() {
        return !isAsked() || !naming.tellsAllValues();
    }

    /** A SELECT of such columns of the rows that count and have something, of a table that is called {@code m}. */
    Sql select(Dialect dialect, String columns) {
        Sql select = Sql.of(
                "SELECT " + columns + " FROM " + sqlTable + " m WHERE " + dialect.column("m", column) + " IS NOT NULL");
        where.ifPresent(filter -> select.add(" AND (").add(filter.on("m")).add(")"));
        return select;
    }

    /**
     * The values in what stands in the column.
     *
     * @param all also such as are probably none: names of fields in JSON
     */
    List<String> values(String content, boolean all) {
        if (holding instanceof Holding.Json) {
            return JsonTexts.of(content, all);
        }
        if (holding instanceof Holding.Text text) {
            List<String> found = new ArrayList<>();
            Matcher matcher = text.pattern().matcher(content);
            while (matcher.find()) {
                String value = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
                if (value != null) {
                    found.add(value);
                }
            }
            return found;
        }
        return List.of(content);
    }

    /** All names that what stands in the column may refer to. */
    Set<String> names(String content) {
        Set<String> names = new LinkedHashSet<>();
        for (String value : values(content, true)) {
            if (!value.isEmpty()) {
                names.addAll(naming.names(value));
            }
        }
        return names;
    }
}
