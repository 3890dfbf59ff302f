package io.chatty.maintenance.file;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A file that may go where there are too many, as the host's row says.
 *
 * @param name its name
 * @param bytes its size; 1 or more
 * @param createdAt when the row was made
 * @param room the room that it belongs to, if that is told
 * @param user the user that it belongs to, if that is told
 */
public record EvictableFile(String name, long bytes, Instant createdAt, Optional<String> room, Optional<String> user) {

    /** @throws IllegalArgumentException if it has no bytes: nothing would be won */
    public EvictableFile {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(room, "room");
        Objects.requireNonNull(user, "user");
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes: " + bytes + " given, 1 or more allowed");
        }
    }
}
