package io.chatty.maintenance.file;

import io.chatty.maintenance.task.Counts;
import java.io.IOException;
import java.util.Optional;

/** Files of a store, one after the other. Not thread-safe. Whoever opened it closes it. */
public interface FileListing extends AutoCloseable {

    /**
     * The next file; empty at the end.
     *
     * @throws IOException if the store fails: a listing that came to its end without it is whole
     */
    Optional<StoredFile> next() throws IOException;

    /**
     * What was passed over up to now since it can be no file of the store, by reason: {@code skipped.link},
     * {@code skipped.special} (devices, sockets, pipes), {@code skipped.mount} (another file system), {@code skipped.folder} (an
     * empty object that only stands for a folder), {@code skipped.name} (what {@link FileNames} does not allow, or what cannot be told
     * in the letters of this process).
     */
    Counts skipped();

    @Override
    void close() throws IOException;
}
