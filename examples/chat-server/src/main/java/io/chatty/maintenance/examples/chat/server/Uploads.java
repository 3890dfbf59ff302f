package io.chatty.maintenance.examples.chat.server;

import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.examples.chat.files.FileKind;
import io.chatty.maintenance.examples.chat.files.Thumbnails;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.FileSweep.Retained;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Keeps what is uploaded, and gives it out again. Thread-safe. */
public final class Uploads {

    private final ChatFiles files;
    private final FileSweep sweep;
    private final Thumbnails thumbnails = new Thumbnails();

    /**
     * In those files.
     *
     * @param sweep what sweeps them
     */
    public Uploads(ChatFiles files, FileSweep sweep) {
        this.files = files;
        this.sweep = sweep;
    }

    /**
     * A file that was kept.
     *
     * @param path its name among the chat's files
     * @param thumbnail whether it has a thumbnail
     */
    record Kept(String path, boolean thumbnail) {}

    /**
     * Keeps a file, under a name that nobody can guess and no client had a say in. The row that names it follows: until then,
     * and for good should that fail, it is an orphan, which no sweep takes while it is young.
     */
    Kept keep(byte[] content) throws IOException {
        String id = UUID.randomUUID().toString();
        String path = ChatFiles.UPLOADS + id.substring(0, 2) + "/" + id
                + FileKind.of(content).ending();
        files.store().write(path, out -> out.write(content));
        Optional<byte[]> small = thumbnails.of(content);
        if (small.isPresent()) {
            byte[] thumbnail = small.get();
            files.store().write(ChatFiles.thumbnailOf(path), out -> out.write(thumbnail));
        }
        return new Kept(path, small.isPresent());
    }

    /**
     * Opens an upload that a row names, or its thumbnail. Should a sweep have set it aside, as when it was referred to anew, it
     * goes back at once. Null if it is not there. The caller closes the stream.
     */
    @Nullable InputStream open(String path) throws IOException {
        try {
            return files.store().open(path);
        } catch (NoSuchFileException missing) {
            if (sweep.retain(path) == Retained.GONE) {
                return null;
            }
            try {
                return files.store().open(path);
            } catch (NoSuchFileException gone) {
                return null;
            }
        }
    }
}
