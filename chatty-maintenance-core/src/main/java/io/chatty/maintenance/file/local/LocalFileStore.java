package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files in a directory of this machine and below it, its root. Thread-safe, and safe beside other processes on the same root.
 *
 * <p>It never leaves its root: names are checked, links are neither followed nor taken for files, what is mounted below it is passed
 * over, and a directory that is swapped for a link while a file is opened, moved or deleted changes nothing, on Linux; elsewhere
 * Java cannot hold a directory open, and a moment remains. Making a directory and giving a file a name that must be free, as a write
 * and a restore do, goes by path on Linux as well: that is looked at again before it counts as done, and what came to be
 * elsewhere is taken away again.
 *
 * <p>What it writes only its owner may read (modes 0600 and 0700 where the file system has modes). A file is written under
 * another name in the directory {@code .chatty-maintenance} of the root, which no name may begin with, synced, and then linked to
 * its own name, or renamed where the file system has no links: two processes that write one name at the same moment may there
 * replace each other's file, and a restore another's write. What a killed process leaves in that directory is deleted by the next
 * store that opens the root, when it is a day old by the file system's own clock. In the same directory are the store's id, the lock,
 * and what is set aside. The root and all below it must be one file system; that it is one with that directory is tried when it is
 * opened.
 *
 * <p>Names are told by the bytes of UTF-8. One that is no UTF-8 is left alone and counted as passed over, and so is each that is not
 * ASCII if this process was started in another locale: asked for by name, it is an error that says what to do.
 *
 * <p>A file is as old as its last change of any kind, which cannot be set back, unless the store
 * {@linkplain Builder#trustsModificationTime() is told otherwise}.
 */
public final class LocalFileStore implements SweepableStore {

    private static final int NAMES_IN_MEMORY = 200_000;

    private final Path root;
    private final @Nullable Object rootKey;
    private final boolean trustsModificationTime;
    private final NewFiles newFiles;
    private final FolderTree tree;
    private final Marker marker;
    private final SweepLock lock;
    private final Quarantine quarantine;

    private LocalFileStore(Builder builder) throws IOException {
        this.root = builder.root.toRealPath();
        this.rootKey = key(root);
        this.trustsModificationTime = builder.trustsModificationTime;
        this.newFiles = new NewFiles(this, root);
        this.tree = FolderTree.of(root, builder.namesInMemory, newFiles::temporary);
        this.marker = new Marker(newFiles);
        this.lock = new SweepLock(newFiles, root.getFileSystem(), rootKey == null ? root : rootKey);
        this.quarantine = new Quarantine(this, newFiles);
    }

    /**
     * The store of a directory, which must exist: one that is missing is more likely not mounted than new.
     *
     * @throws NoSuchFileException if it does not exist
     * @throws IOException if it is no directory that can be written to
     */
    public static LocalFileStore open(Path root) throws IOException {
        return builder(root).open();
    }

    /** Says more of the store of a directory, before it is opened. */
    public static Builder builder(Path root) {
        return new Builder(root);
    }

    /** What is said of a store. Not thread-safe. */
    public static final class Builder {

        private final Path root;
        private boolean trustsModificationTime;
        private int namesInMemory = NAMES_IN_MEMORY;

        private Builder(Path root) {
            this.root = Objects.requireNonNull(root, "root");
        }

        /**
         * Files are as old as the time of their last modification says. Otherwise they are no older than their last change of any
         * kind, which makes all files young that were copied, restored, or given to another owner, and which no writer can set
         * back. With this, an upload that keeps the time that its file had elsewhere is old as soon as it arrives.
         */
        public Builder trustsModificationTime() {
            this.trustsModificationTime = true;
            return this;
        }

        /** How many names of one directory are sorted in memory; 200,000 unless given. */
        Builder namesInMemory(int names) {
            this.namesInMemory = names;
            return this;
        }

        /** Opens it, see {@link LocalFileStore#open}. */
        public LocalFileStore open() throws IOException {
            return new LocalFileStore(this);
        }
    }

    private static @Nullable Object key(Path directory) throws IOException {
        try {
            return Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException e) {
            throw new FileSystemException(directory.toString(), null, "is not there any more"); // no file of it is gone
        }
    }

    /** The root, if it is still the one that was opened: nothing is written into an empty mount point. */
    Folder root() throws IOException {
        if (!Objects.equals(key(root), rootKey)) {
            throw new FileSystemException(
                    root.toString(), null, "is not the directory that it was when this store was opened");
        }
        return Folder.open(root);
    }

    /** The directory that the file of a name is in. */
    Folder parentOf(String[] parts) throws IOException {
        return root().descend(parts, parts.length - 1);
    }

    FolderTree tree() {
        return tree;
    }

    FileState state(Found found) {
        return found.state(trustsModificationTime);
    }

    /** What is of that name, be it a file or not; null if nothing is. */
    @Nullable Found find(String name) throws IOException {
        String[] parts = NewFiles.parts(name);
        try (Folder folder = parentOf(parts)) {
            return folder.look(folder.name(parts[parts.length - 1]));
        } catch (NoSuchFileException e) {
            root().close(); // else the root is what is gone
            return null;
        }
    }

    @Override
    public void write(String name, Content content) throws IOException {
        newFiles.write(NewFiles.parts(name), content);
    }

    @Override
    public InputStream open(String name) throws IOException {
        String[] parts = NewFiles.parts(name);
        try (Folder folder = parentOf(parts)) {
            return folder.open(folder.name(parts[parts.length - 1]), name);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(name, null, "there is no such file in " + root);
        }
    }

    @Override
    public boolean delete(String name) throws IOException {
        String[] parts = NewFiles.parts(name);
        try (Folder folder = parentOf(parts)) {
            Path last = folder.name(parts[parts.length - 1]);
            folder.checkIsFile(last, name);
            folder.delete(last);
            return true;
        } catch (NoSuchFileException e) {
            root().close(); // else the root is what is gone
            return false;
        }
    }

    /** What the file of that name is now; empty if there is none: a directory, a link or the like is no file. */
    @Override
    public Optional<FileState> look(String name) throws IOException {
        try {
            return Optional.ofNullable(find(name)).filter(Found::file).map(this::state);
        } catch (NotDirectoryException e) {
            return Optional.empty();
        }
    }

    @Override
    public Stream<StoredFile> list(String prefix) throws IOException {
        FileListing listing = list(tree.lookingAtAll(), prefix, "");
        return Pulled.stream(new Pulled.Source<>() {
            @Override
            public @Nullable StoredFile next() throws IOException {
                return listing.next().orElse(null);
            }

            @Override
            public void close() throws IOException {
                listing.close();
            }
        });
    }

    /**
     * As it says there; on some file systems an entry is not looked at to see whether it is a file, in directories in which no
     * directory is left to be found. A link, a pipe or the like then is listed until its state is asked for, which tells it as gone.
     */
    @Override
    public FileListing list(String prefix, String after) throws IOException {
        return list(tree, prefix, after);
    }

    private FileListing list(FolderTree seen, String prefix, String after) throws IOException {
        String[] parts = FileNames.checkPrefix(prefix).split("/", -1);
        if (!after.isEmpty()) {
            FileNames.check(after);
        }
        if (parts.length > 1 && NewFiles.isOwn(parts[0])) {
            return Listing.none();
        }
        Folder top;
        try {
            top = parentOf(parts);
        } catch (NoSuchFileException | NotDirectoryException e) {
            root().close(); // else the root is what is gone
            return Listing.none();
        }
        String above = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        return new Listing(this, seen, top, above, parts[parts.length - 1], after);
    }

    @Override
    public boolean listsInByteOrder() {
        return true;
    }

    @Override
    public FileQuarantine quarantine() {
        return quarantine;
    }

    @Override
    public Optional<String> id() throws IOException {
        return marker.id();
    }

    @Override
    public void giveId(String id) throws IOException {
        marker.giveId(id);
    }

    @Override
    public Instant now() throws IOException {
        return newFiles.now();
    }

    @Override
    public Optional<FileSpace> space() throws IOException {
        root().close(); // of an empty mount point the space is another's
        java.nio.file.FileStore system = Files.getFileStore(root);
        long total = system.getTotalSpace();
        return Optional.of(new FileSpace(total, Math.min(system.getUsableSpace(), total)));
    }

    @Override
    public Optional<Lock> lock() throws IOException {
        return lock.take();
    }

    @Override
    public Pruned prune(Instant unchangedSince, int levels, int most, String after) throws IOException {
        if (!after.isEmpty()) {
            FileNames.check(after);
        }
        try (EmptyFolders folders = new EmptyFolders(tree, root(), unchangedSince, levels, most, after)) {
            return folders.prune();
        }
    }

    @Override
    public String toString() {
        return "LocalFileStore[" + root + "]";
    }
}
