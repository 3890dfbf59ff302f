package io.chatty.maintenance.jdbc.internal.archive.file;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row.
 *
 * @param table its table
 * @param values the texts of its values, null for NULL, in the order of the table's columns
 */
public record ArchivedRow(ArchivedTable table, List<@Nullable String> values) {

    /** With a copy of the values, one a column. */
    public ArchivedRow {
        if (values.size() != table.columns().size()) {
            throw new IllegalArgumentException(
                    "values: " + values.size() + " for " + table.columns().size() + " columns of " + table.name());
        }
        values = Collections.unmodifiableList(new ArrayList<>(values)); // may have nulls
    }
}
