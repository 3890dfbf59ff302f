package io.chatty.maintenance.file.verify;

import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.content.Content;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The file that the last batch of a run did not read to its end: the next goes on with it. Nothing is lost when it is closed: it is
 * read from its beginning then. Thread-safe.
 */
final class OpenReading {

    private @Nullable Held held; // guarded by this

    private record Held(RunId run, String name, FileState state, Content content) {}

    /** What was read of that file in that state; null if nothing was. Whoever takes it gives it back or closes it. */
    @Nullable Content take(RunId run, String name, FileState state) throws IOException {
        Held found;
        synchronized (this) {
            found = held;
            held = null;
        }
        if (found != null) {
            if (found.run().equals(run)
                    && found.name().equals(name)
                    && found.state().equals(state)) {
                return found.content();
            }
            found.content().close();
        }
        return null;
    }

    /** Leaves it to the next batch. */
    void give(RunId run, String name, FileState state, Content content) throws IOException {
        Held last;
        synchronized (this) {
            last = held;
            held = new Held(run, name, state, content);
        }
        if (last != null) {
            last.content().close();
        }
    }
}
