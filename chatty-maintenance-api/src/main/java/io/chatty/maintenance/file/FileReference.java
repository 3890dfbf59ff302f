package io.chatty.maintenance.file;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * That a file is in use.
 *
 * @param name the name of the file as the host has it, which may be none that a store allows
 * @param where what refers to it, for people: such as {@code attachments 4711}
 * @param size the size that it should have, in bytes, if that is known
 * @param sha256 the SHA-256 that it should have, as 64 hexadecimal digits, if that is known
 */
public record FileReference(String name, String where, OptionalLong size, Optional<String> sha256) {

    public FileReference {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(where, "where");
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(sha256, "sha256");
    }

    /** A reference of which only that is known. */
    public static FileReference of(String name, String where) {
        return new FileReference(name, where, OptionalLong.empty(), Optional.empty());
    }
}
