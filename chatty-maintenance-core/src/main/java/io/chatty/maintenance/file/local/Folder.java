package io.chatty.maintenance.file.local;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is held open: what is done in it is done in that very directory, even if another has taken its place
 * meanwhile. Names are single ones, checked before, and links are not followed.
 *
 * <p>Linux lets a program do that; elsewhere each step looks whether the directory is one and no link, which leaves a moment in
 * between. Not thread-safe.
 */
abstract class Folder implements Closeable, Iterable<Path> {

    /** Whether names have all letters: in another locale a name that is not ASCII is read as another, or as none. */
    private static final boolean ALL_LETTERS =
            "UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding", "UTF-8")) || File.separatorChar == '\\';

    private final Path path;
    private final DirectoryStream<Path> stream;
    private final boolean unix;

    private Folder(Path path, DirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
        this.unix = isUnix(path);
    }

    /** Whether more can be told of files than on all systems. */
    static boolean isUnix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** The directory of that path, whose own parents may be links. */
    @SuppressWarnings("StreamResourceLeak") // it is closed with the folder
    static Folder open(Path path) throws IOException {
        DirectoryStream<Path> stream = Files.newDirectoryStream(path);
        return stream instanceof SecureDirectoryStream<Path> secure
                ? new Held(path, secure)
                : new LookedAt(path, stream);
    }

    /** Where it was when it was opened. */
    Path path() {
        return path;
    }

    /** What is in it, links too; can be asked once. */
    @Override
    public Iterator<Path> iterator() {
        return stream.iterator();
    }

    /** The name as this file system has it. */
    Path name(String name) throws IOException {
        FileSystem system = path.getFileSystem();
        try {
            Path own = system.getPath(name);
            if (ALL_LETTERS || isAscii(name) || !system.equals(FileSystems.getDefault())) {
                return own;
            }
        } catch (InvalidPathException e) {
            throw noName(name, e.getReason(), e);
        }
        throw noName(name, "this process has other letters than UTF-8", null);
    }

    private static IOException noName(String name, String why, @Nullable Exception cause) {
        return new IOException(
                "\"" + name + "\" cannot be the name of a file here (" + why
                        + "); with letters outside ASCII, start this process in a UTF-8 locale, as LANG=C.UTF-8",
                cause);
    }

    /** Whether that text of an entry is its name: one that is not UTF-8 would be another if it were asked for. */
    boolean isName(String text, Path entry) {
        try {
            return isAscii(text) || name(text).equals(entry.getFileName());
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** The directory of that name in it; of a link, none. */
    abstract Folder child(Path name) throws IOException;

    /** What is of that name in it, a link as itself. */
    abstract BasicFileAttributes attributes(Path name) throws IOException;

    /** The directory that the first of those names lead to from here. This one is closed, unless none are asked for. */
    Folder descend(String[] names, int count) throws IOException {
        Folder folder = this;
        for (int i = 0; i < count; i++) {
            try (Folder parent = folder) {
                folder = parent.child(parent.name(names[i]));
            }
        }
        return folder;
    }

    /** Whether a directory is of that name in it, and no link to one. */
    boolean isFolder(Path name) throws IOException {
        try {
            return attributes(name).isDirectory();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Opens a file in it for reading.
     *
     * @param called what it is called in messages
     */
    InputStream open(Path name, String called) throws IOException {
        checkIsFile(name, called); // opening a pipe would wait for its writer
        return Channels.newInputStream(channel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    }

    /** @throws FileSystemException if what is of that name in it is no ordinary file */
    void checkIsFile(Path name, String called) throws IOException {
        BasicFileAttributes found = attributes(name);
        if (!found.isRegularFile()) {
            throw new FileSystemException(
                    called, null, found.isSymbolicLink() ? "is a link, which is not followed" : "is no file");
        }
    }

    /** Whether there is anything of that name in it. */
    boolean has(Path name) throws IOException {
        try {
            attributes(name);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * What is of that name in it, a link as itself, with all that can be told. Java tells some of it by path alone: that is
     * taken only if it is of the very file that is in this directory.
     *
     * @throws NoSuchFileException if there is nothing of that name
     */
    Found look(Path name) throws IOException {
        BasicFileAttributes held = attributes(name);
        if (!unix) {
            return Found.of(held);
        }
        for (int tries = 0; tries < 3; tries++) {
            try {
                Found found =
                        Found.of(Files.readAttributes(path.resolve(name), Found.ATTRIBUTES, LinkOption.NOFOLLOW_LINKS));
                if (Objects.equals(found.key(), held.fileKey())) {
                    return found;
                }
            } catch (NoSuchFileException e) {
                // it went, or the directory did: the next line tells
            }
            held = attributes(name);
        }
        throw replaced(path.resolve(name));
    }

    private static FileSystemException replaced(Path path) {
        return new FileSystemException(
                path.toString(), null, "was replaced, or its directory was, while it was looked at");
    }

    /**
     * Gives a file of this directory a name in another as well, unless that name is taken there. Java does this by path alone: it
     * is looked at afterwards, and what came to be elsewhere is taken away again.
     *
     * @return whether the name was free
     * @throws FileSystemException if a directory was replaced meanwhile
     */
    boolean link(Path name, Folder target, Path targetName) throws IOException {
        Object key = attributes(name).fileKey();
        Path there = target.path.resolve(targetName);
        try {
            // Fails, where a rename would replace.
            Files.createLink(there, path.resolve(name));
        } catch (FileAlreadyExistsException e) {
            if (target.has(targetName)) {
                return false;
            }
            throw replaced(there);
        }
        if (!target.has(targetName)
                || !Objects.equals(target.attributes(targetName).fileKey(), key)) {
            if (Objects.equals(
                    Files.readAttributes(there, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .fileKey(),
                    key)) {
                Files.delete(there); // one of the names of a file that has another
            }
            throw replaced(there);
        }
        return true;
    }

    abstract SeekableByteChannel channel(Path name, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException;

    abstract void delete(Path name) throws IOException;

    /**
     * Deletes a directory in it.
     *
     * @throws java.nio.file.DirectoryNotEmptyException if anything is in that
     */
    abstract void deleteFolder(Path name) throws IOException;

    /** Moves a file of it to another, in one step. What has that name there is replaced. */
    abstract void move(Path name, Folder target, Path targetName) throws IOException;

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private static final class Held extends Folder {

        private final SecureDirectoryStream<Path> directory;

        private Held(Path path, SecureDirectoryStream<Path> directory) {
            super(path, directory);
            this.directory = directory;
        }

        @Override
        Folder child(Path name) throws IOException {
            return new Held(path().resolve(name), directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
        }

        @Override
        BasicFileAttributes attributes(Path name) throws IOException {
            return directory
                    .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
        }

        @Override
        SeekableByteChannel channel(Path name, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            return directory.newByteChannel(name, options, attributes);
        }

        @Override
        void delete(Path name) throws IOException {
            directory.deleteFile(name);
        }

        @Override
        void deleteFolder(Path name) throws IOException {
            directory.deleteDirectory(name);
        }

        @Override
        void move(Path name, Folder target, Path targetName) throws IOException {
            directory.move(name, ((Held) target).directory, targetName);
        }
    }

    private static final class LookedAt extends Folder {

        private LookedAt(Path path, DirectoryStream<Path> stream) {
            super(path, stream);
        }

        private Path file(Path name) throws IOException {
            if (!Files.isDirectory(path(), LinkOption.NOFOLLOW_LINKS)) {
                throw new FileSystemException(path().toString(), null, "is a directory no more");
            }
            return path().resolve(name);
        }

        @Override
        @SuppressWarnings("StreamResourceLeak") // it is closed with the folder
        Folder child(Path name) throws IOException {
            Path child = file(name);
            BasicFileAttributes found = attributes(name);
            if (found.isSymbolicLink()) {
                throw new FileSystemException(child.toString(), null, "is a link, which is not followed");
            }
            if (!found.isDirectory()) {
                throw new NotDirectoryException(child.toString());
            }
            return new LookedAt(child, Files.newDirectoryStream(child));
        }

        @Override
        BasicFileAttributes attributes(Path name) throws IOException {
            return Files.readAttributes(file(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        }

        @Override
        SeekableByteChannel channel(Path name, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            return Files.newByteChannel(file(name), options, attributes);
        }

        @Override
        void delete(Path name) throws IOException {
            Files.delete(file(name));
        }

        @Override
        void deleteFolder(Path name) throws IOException {
            if (!attributes(name).isDirectory()) {
                throw new NotDirectoryException(file(name).toString());
            }
            Files.delete(file(name));
        }

        @Override
        void move(Path name, Folder target, Path targetName) throws IOException {
            Files.move(file(name), ((LookedAt) target).file(targetName), StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
