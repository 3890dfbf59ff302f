package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.UsageScope;

/** What is limited. The narrow comes first: what it gives up counts for the wide, too. */
enum Level {
    /** The files of each user. */
    USER("user", UsageScope.Kind.USER),
    /** The files of each room. */
    ROOM("room", UsageScope.Kind.ROOM),
    /** All files. */
    TOTAL("total", UsageScope.Kind.ALL),
    /** What is used of the store's space, by whatever it is. */
    SPACE("space", UsageScope.Kind.ALL);

    private final String label;
    private final UsageScope.Kind kind;

    Level(String label, UsageScope.Kind kind) {
        this.label = label;
        this.kind = kind;
    }

    /** What it is called in counts and records. */
    String label() {
        return label;
    }

    /** The kind of scopes whose files it is about. */
    UsageScope.Kind kind() {
        return kind;
    }
}
