package io.chatty.maintenance.examples.chat.files;

import io.chatty.maintenance.examples.chat.storage.TemporaryFolder;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.local.LocalFileStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder of the chat's files: what was uploaded is below {@code uploads/}, pictures of it below {@code thumbnails/}. */
public final class ChatFiles implements AutoCloseable {

    /** How names of uploads begin. */
    public static final String UPLOADS = "uploads/";

    /** How names of thumbnails begin. */
    public static final String THUMBNAILS = "thumbnails/";

    private static final String THUMBNAIL_ENDING = ".png";

    private final Path root;
    private final @Nullable TemporaryFolder temporary;
    private final LocalFileStore store;

    private ChatFiles(Path root, @Nullable TemporaryFolder temporary) throws IOException {
        this.root = root;
        this.temporary = temporary;
        // The files of a history are as old as their messages, though they were written just now.
        this.store = LocalFileStore.builder(root).trustsModificationTime().open();
    }

    /** In a new folder of its own, which goes when this is closed. */
    public static ChatFiles temporary() throws IOException {
        TemporaryFolder folder = TemporaryFolder.of("chat-server-files-");
        return new ChatFiles(folder.path(), folder);
    }

    /** In that folder, which has to be there, and stays. */
    public static ChatFiles in(Path folder) throws IOException {
        return new ChatFiles(folder, null);
    }

    /** The name of the thumbnail of an upload. */
    public static String thumbnailOf(String upload) {
        return THUMBNAILS + upload.substring(UPLOADS.length()) + THUMBNAIL_ENDING;
    }

    /** The name of the upload that a thumbnail is of: the naming rule, the other way round. None for another file. */
    public static List<String> originalsOf(String thumbnail) {
        return thumbnail.startsWith(THUMBNAILS) && thumbnail.endsWith(THUMBNAIL_ENDING)
                ? List.of(UPLOADS
                        + thumbnail.substring(THUMBNAILS.length(), thumbnail.length() - THUMBNAIL_ENDING.length()))
                : List.of();
    }

    /** Where it is. */
    public Path root() {
        return root;
    }

    /** Where it is, for people. */
    public String title() {
        return root + (temporary == null ? "" : " (removed at the end)");
    }

    /** The files. */
    public LocalFileStore store() {
        return store;
    }

    /** How many files there are whose names begin so. */
    public long count(String prefix) throws IOException {
        try (Stream<StoredFile> files = store.list(prefix)) {
            return files.count();
        }
    }

    @Override
    public void close() {
        if (temporary != null) {
            temporary.close();
        }
    }
}
