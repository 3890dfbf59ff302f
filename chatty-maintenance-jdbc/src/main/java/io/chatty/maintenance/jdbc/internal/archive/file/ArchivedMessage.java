package io.chatty.maintenance.jdbc.internal.archive.file;

import java.util.List;

/**
 * A message with what went with it.
 *
 * @param row its own row
 * @param children rows of other tables
 */
public record ArchivedMessage(ArchivedRow row, List<ArchivedRow> children) {

    /** With a copy of the children. */
    public ArchivedMessage {
        children = List.copyOf(children);
    }
}
