package io.chatty.maintenance.presence.broadcast;

import io.chatty.maintenance.presence.Presence;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The changes of a shard in a window: of each user what was seen before the first, and after the last. */
final class Changes {

    private record Change(Presence before, Presence now) {}

    private Map<String, Change> changes = new LinkedHashMap<>(); // guarded by this

    synchronized void note(Presence before, Presence now) {
        Change first = changes.get(now.user());
        changes.put(now.user(), new Change(first == null ? before : first.before, now));
    }

    /** Gives the last state of each user that does not look as before the window, and begins a new one. */
    void take(Consumer<Presence> into) {
        Map<String, Change> taken;
        synchronized (this) {
            taken = changes;
            changes = new LinkedHashMap<>();
        }
        for (Change change : taken.values()) {
            if (!change.now.looksLike(change.before)) {
                into.accept(change.now);
            }
        }
    }
}
