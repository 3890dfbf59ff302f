package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.DatabaseUsage.FollowingRows;
import io.chatty.maintenance.jdbc.Match;
import java.util.List;
import java.util.Optional;

/**
 * What the host said of its table of files.
 *
 * @param table the table
 * @param name the column of the file's name
 * @param size that of its bytes
 * @param createdAt that of when it was made
 * @param lastUsedAt that of when it was last used
 * @param room that of its room
 * @param user that of its user
 * @param evictable which rows may go; empty for all
 * @param marked the column that is set where a row goes; empty if it is deleted
 * @param goAlong tables whose rows the database itself takes along
 * @param following what the host does in the transaction
 */
public record FileTableSettings(
        String table,
        String name,
        String size,
        ChatSchema.Time createdAt,
        Optional<ChatSchema.Time> lastUsedAt,
        Optional<String> room,
        Optional<String> user,
        Optional<Match> evictable,
        Optional<ChatSchema.Time> marked,
        List<String> goAlong,
        FollowingRows following) {

    public FileTableSettings {
        goAlong = List.copyOf(goAlong);
    }
}
