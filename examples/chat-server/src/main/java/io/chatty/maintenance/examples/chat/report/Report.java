package io.chatty.maintenance.examples.chat.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.examples.chat.history.Imported;
import io.chatty.maintenance.examples.chat.storage.ChatStorage;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.task.Counts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole of a demo run, as it is written to the JSON file.
 *
 * @param history what the messages are
 * @param database where they are
 * @param asOf the now of preview and run
 * @param keep the global rule
 * @param grace the grace of soft deletes
 * @param imported what there was
 * @param preview what the preview counted
 * @param deleted what the run removed; all zero when there was only a preview
 * @param left what is there afterwards
 * @param files what became of the files
 * @param presence who was there
 * @param batches how many batches the run took
 * @param seconds how long the run took
 * @param importSeconds how long making or importing the history took
 * @param previewSeconds how long the preview took
 * @param fileSeconds how long both sweeps of files took
 * @param presenceSeconds how long it took to play the logs to a presence tracker
 * @param run the run's record
 */
public record Report(
        String history,
        String database,
        String asOf,
        String keep,
        String grace,
        Imported imported,
        Due preview,
        Deleted deleted,
        Left left,
        FileReport files,
        PresenceReport presence,
        long batches,
        double seconds,
        double importSeconds,
        double previewSeconds,
        double fileSeconds,
        double presenceSeconds,
        Outcome run) {

    /**
     * What a preview counted.
     *
     * @param examined rows looked at
     * @param softDeleted messages due by soft delete
     * @param expired messages due by a rule, and not by soft delete
     * @param expiredByPolicy the same by policy
     * @param orphaned messages due because their room or sender is gone, and by nothing else
     * @param orphans child rows due because their message is gone already, by table
     */
    public record Due(
            long examined,
            long softDeleted,
            long expired,
            Map<String, Long> expiredByPolicy,
            long orphaned,
            Children orphans) {

        /** From a preview. */
        public static Due of(Preview preview, Map<String, Long> expiredByPolicy) {
            Counts counts = preview.counts();
            return new Due(
                    counts.get("examined"),
                    counts.get("due.softDeleted"),
                    counts.get("due.expired"),
                    expiredByPolicy,
                    counts.get("due.orphaned"),
                    Children.of(counts, "due.orphans."));
        }

        /** All messages that are due. */
        public long messages() {
            return softDeleted + expired + orphaned;
        }
    }

    /**
     * What a run deleted.
     *
     * @param softDeleted messages
     * @param expired messages
     * @param orphaned messages
     * @param attachments rows, with and without a message
     * @param mentions rows, with and without a message
     * @param reactions rows, with and without a message
     * @param children rows that went with their message
     * @param orphans rows that had none
     */
    public record Deleted(
            long softDeleted,
            long expired,
            long orphaned,
            long attachments,
            long mentions,
            long reactions,
            Children children,
            Children orphans) {

        /** From a run's counts. */
        public static Deleted of(Counts counts) {
            Children children = Children.of(counts, "deleted.children.");
            Children orphans = Children.of(counts, "deleted.orphans.");
            return new Deleted(
                    counts.get("deleted.softDeleted"),
                    counts.get("deleted.expired"),
                    counts.get("deleted.orphaned"),
                    children.attachments + orphans.attachments,
                    children.mentions + orphans.mentions,
                    children.reactions + orphans.reactions,
                    children,
                    orphans);
        }

        /** All messages that went. */
        public long messages() {
            return softDeleted + expired + orphaned;
        }
    }

    /**
     * Rows of the tables that belong to messages.
     *
     * @param attachments rows
     * @param mentions rows
     * @param reactions rows
     */
    public record Children(long attachments, long mentions, long reactions) {
        private static Children of(Counts counts, String prefix) {
            return new Children(
                    counts.get(prefix + "attachments"),
                    counts.get(prefix + "mentions"),
                    counts.get(prefix + "reactions"));
        }

        /** All of them. */
        public long sum() {
            return attachments + mentions + reactions;
        }
    }

    /**
     * What is in the tables.
     *
     * @param messages rows
     * @param attachments rows
     * @param mentions rows
     * @param reactions rows
     */
    public record Left(long messages, long attachments, long mentions, long reactions) {
        /** Counted now. */
        public static Left in(ChatStorage storage) throws SQLException {
            return new Left(
                    storage.count("messages"),
                    storage.count("attachments"),
                    storage.count("mentions"),
                    storage.count("reactions"));
        }
    }

    /**
     * What became of the run.
     *
     * @param outcome the run's state, or PREVIEWED when nothing was to be deleted
     * @param id the run's id; not there for a preview
     * @param detail the cause of a failure, if it failed
     * @param counts all that the run counted
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Outcome(
            String outcome, @Nullable String id, @Nullable String detail, Map<String, Long> counts) {

        /** Nothing was to be deleted. */
        public static Outcome previewed() {
            return new Outcome("PREVIEWED", null, null, Map.of());
        }

        /** Of that run. */
        public static Outcome of(Run run) {
            return new Outcome(
                    run.state().name(),
                    run.id().value(),
                    run.detail(),
                    run.counts().asMap());
        }
    }

    /** Writes it to that file, over what is there. */
    public void writeTo(Path file) throws IOException {
        byte[] json =
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(this);
        Files.write(file, json);
    }
}
