package io.chatty.maintenance.testkit;

import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileStore;
import io.chatty.maintenance.file.StoredFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** A store for tests, gone with the process. Thread-safe. */
public final class InMemoryFileStore implements FileStore {

    private final NavigableMap<String, Held> files = new ConcurrentSkipListMap<>();
    private final InstantSource clock;

    private static final class Held {

        private final byte[] content;
        private final Instant changedAt;

        private Held(byte[] content, Instant changedAt) {
            this.content = content;
            this.changedAt = changedAt;
        }
    }

    /**
     * An empty store.
     *
     * @param clock says when a file is written
     */
    public InMemoryFileStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void write(String name, Content content) throws IOException {
        FileNames.check(name);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        content.writeTo(written);
        Held held = new Held(written.toByteArray(), clock.instant());
        Held there = files.putIfAbsent(name, held);
        if (there != null && !Arrays.equals(there.content, held.content)) {
            throw new FileAlreadyExistsException(name, null, "with another content; it is left as it is");
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        // Closed, it is as useless as the stream of a file; that of an array would go on.
        return new BufferedInputStream(new ByteArrayInputStream(held(FileNames.check(name)).content));
    }

    private Held held(String name) throws NoSuchFileException {
        Held held = files.get(name);
        if (held == null) {
            throw new NoSuchFileException(name);
        }
        return held;
    }

    @Override
    public Stream<StoredFile> list(String prefix) {
        return files.tailMap(FileNames.checkPrefix(prefix), true).keySet().stream()
                .takeWhile(name -> name.startsWith(prefix))
                .map(Listed::new);
    }

    @Override
    public boolean delete(String name) {
        return files.remove(FileNames.check(name)) != null;
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
        public long size() throws IOException {
            return held(name).content.length;
        }

        @Override
        public Instant changedAt() throws IOException {
            return held(name).changedAt;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
