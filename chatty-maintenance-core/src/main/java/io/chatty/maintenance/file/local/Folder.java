package io.chatty.maintenance.file.local;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Iterator;
import java.util.Set;

/**
 * A directory that is held open: what is done in it is done in that very directory, even if another has taken its place
 * meanwhile. Names are single ones, checked before, and links are not followed.
 *
 * <p>Linux lets a program do that; elsewhere each step looks whether the directory is one and no link, which leaves a moment in
 * between. Not thread-safe.
 */
abstract class Folder implements Closeable, Iterable<Path> {

    private final Path path;
    private final DirectoryStream<Path> stream;

    private Folder(Path path, DirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
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
        try {
            return path.getFileSystem().getPath(name);
        } catch (InvalidPathException e) {
            throw new IOException(
                    "\"" + name + "\" cannot be the name of a file here (" + e.getReason()
                            + "); with letters outside ASCII, start this process in a UTF-8 locale, as LANG=C.UTF-8",
                    e);
        }
    }

    /** The directory of that name in it; of a link, none. */
    abstract Folder child(Path name) throws IOException;

    /** What is of that name in it, a link as itself. */
    abstract BasicFileAttributes attributes(Path name) throws IOException;

    abstract SeekableByteChannel channel(Path name, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException;

    abstract void delete(Path name) throws IOException;

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
        void move(Path name, Folder target, Path targetName) throws IOException {
            Files.move(file(name), ((LookedAt) target).file(targetName), StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
