package io.chatty.maintenance.file;

import java.io.IOException;

/** A file that a listing found. Only its name is known then: a store that has to look for more does so when it is asked. */
public interface StoredFile {

    /** Its name, by which the store opens and deletes it. */
    String name();

    /**
     * What it is: as it was listed, or as it is now.
     *
     * @throws java.nio.file.NoSuchFileException if it has gone since
     * @throws IOException if the store cannot say
     */
    FileState state() throws IOException;
}
