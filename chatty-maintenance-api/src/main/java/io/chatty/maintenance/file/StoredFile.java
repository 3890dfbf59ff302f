package io.chatty.maintenance.file;

import java.io.IOException;
import java.time.Instant;

/** A file that a listing found. Only its name is known then: what else is asked of it is read from the store at that moment. */
public interface StoredFile {

    /** Its name, by which the store opens and deletes it. */
    String name();

    /**
     * Its size in bytes.
     *
     * @throws java.nio.file.NoSuchFileException if it has gone since
     * @throws IOException if the store cannot say
     */
    long size() throws IOException;

    /**
     * When it last changed, by the clock of the store: in content, or in any other way that the store can tell, which a writer
     * cannot set back.
     *
     * @throws java.nio.file.NoSuchFileException if it has gone since
     * @throws IOException if the store cannot say
     */
    Instant changedAt() throws IOException;
}
