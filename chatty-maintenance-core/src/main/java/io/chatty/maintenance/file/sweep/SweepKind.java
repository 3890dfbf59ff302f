package io.chatty.maintenance.file.sweep;

/** Why a file may go. */
enum SweepKind {
    /** Nothing refers to it. */
    ORPHAN("orphan"),
    /** Its last reference was seen to go. */
    RELEASED("released"),
    /** It was made to be gone after a while. */
    TEMPORARY("temporary"),
    /** It was made of another that is gone. */
    DERIVED("derived"),
    /** It is older than it is to become. */
    EXPIRED("expired");

    private final String label;

    SweepKind(String label) {
        this.label = label;
    }

    /** What it is called in counts and records. */
    String label() {
        return label;
    }
}
