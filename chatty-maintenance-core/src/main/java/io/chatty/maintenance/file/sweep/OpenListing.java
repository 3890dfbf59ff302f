package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The listing that the last batch of a run left open: the next goes on with it, instead of beginning anew behind the last name,
 * which in a large directory would cost as much as all names before. Nothing is lost when it is closed. Thread-safe.
 */
final class OpenListing {

    private final String name;
    private @Nullable Held held; // guarded by this

    /** @param name what the thread is called that reads ahead */
    OpenListing(String name) {
        this.name = name;
    }

    private record Held(RunId run, String prefix, String position, ReadAhead listing) {}

    /** The listing that goes on behind that name, which the caller has to give back or to close. */
    ReadAhead take(SweepableStore store, RunId run, String prefix, String position) throws IOException {
        Held found;
        synchronized (this) {
            found = held;
            held = null;
        }
        if (found != null) {
            if (found.run().equals(run)
                    && found.prefix().equals(prefix)
                    && found.position().equals(position)
                    && !found.listing().isAbandoned()) {
                return found.listing();
            }
            found.listing().close();
        }
        return new ReadAhead(name, store.list(prefix, position));
    }

    /** Leaves a listing to the next batch, which begins at that position. */
    void give(RunId run, String prefix, String position, ReadAhead listing) {
        Held last;
        synchronized (this) {
            last = held;
            held = new Held(run, prefix, position, listing);
        }
        if (last != null) {
            last.listing().close();
        }
    }

    void close() {
        Held last;
        synchronized (this) {
            last = held;
            held = null;
        }
        if (last != null) {
            last.listing().close();
        }
    }
}
