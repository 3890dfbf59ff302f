package io.chatty.maintenance.jdbc.internal.archive;

import java.util.List;

/** Where an archive is. */
public sealed interface ArchivePlace {

    /** What its records say. */
    String name();

    /** What keeps anything from being put there, without a look at the database. */
    default List<String> problems() {
        return List.of();
    }

    /**
     * In tables of the same database.
     *
     * @param prefix what they are called by, before the name of the host's
     */
    record InTables(String prefix) implements ArchivePlace {
        @Override
        public String name() {
            return prefix;
        }
    }

    /**
     * In files.
     *
     * @param folder where they are
     */
    record InFiles(ArchiveFolder folder) implements ArchivePlace {
        @Override
        public String name() {
            return "files:" + folder;
        }

        @Override
        public List<String> problems() {
            return folder.problems();
        }
    }
}
