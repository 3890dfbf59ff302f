package io.chatty.maintenance.file;

import java.time.Instant;
import java.util.Objects;

/**
 * What a file was when it was looked at. Two states that are equal are those of the same file with the same content.
 *
 * @param size its size in bytes
 * @param changedAt when it last changed, by the clock of the store: in content, or in any other way that the store can tell,
 *     which a writer cannot set back
 * @param version what the store tells one content of that name from another by, of at most 500 characters; its meaning is the
 *     store's own
 */
public record FileState(long size, Instant changedAt, String version) {

    /** @throws IllegalArgumentException if the size is negative or the version is over 500 characters */
    public FileState {
        Objects.requireNonNull(changedAt, "changedAt");
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size + " given, must not be negative");
        }
        if (version.length() > 500) {
            throw new IllegalArgumentException("version: " + version.length() + " characters given, 500 allowed");
        }
    }
}
