package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileStore.Content;
import io.chatty.maintenance.file.order.TemporaryFile;
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
import java.util.Set;
import java.util.UUID;

/** Writes files of a {@link LocalFileStore}: under another name first, then in one step in place. */
final class NewFiles {

    /** The directory of what is not yet, or no longer, a file of the store. */
    static final String OWN = ".chatty-maintenance";

    private static final String UNFINISHED = "new-";
    private static final Duration STALE = Duration.ofDays(1);
    static final int TRIES = 10; // whoever removes empty directories may come once to each level of a name
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
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
        sync(root);
        checkIsOneFileSystem();
        this.links = canLink();
        removeStale();
    }

    private static FileAttribute<?>[] mode(String permissions) {
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        };
    }

    /** The parts of a name, if it is one of this store. */
    static String[] parts(String name) {
        String[] parts = FileNames.check(name).split("/", -1);
        if (isOwn(parts[0])) {
            throw new IllegalArgumentException(
                    "file name: \"" + name + "\" begins with " + OWN + ", which is the store's own directory");
        }
        return parts;
    }

    /** Whether what was found may be the name of a file of this store. */
    static boolean isName(String name) {
        if (name.startsWith(".")) {
            int end = name.indexOf('/');
            if (isOwn(end < 0 ? name : name.substring(0, end))) {
                return false;
            }
        }
        return FileNames.isName(name);
    }

    /** Whether what a name begins with is the store's own directory. */
    static boolean isOwn(String firstPart) {
        return firstPart.equalsIgnoreCase(OWN);
    }

    /** The mode of what only its owner may read. */
    FileAttribute<?>[] fileMode() {
        return fileMode.clone();
    }

    /** Whether a file can have two names here. */
    boolean links() {
        return links;
    }

    void write(String[] parts, Content content) throws IOException {
        String part = parts[parts.length - 1];
        inParents(parts, folder -> folder.name(part)); // what cannot be is told before the content is made
        try (Folder own = own()) {
            Path unfinished = unfinished(own);
            try {
                fill(own, unfinished, content);
                inParents(parts, folder -> {
                    Path last = folder.name(part);
                    putInPlace(own, unfinished, folder, last, String.join("/", parts));
                    sync(folder.path());
                    return last;
                });
            } finally {
                deleteIfThere(own, unfinished);
            }
        }
    }

    /** Does something in a directory of files. */
    @FunctionalInterface
    interface Step<T> {
        T in(Folder folder) throws IOException;
    }

    /**
     * Does something in the directory that a name leads to, which is made where it is missing. An empty directory may be removed
     * at any moment, by {@link EmptyFolders} or by another: then it is made again, and the step done again, ten times in all.
     */
    <T> T inParents(String[] parts, Step<T> step) throws IOException {
        for (int tries = 1; ; tries++) {
            try (Folder folder = makeParents(parts)) {
                return step.in(folder);
            } catch (NoSuchFileException e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Writes a file of that name in the store's own directory, unless it is there with another content. */
    void writeOwn(String name, Content content) throws IOException {
        try (Folder own = own()) {
            Path unfinished = unfinished(own);
            try {
                fill(own, unfinished, content);
                putInPlace(own, unfinished, own, own.name(name), name);
                sync(own.path());
            } finally {
                deleteIfThere(own, unfinished);
            }
        }
    }

    /** A new file for writing and reading in the store's own directory, which is deleted when it is closed. */
    TemporaryFile temporary() throws IOException {
        try (Folder own = own()) {
            Path name = unfinished(own);
            Set<OpenOption> options =
                    Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            return new TemporaryFile(own.channel(name, options, fileMode), () -> {
                try (Folder again = own()) {
                    deleteIfThere(again, name);
                }
            });
        }
    }

    /** What time it is by the clock of the file system. */
    Instant now() throws IOException {
        try (Folder own = own()) {
            Path probe = unfinished(own);
            try {
                own.channel(probe, NEW, fileMode).close();
                return own.attributes(probe).lastModifiedTime().toInstant();
            } finally {
                deleteIfThere(own, probe);
            }
        }
    }

    /** The store's own directory. */
    Folder own() throws IOException {
        try (Folder top = store.root()) {
            return top.child(top.name(OWN));
        }
    }

    private static Path unfinished(Folder own) throws IOException {
        return own.name(UNFINISHED + UUID.randomUUID());
    }

    private Folder makeParents(String[] parts) throws IOException {
        return makeFolders(store.root(), parts, parts.length - 1, true);
    }

    /** The directory to which the first of those names lead from the store's own, made where it is missing, and not synced. */
    Folder makeOwnFolders(String[] names, int count) throws IOException {
        return makeFolders(own(), names, count, false);
    }

    private Folder makeFolders(Folder top, String[] names, int count, boolean lasting) throws IOException {
        Folder folder = top;
        for (int i = 0; i < count; i++) {
            try (Folder parent = folder) {
                folder = makeChild(parent, names[i], lasting);
            }
        }
        return folder;
    }

    private Folder makeChild(Folder parent, String part, boolean lasting) throws IOException {
        Path name = parent.name(part);
        try {
            return parent.child(name);
        } catch (NoSuchFileException e) {
            makeFolder(parent.path(), part);
            if (lasting) {
                sync(parent.path());
            }
            return parent.child(name);
        }
    }

    private void makeFolder(Path parent, String name) throws IOException {
        try {
            Files.createDirectory(parent.resolve(name), folderMode);
        } catch (FileAlreadyExistsException e) {
            // another was faster
        }
    }

    private void fill(Folder own, Path unfinished, Content content) throws IOException {
        try (SeekableByteChannel channel = own.channel(unfinished, NEW, fileMode)) {
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
        if (folder.has(last) || !giveName(own, unfinished, folder, last)) {
            checkIsSame(own, unfinished, folder, last, name);
        }
    }

    /**
     * Gives a file a name in another directory, unless there is something of that name. It may have its first name as well
     * afterwards, for the caller to delete.
     */
    boolean giveName(Folder from, Path name, Folder to, Path toName) throws IOException {
        if (links) {
            return from.link(name, to, toName);
        }
        if (to.has(toName)) {
            return false;
        }
        from.move(name, to, toName);
        return true;
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

    static void deleteIfThere(Folder own, Path unfinished) throws IOException {
        try {
            own.delete(unfinished);
        } catch (NoSuchFileException e) {
            // it was moved
        }
    }

    /** Makes entries of a directory last, where the system can. */
    static void sync(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /**
     * All is moved to and from the store's own directory in one step. That it can be is tried with a directory: a file would be
     * seen by those who list the root.
     */
    private void checkIsOneFileSystem() throws IOException {
        try (Folder top = store.root();
                Folder own = own()) {
            String name = OWN + "-" + UUID.randomUUID();
            Path probe = own.name(name);
            makeFolder(own.path(), name);
            Folder where = own;
            try {
                own.move(probe, top, probe);
                where = top;
            } catch (FileSystemException e) {
                throw new FileSystemException(
                        root.toString(),
                        null,
                        "nothing can be moved to it from its directory " + OWN + " in one step (" + e.getReason()
                                + "): both must be on one file system, with nothing mounted on the latter");
            } finally {
                where.deleteFolder(probe);
            }
        }
    }

    /** Deletes what writers left that were killed a day ago or more. */
    private void removeStale() throws IOException {
        try (Folder own = own()) {
            Instant now = now();
            for (Path entry : own) {
                removeIfStale(own, entry.getFileName(), now);
            }
        }
    }

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
