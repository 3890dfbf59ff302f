package io.chatty.maintenance.jdbc.internal.archive.file;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts rows by table, and notes the columns that have values. Not thread-safe. */
final class Tally {

    private final Map<String, Counted> tables = new LinkedHashMap<>();

    private static final class Counted {

        private final ArchivedTable table;
        private final BitSet filled = new BitSet();
        private long rows;

        private Counted(ArchivedTable table) {
            this.table = table;
        }

        private ArchiveManifest.Content content() {
            List<String> names = new ArrayList<>();
            filled.stream().forEach(i -> names.add(table.columns().get(i).name()));
            return new ArchiveManifest.Content(rows, names);
        }
    }

    /** Of these tables alone rows may come. */
    Tally(List<ArchivedTable> tables) {
        for (ArchivedTable table : tables) {
            this.tables.put(table.name(), new Counted(table));
        }
    }

    void add(ArchivedRow row) {
        Counted counted = tables.get(row.table().name());
        if (counted == null || !counted.table.equals(row.table())) {
            throw new IllegalArgumentException("row: its table \"" + row.table().name() + "\" is not in the header");
        }
        counted.rows++;
        for (int i = 0; i < row.values().size(); i++) {
            if (row.values().get(i) != null) {
                counted.filled.set(i);
            }
        }
    }

    Map<String, ArchiveManifest.Content> contents() {
        Map<String, ArchiveManifest.Content> contents = new LinkedHashMap<>();
        tables.forEach((name, counted) -> contents.put(name, counted.content()));
        return contents;
    }
}
