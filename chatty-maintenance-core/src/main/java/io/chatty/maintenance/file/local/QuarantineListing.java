package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What lies in a {@link Quarantine}, one run after the other. */
final class QuarantineListing implements Pulled.Source<QuarantinedFile> {

    private final Quarantine quarantine;
    private final Iterator<RunId> runs;
    private @Nullable RunId run;
    private @Nullable Listing names;

    QuarantineListing(Quarantine quarantine, List<RunId> runs) {
        this.quarantine = quarantine;
        this.runs = runs.iterator();
    }

    @Override
    public @Nullable QuarantinedFile next() throws IOException {
        while (true) {
            String name = names == null ? null : names.nextName();
            if (run != null && name != null) {
                Optional<QuarantinedFile> file = quarantine.look(run, name);
                if (file.isPresent()) { // else it left meanwhile
                    return file.get();
                }
            } else if (runs.hasNext()) {
                close();
                run = runs.next();
                names = quarantine.listing(run);
            } else {
                return null;
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (names != null) {
            names.close();
        }
    }
}
