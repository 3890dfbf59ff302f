package io.chatty.maintenance.jdbc.internal.archive.file;

import java.util.List;

/**
 * A table as an archive has it.
 *
 * @param name its name, as the catalogue spells it
 * @param columns those that are archived, in order: all but generated ones
 */
public record ArchivedTable(String name, List<Column> columns) {

    /** With a copy of the columns. */
    public ArchivedTable {
        columns = List.copyOf(columns);
    }

    /**
     * A column.
     *
     * @param name its name, as the catalogue spells it
     * @param type the database's words for its type, for people
     * @param encoding how the texts of its values are to be read
     */
    public record Column(String name, String type, Encoding encoding) {}
}
