package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** A file of a listing. Most are only ever asked for their name. */
final class Listed implements StoredFile {

    private final LocalFileStore store;
    private final Listing listing;
    private final String name;

    Listed(LocalFileStore store, Listing listing, String name) {
        this.store = store;
        this.listing = listing;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    /** What it is now. What shows to be no file after all is told as gone, and counted as what the listing passed over. */
    @Override
    public FileState state() throws IOException {
        Found found = store.find(name);
        if (found == null) {
            throw new NoSuchFileException(name, null, "has gone since it was listed");
        }
        if (!found.file()) {
            listing.skip(found);
            throw new NoSuchFileException(name, null, "is no ordinary file");
        }
        return store.state(found);
    }

    @Override
    public String toString() {
        return name;
    }
}
