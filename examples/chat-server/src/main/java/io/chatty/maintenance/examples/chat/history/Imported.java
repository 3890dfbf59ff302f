package io.chatty.maintenance.examples.chat.history;

/**
 * How much of a history was written.
 *
 * @param files log files read
 * @param badFiles log files left out, for want of a date in the name
 * @param badLines lines that are no message and nothing else that is known
 * @param rooms rows
 * @param users rows
 * @param messages rows
 * @param softDeleted those of the messages that a user deleted
 * @param attachments rows, with those that have no message
 * @param mentions rows, with those that have no message
 * @param reactions rows, with those that have no message
 */
public record Imported(
        long files,
        long badFiles,
        long badLines,
        long rooms,
        long users,
        long messages,
        long softDeleted,
        long attachments,
        long mentions,
        long reactions) {}
