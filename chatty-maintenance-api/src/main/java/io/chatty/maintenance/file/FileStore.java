package io.chatty.maintenance.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.stream.Stream;

/**
 * Keeps files by name. Implementations are safe for use by several threads, and by several processes on the same files.
 *
 * <p>Every method refuses a name that {@link FileNames} does not allow with an {@link IllegalArgumentException}, before it
 * touches anything.
 */
public interface FileStore {

    /**
     * Writes a file, all of it or nothing. It cannot be seen before it is whole, and when this returns it is there to stay, a
     * failure of power included. If {@code content} throws, nothing is kept.
     *
     * <p>A file is never replaced. Where the name is taken by a file of the very same content, as after a first try whose end
     * nobody learned of, this returns as if it had written it.
     *
     * @param content writes the content to the stream it is given, which it need not close
     * @throws java.nio.file.FileAlreadyExistsException if a file of that name has another content; it is left as it is
     * @throws IOException if it cannot be written, or what {@code content} throws
     */
    void write(String name, Content content) throws IOException;

    /**
     * Opens a file for reading. The caller closes the stream.
     *
     * @throws java.nio.file.NoSuchFileException if there is no file of that name
     * @throws IOException if it cannot be read
     */
    InputStream open(String name) throws IOException;

    /**
     * The files whose names begin so, in no promised order, read from the store as the stream is: memory does not grow with
     * their number. What comes or goes meanwhile may be in it or not. The caller closes the stream, which throws an
     * {@link java.io.UncheckedIOException} where the store fails: a listing that ends without it is whole.
     *
     * @param prefix what {@link FileNames#checkPrefix} allows; empty for all
     * @throws IOException if the store cannot be read
     */
    Stream<StoredFile> list(String prefix) throws IOException;

    /**
     * Deletes the file of exactly that name, for good, and nothing else.
     *
     * @return whether there was one
     * @throws IOException if it cannot be deleted, or the name is no file's
     */
    boolean delete(String name) throws IOException;

    /** Writes what a file is to hold. */
    @FunctionalInterface
    interface Content {

        /** Writes all of it. May be called again for the same file after a failure, never twice at once. */
        void writeTo(OutputStream out) throws IOException;
    }
}
