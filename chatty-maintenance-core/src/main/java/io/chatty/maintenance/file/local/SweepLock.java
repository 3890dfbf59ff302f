package io.chatty.maintenance.file.local;

import io.chatty.maintenance.file.SweepableStore.Lock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a file in a store's own directory, which the system takes back when the process ends.
 *
 * <p>It is one between processes, and all of it is lost when a process closes any channel to that file. Within a process, only
 * whoever is first may therefore open it. Where another class loader has these classes again, what it holds is seen; the
 * channel by which it was seen stays open then, for the next try.
 */
final class SweepLock {

    private static final String FILE = "lock";
    private static final Set<Place> TAKEN = ConcurrentHashMap.newKeySet();

    private final NewFiles newFiles;
    private final Place place;
    private @Nullable FileChannel seen; // only whoever added to TAKEN touches it

    private record Place(FileSystem system, Object root) {}

    /** @param root by what its root is told from others of that file system */
    SweepLock(NewFiles newFiles, FileSystem system, Object root) {
        this.newFiles = newFiles;
        this.place = new Place(system, root);
    }

    Optional<Lock> take() throws IOException {
        if (!TAKEN.add(place)) {
            return Optional.empty();
        }
        boolean taken = false;
        try {
            FileChannel channel = seen == null ? open() : seen;
            seen = null;
            taken = channel == null || tryLock(channel);
            return taken ? Optional.of(new Held(channel)) : Optional.empty();
        } finally {
            if (!taken) {
                TAKEN.remove(place);
            }
        }
    }

    private boolean tryLock(FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return true;
            }
        } catch (OverlappingFileLockException e) {
            seen = channel;
            return false;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return false;
    }

    /** The channel to be locked; null where a file cannot be. */
    private @Nullable FileChannel open() throws IOException {
        try (Folder own = newFiles.own()) {
            SeekableByteChannel channel = own.channel(
                    own.name(FILE),
                    Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS),
                    newFiles.fileMode());
            if (channel instanceof FileChannel file) {
                return file;
            }
            channel.close();
            return null;
        }
    }

    private final class Held implements Lock {

        private final @Nullable FileChannel channel;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Held(@Nullable FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            if (closed.compareAndSet(false, true)) {
                try {
                    if (channel != null) {
                        channel.close();
                    }
                } finally {
                    TAKEN.remove(place);
                }
            }
        }
    }
}
