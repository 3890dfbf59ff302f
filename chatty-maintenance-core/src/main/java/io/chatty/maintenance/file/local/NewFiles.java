package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.FileStore.Content;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Writes files of a {@link LocalFileStore}: under another name first, then in one step in place. */
final class NewFiles {

    /** The directory of what is not yet, or no longer, a file of the store. */
    static final String OWN = ".chatty-maintenance";

    private static final String UNFINISHED = "new-";
    private static final Duration STALE = Duration.ofDays(1);
    private static final int BUFFER = 64 * 1024;

    private final LocalFileStore store;
    private final Path root;
    private final FileAttribute<?>[] fileMode;
    private final FileAttribute<?>[] folderMode;
    private final boolean links;

    NewFiles(LocalFileStore store, Path root) throws IOException {
        this.store = store;
        this.root = root;
        boolean modes = root.getFileSystem().supportedFileAttributeViews().contains("posix");
        this.fileMode = modes ? mode("rw-------") : new FileAttribute<?>[0];
        this.folderMode = modes ? mode("rwx------") : new FileAttribute<?>[0];
        makeFolder(root, OWN);
        this.links = canLink();
        removeStale();
    }

    private static FileAttribute<?>[] mode(String permissions) {
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        };
    }

    static void checkNotOwn(String firstPart, String name) {
        if (firstPart.equalsIgnoreCase(OWN)) {
            throw new IllegalArgumentException(
                    "file name: \"" + name + "\" begins with " + OWN + ", which is the store's own directory");
        }
    }

    void write(String[] parts, Content content) throws IOException {
        Path last = root.getFileSystem().getPath(parts[parts.length - 1]);
        try (Folder folder = makeParents(parts);
                Folder own = own()) {
            Path unfinished = unfinished(own);
            try {
                fill(own, unfinished, content);
                putInPlace(own, unfinished, folder, last, String.join("/", parts));
                sync(folder.path());
            } finally {
                deleteIfThere(own, unfinished);
            }
        }
    }

    private Folder own() throws IOException {
        try (Folder top = store.root()) {
            return top.child(top.name(OWN));
        }
    }

    private static Path unfinished(Folder own) throws IOException {
        return own.name(UNFINISHED + UUID.randomUUID());
    }

    private Folder makeParents(String[] parts) throws IOException {
        Folder folder = store.root();
        for (int i = 0; i < parts.length - 1; i++) {
            try (Folder parent = folder) {
                Path name = parent.name(parts[i]);
                try {
                    folder = parent.child(name);
                } catch (NoSuchFileException e) {
                    makeFolder(parent.path(), parts[i]);
                    folder = parent.child(name);
                }
            }
        }
        return folder;
    }

    private void makeFolder(Path parent, String name) throws IOException {
        try {
            Files.createDirectory(parent.resolve(name), folderMode);
        } catch (FileAlreadyExistsException e) {
            // another was faster
        }
        sync(parent);
    }

    private void fill(Folder own, Path unfinished, Content content) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        try (SeekableByteChannel channel = own.channel(unfinished, options, fileMode)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            content.writeTo(new FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    out.write(bytes, offset, length); // FilterOutputStream's own goes byte by byte
                }

                @Override
                public void close() throws IOException {
                    out.flush(); // the file is still to be synced
                }
            });
            out.flush();
            if (channel instanceof FileChannel file) { // that of a file system in memory is none
                file.force(true);
            }
        }
    }

    private void putInPlace(Folder own, Path unfinished, Folder folder, Path last, String name) throws IOException {
        Object written = own.attributes(unfinished).fileKey();
        if (isThere(folder, last)) {
            checkIsSame(own, unfinished, folder, last, name);
        } else if (links) {
            try {
                // Fails, where a rename would replace.
                Files.createLink(folder.path().resolve(last), own.path().resolve(unfinished));
            } catch (FileAlreadyExistsException e) {
                checkIsSame(own, unfinished, folder, last, name);
                return;
            }
            if (!isThere(folder, last)
                    || !Objects.equals(folder.attributes(last).fileKey(), written)) {
                throw new FileSystemException(name, null, "its directory was replaced while it was written");
            }
        } else {
            own.move(unfinished, folder, last);
        }
    }

    private static boolean isThere(Folder folder, Path name) throws IOException {
        try {
            folder.attributes(name);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void checkIsSame(Folder own, Path unfinished, Folder folder, Path last, String name)
            throws IOException {
        BasicFileAttributes there = folder.attributes(last);
        if (!there.isRegularFile()
                || there.size() != own.attributes(unfinished).size()
                || !sameContent(own, unfinished, folder, last)) {
            throw new FileAlreadyExistsException(name, null, "with another content; it is left as it is");
        }
    }

    private static boolean sameContent(Folder own, Path unfinished, Folder folder, Path last) throws IOException {
        Set<OpenOption> read = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        try (InputStream one = Channels.newInputStream(own.channel(unfinished, read));
                InputStream other = Channels.newInputStream(folder.channel(last, read))) {
            byte[] ours = one.readNBytes(BUFFER);
            while (ours.length > 0) {
                if (!Arrays.equals(ours, other.readNBytes(BUFFER))) {
                    return false;
                }
                ours = one.readNBytes(BUFFER);
            }
            return other.read() < 0;
        }
    }

    private static void deleteIfThere(Folder own, Path unfinished) throws IOException {
        try {
            own.delete(unfinished);
        } catch (NoSuchFileException e) {
            // it was moved
        }
    }

    /** Makes entries of a directory last, where the system can. */
    private static void sync(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Deletes what writers left that were killed a day ago or more. */
    private void removeStale() throws IOException {
        try (Folder own = own()) {
            Path probe = unfinished(own);
            fill(own, probe, out -> {});
            try {
                Instant now = own.attributes(probe).lastModifiedTime().toInstant(); // by the clock of the file system
                for (Path entry : own) {
                    removeIfStale(own, entry.getFileName(), now);
                }
            } finally {
                deleteIfThere(own, probe);
            }
        }
    }

    /** Whether a file can have two names here. */
    private boolean canLink() throws IOException {
        try (Folder own = own()) {
            Path probe = unfinished(own);
            Path link = unfinished(own);
            fill(own, probe, out -> {});
            try {
                Files.createLink(own.path().resolve(link), own.path().resolve(probe));
                return true;
            } catch (UnsupportedOperationException | FileSystemException e) {
                return false;
            } finally {
                deleteIfThere(own, probe);
                deleteIfThere(own, link);
            }
        }
    }

    private static void removeIfStale(Folder own, Path entry, Instant now) throws IOException {
        if (!entry.toString().startsWith(UNFINISHED)) {
            return;
        }
        try {
            BasicFileAttributes found = own.attributes(entry);
            if (found.isRegularFile() && found.lastModifiedTime().toInstant().isBefore(now.minus(STALE))) {
                own.delete(entry);
            }
        } catch (NoSuchFileException e) {
            // its writer, or another store, was faster
        }
    }
}
