package io.chatty.maintenance.presence.broadcast;

import io.chatty.maintenance.presence.Presence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The changes of a shard in a window. */
final class Changes {

    /**
     * A user's changes in a window.
     *
     * @param before what was seen before the first
     * @param first the version of the first
     * @param now what is seen after the last
     */
    record Change(Presence before, long first, Presence now) {

        /** Whether it came to nothing, for those who saw none of what was in between. */
        boolean isNothing() {
            return now.looksLike(before);
        }
    }

    private Map<String, Change> changes = new LinkedHashMap<>(); // guarded by this

    synchronized void note(Presence before, Presence now) {
        Change known = changes.get(now.user());
        changes.put(
                now.user(),
                known == null ? new Change(before, now.version(), now) : new Change(known.before, known.first, now));
    }

    /** Gives the changes, each user once, and begins a new window. */
    synchronized List<Change> take() {
        List<Change> taken = new ArrayList<>(changes.values());
        changes = new LinkedHashMap<>();
        return taken;
    }
}
