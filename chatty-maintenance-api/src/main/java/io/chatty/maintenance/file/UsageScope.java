package io.chatty.maintenance.file;

import java.util.Objects;

/**
 * Whose files are counted together.
 *
 * @param kind what it is
 * @param id which of its kind, as the host's database shows it; empty for {@link Kind#ALL}
 */
public record UsageScope(Kind kind, String id) {

    /** All files. */
    public static final UsageScope ALL = new UsageScope(Kind.ALL, "");

    /** Kinds of scopes. */
    public enum Kind {
        /** All files there are. */
        ALL,
        /** The files of a room. */
        ROOM,
        /** The files of a user. */
        USER
    }

    /** @throws IllegalArgumentException if the id is empty, or there is one for all */
    public UsageScope {
        Objects.requireNonNull(kind, "kind");
        if (id.isEmpty() != (kind == Kind.ALL)) {
            throw new IllegalArgumentException("scope: " + kind + " with the id \"" + id
                    + "\" given; rooms and users have one, and all files have none");
        }
    }

    @Override
    public String toString() {
        return kind == Kind.ALL ? "all files" : (kind == Kind.ROOM ? "room " : "user ") + id;
    }
}
