package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.FileStore;
import io.chatty.maintenance.file.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Files in a directory of this machine and below it, its root. Thread-safe, and safe beside other processes on the same root.
 *
 * <p>It never leaves its root: names are checked, links are neither followed nor listed, and a directory that is swapped for a
 * link while a file is opened or deleted changes nothing, on Linux; elsewhere Java cannot hold a directory open, and a moment
 * remains. Making a directory and putting a new file in place goes by path on Linux as well: what is put in place is looked at
 * again before a write returns.
 *
 * <p>What it writes only its owner may read (modes 0600 and 0700 where the file system has modes). A file is written under
 * another name in the directory {@code .chatty-maintenance} of the root, which no name may begin with, synced, and then linked to
 * its own name, or renamed where the file system has no links: two processes that write one name at the same moment may there
 * replace each other's file. What a killed process leaves in that directory is deleted by the next store that opens the root,
 * when it is a day old by the file system's own clock. The root and all below it must be one file system.
 */
public final class LocalFileStore implements FileStore {

    private final Path root;
    private final @Nullable Object rootKey;
    private final NewFiles newFiles;

    private LocalFileStore(Path root) throws IOException {
        this.root = root;
        this.rootKey = key(root);
        this.newFiles = new NewFiles(this, root);
    }

    /**
     * The store of a directory, which must exist: one that is missing is more likely not mounted than new.
     *
     * @throws NoSuchFileException if it does not exist
     * @throws IOException if it is no directory that can be written to
     */
    public static LocalFileStore open(Path root) throws IOException {
        return new LocalFileStore(root.toRealPath());
    }

    private static @Nullable Object key(Path directory) throws IOException {
        return Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** The root, if it is still the one that was opened: nothing is written into an empty mount point. */
    Folder root() throws IOException {
        if (!Objects.equals(key(root), rootKey)) {
            throw new FileSystemException(
                    root.toString(), null, "is not the directory that it was when this store was opened");
        }
        return Folder.open(root);
    }

    /** The directory that those parts of a name lead to, beginning at the root. */
    private Folder folder(String[] parts, int count) throws IOException {
        Folder folder = root();
        for (int i = 0; i < count; i++) {
            try (Folder parent = folder) {
                folder = parent.child(parent.name(parts[i]));
            }
        }
        return folder;
    }

    private static String[] parts(String name) {
        String[] parts = FileNames.check(name).split("/", -1);
        NewFiles.checkNotOwn(parts[0], name);
        return parts;
    }

    @Override
    public void write(String name, Content content) throws IOException {
        newFiles.write(parts(name), content);
    }

    @Override
    public InputStream open(String name) throws IOException {
        String[] parts = parts(name);
        try (Folder folder = parentOf(parts)) {
            Path last = folder.name(parts[parts.length - 1]);
            checkIsFile(folder, last, name); // opening a pipe would wait for its writer
            return Channels.newInputStream(
                    folder.channel(last, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(name, null, "there is no such file in " + root);
        }
    }

    @Override
    public boolean delete(String name) throws IOException {
        String[] parts = parts(name);
        try (Folder folder = parentOf(parts)) {
            Path last = folder.name(parts[parts.length - 1]);
            checkIsFile(folder, last, name);
            folder.delete(last);
            return true;
        } catch (NoSuchFileException e) {
            root().close(); // else the root is what is gone
            return false;
        }
    }

    private Folder parentOf(String[] parts) throws IOException {
        return folder(parts, parts.length - 1);
    }

    private static BasicFileAttributes checkIsFile(Folder folder, Path last, String name) throws IOException {
        BasicFileAttributes found = folder.attributes(last);
        if (!found.isRegularFile()) {
            throw new FileSystemException(
                    name, null, found.isSymbolicLink() ? "is a link, which is not followed" : "is no file");
        }
        return found;
    }

    @Override
    public Stream<StoredFile> list(String prefix) throws IOException {
        String[] parts = FileNames.checkPrefix(prefix).split("/", -1);
        String above = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        Folder top;
        try {
            top = parts[0].equals(NewFiles.OWN) ? null : parentOf(parts);
        } catch (NoSuchFileException | NotDirectoryException e) {
            root().close(); // else the root is what is gone
            top = null;
        }
        if (top == null) {
            return Stream.empty();
        }
        Listing listing = new Listing(top, above, prefix);
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(listing, Spliterator.DISTINCT | Spliterator.NONNULL), false)
                .map(name -> (StoredFile) new Listed(name))
                .onClose(listing::close);
    }

    private final class Listed implements StoredFile {

        private final String name;

        private Listed(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public FileState state() throws IOException {
            String[] parts = parts(name);
            try (Folder folder = parentOf(parts)) {
                Path last = folder.name(parts[parts.length - 1]);
                return state(folder, last, checkIsFile(folder, last, name));
            }
        }

        private FileState state(Folder folder, Path last, BasicFileAttributes found) throws IOException {
            Instant modified = found.lastModifiedTime().toInstant();
            Path path = folder.path().resolve(last);
            String version = found.fileKey() + " " + modified;
            if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                return new FileState(found.size(), modified, version);
            }
            // The time of modification can be set back, as rsync and tar do; that of change cannot.
            Instant changed =
                    ((FileTime) Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS)).toInstant();
            return new FileState(found.size(), changed.isAfter(modified) ? changed : modified, version + " " + changed);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
