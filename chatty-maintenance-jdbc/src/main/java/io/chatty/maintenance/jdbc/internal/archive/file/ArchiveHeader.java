package io.chatty.maintenance.jdbc.internal.archive.file;

import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.List;

/**
 * The first line of an archive file.
 *
 * @param run the run that archived it
 * @param fingerprint of the policies that decided
 * @param createdAt when it was begun
 * @param database the kind of database that the rows are from
 * @param tables their tables
 */
public record ArchiveHeader(
        RunId run, String fingerprint, Instant createdAt, String database, List<ArchivedTable> tables) {

    /** The version of the format that this library writes, and the newest that it reads. */
    static final int FORMAT = 1;

    /** With a copy of the tables. */
    public ArchiveHeader {
        tables = List.copyOf(tables);
    }

    ArchivedTable table(String name) {
        return tables.stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new ArchiveException("a row is of table \"" + name + "\", which the header has not"));
    }
}
