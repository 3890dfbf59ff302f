package io.chatty.maintenance.jdbc.internal.presence;

import io.chatty.maintenance.jdbc.ChatSchema;
import java.util.Optional;

/**
 * What the host said of its table of users.
 *
 * @param table the table
 * @param user the column of the user's key
 * @param seenAt that of when the user was last seen
 * @param online that of whether the user is online
 */
public record SeenSettings(String table, String user, ChatSchema.Time seenAt, Optional<Online> online) {

    /**
     * A column that tells who is online.
     *
     * @param column its name
     * @param values what stands in it; empty if it is true or false
     */
    public record Online(String column, Optional<Values> values) {}

    /**
     * What stands in such a column, as text.
     *
     * @param online for who is online
     * @param otherwise for all others
     */
    public record Values(String online, String otherwise) {}
}
