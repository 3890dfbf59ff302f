package io.chatty.maintenance.jdbc.internal.archive;

import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.TaskContext;
import java.time.Duration;
import java.util.List;

/** What is in an archive: gives it back, or removes it for good. Thread-safe. */
public sealed interface ArchiveContents permits ArchiveRows, FiledMessages {

    /** What is missing for the archive to be whole. */
    List<String> problems();

    /** The statements that make what is missing. */
    List<String> ddl();

    /** Makes what is missing. */
    void migrate();

    /** How many messages are archived. */
    long count(ArchiveFilter which);

    /** Puts back what is meant, some at a time. */
    Counts restore(ArchiveFilter which);

    /** Removes for good what was archived longer ago than that. */
    BatchResult purge(TaskContext context, Duration after) throws Exception;

    /** Counts what {@link #purge} would remove. */
    BatchResult previewPurge(TaskContext context, Duration after) throws Exception;
}
