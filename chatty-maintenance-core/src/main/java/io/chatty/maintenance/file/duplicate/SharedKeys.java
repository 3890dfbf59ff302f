package io.chatty.maintenance.file.duplicate;

import io.chatty.maintenance.file.order.SortedNames;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sorted entries, of those alone whose key another has, too. Not thread-safe. */
final class SharedKeys {

    private final SortedNames sorted;
    private final boolean hashed;
    private @Nullable Entry next;
    private String lastKey = "";
    private boolean begun;

    /** @param hashed whether the entries have a hash */
    SharedKeys(SortedNames sorted, boolean hashed) {
        this.sorted = sorted;
        this.hashed = hashed;
    }

    /** The next; null at the end. */
    @Nullable Entry next() throws IOException {
        if (!begun) {
            begun = true;
            next = read();
        }
        while (next != null) {
            Entry entry = next;
            boolean isShared = entry.key().equals(lastKey);
            lastKey = entry.key();
            next = read();
            if (isShared || (next != null && next.key().equals(entry.key()))) {
                return entry;
            }
        }
        return null;
    }

    private @Nullable Entry read() throws IOException {
        String text = sorted.next();
        return text == null ? null : Entry.parse(text, hashed);
    }
}
