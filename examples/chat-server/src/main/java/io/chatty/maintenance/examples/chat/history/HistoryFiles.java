package io.chatty.maintenance.examples.chat.history;

import io.chatty.maintenance.examples.chat.files.ChatFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Makes files for the attachments of a history, as old as their messages, and some that no attachment has, as they gather in any
 * chat: the README says by which rule. They are written as plain files, which are there long before the first sweep: to have
 * each synced, as {@code LocalFileStore} does, would take minutes.
 */
public final class HistoryFiles {

    private static final int UNSENT_EVERY = 20;
    private static final int BROKEN_OFF_EVERY = 50;
    private static final List<String> PICTURES = List.of(".png", ".jpg", ".jpeg", ".gif");
    private static final int FOLDERS = 256;

    /** A PNG of one pixel. */
    private static final byte[] PIXEL = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=");

    private final Path root;
    private final int lostEvery;
    private final Set<Path> folders = new HashSet<>();
    private long attachments;

    /**
     * In the folder of those files.
     *
     * @param lostEvery each so many-th attachment has lost its file; with 0 none has
     */
    public HistoryFiles(ChatFiles files, int lostEvery) {
        this.root = files.root();
        this.lostEvery = lostEvery;
    }

    /**
     * The file of an attachment.
     *
     * @param name its name
     * @param thumbnail whether it has a thumbnail
     */
    record Attached(String name, boolean thumbnail) {}

    /** Writes the file of the next attachment, and whatever the rule says is beside it. */
    Attached attach(String url, Instant sentAt) throws IOException {
        long number = ++attachments;
        byte[] content = url.getBytes(StandardCharsets.UTF_8);
        String picture = pictureEnding(url);
        String stem = String.format(Locale.ROOT, "%s%02x/%08d", ChatFiles.UPLOADS, number % FOLDERS, number);
        String name = stem + (picture.isEmpty() ? ".bin" : picture);
        if (lostEvery == 0 || number % lostEvery != 0) {
            write(name, content, sentAt);
        }
        if (!picture.isEmpty()) {
            write(ChatFiles.thumbnailOf(name), PIXEL, sentAt);
        }
        if (number % UNSENT_EVERY == 0) {
            write(stem + "-unsent.bin", content, sentAt);
        }
        if (number % BROKEN_OFF_EVERY == 0) {
            write(stem + ".part", content, sentAt);
        }
        return new Attached(name, !picture.isEmpty());
    }

    /** How the address of a picture ends, in small letters and without query and fragment; empty for any other. */
    private static String pictureEnding(String url) {
        String path = url.split("[?#]", 2)[0].toLowerCase(Locale.ROOT);
        return PICTURES.stream().filter(path::endsWith).findFirst().orElse("");
    }

    private void write(String name, byte[] content, Instant time) throws IOException {
        Path file = root.resolve(name);
        Path folder = file.getParent();
        if (folder != null && folders.add(folder)) {
            Files.createDirectories(folder);
        }
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(time));
    }
}
