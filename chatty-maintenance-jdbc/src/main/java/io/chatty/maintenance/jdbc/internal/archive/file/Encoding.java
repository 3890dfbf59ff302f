package io.chatty.maintenance.jdbc.internal.archive.file;

import java.util.Locale;

/** What the text of a value is. Its lower-case name stands in archive files: change none. */
public enum Encoding {
    /** What the database writes and reads for the value. */
    TEXT,
    /** Base64 of its bytes. */
    BYTES,
    /** A JSON array of the texts of its elements, and nulls. */
    LIST;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Encoding of(String word) {
        for (Encoding encoding : values()) {
            if (encoding.word().equals(word)) {
                return encoding;
            }
        }
        throw new ArchiveException("\"" + word + "\" is no encoding that this version knows");
    }
}
