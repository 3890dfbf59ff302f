package io.chatty.maintenance.testkit;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.RunId;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A store for tests, gone with the process. It has no end, and no directories. Thread-safe. */
public final class InMemoryFileStore implements SweepableStore {

    private static final Comparator<String> BYTES =
            Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");

    private final NavigableMap<String, Held> files = new TreeMap<>(BYTES); // guarded by this
    private final Map<Place, Held> quarantined = new LinkedHashMap<>(); // guarded by this
    private final AtomicBoolean locked = new AtomicBoolean();
    private final InstantSource clock;
    private Optional<String> id = Optional.empty(); // guarded by this
    private long versions; // guarded by this

    private record Place(RunId run, String name) {}

    private static final class Held {

        private final byte[] content;
        private final FileState state;

        private Held(byte[] content, FileState state) {
            this.content = content;
            this.state = state;
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
        byte[] bytes = written.toByteArray();
        synchronized (this) {
            Held there = files.get(name);
            if (there == null) {
                files.put(name, new Held(bytes, state(bytes.length)));
            } else if (!Arrays.equals(there.content, bytes)) {
                throw new FileAlreadyExistsException(name, null, "with another content; it is left as it is");
            }
        }
    }

    private synchronized FileState state(long size) {
        return new FileState(size, clock.instant(), Long.toString(++versions));
    }

    @Override
    public InputStream open(String name) throws IOException {
        return stream(held(FileNames.check(name)));
    }

    /** Closed, it is as useless as the stream of a file; that of an array would go on. */
    private static InputStream stream(Held held) {
        return new BufferedInputStream(new ByteArrayInputStream(held.content));
    }

    private synchronized Held held(String name) throws NoSuchFileException {
        Held held = files.get(name);
        if (held == null) {
            throw new NoSuchFileException(name);
        }
        return held;
    }

    @Override
    public synchronized Optional<FileState> look(String name) {
        return Optional.ofNullable(files.get(FileNames.check(name))).map(held -> held.state);
    }

    @Override
    public Stream<StoredFile> list(String prefix) {
        FileNames.checkPrefix(prefix);
        return Stream.iterate(next(prefix, ""), Optional::isPresent, last -> next(prefix, last.orElseThrow()))
                .map(name -> new Listed(name.orElseThrow()));
    }

    private synchronized Optional<String> next(String prefix, String after) {
        boolean begun = BYTES.compare(after, prefix) >= 0;
        return Optional.ofNullable(begun ? files.higherKey(after) : files.ceilingKey(prefix))
                .filter(name -> name.startsWith(prefix));
    }

    @Override
    public FileListing list(String prefix, String after) {
        FileNames.checkPrefix(prefix);
        if (!after.isEmpty()) {
            FileNames.check(after);
        }
        return new FileListing() {
            private String last = after;

            @Override
            public Optional<StoredFile> next() {
                Optional<String> name = InMemoryFileStore.this.next(prefix, last);
                name.ifPresent(found -> last = found);
                return name.map(Listed::new);
            }

            @Override
            public Counts skipped() {
                return Counts.none();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public boolean listsInByteOrder() {
        return true;
    }

    @Override
    public synchronized boolean delete(String name) {
        return files.remove(FileNames.check(name)) != null;
    }

    @Override
    public FileQuarantine quarantine() {
        return new Quarantine();
    }

    @Override
    public synchronized Optional<String> id() {
        return id;
    }

    @Override
    public synchronized void giveId(String given) throws FileAlreadyExistsException {
        if (!ID.matcher(given).matches()) {
            throw new IllegalArgumentException(
                    "id: \"" + given + "\" given, 1 to 100 letters, digits, - and _ are allowed");
        }
        if (id.isPresent() && !id.get().equals(given)) {
            throw new FileAlreadyExistsException("id", null, "is " + id.get() + " already");
        }
        id = Optional.of(given);
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public Optional<FileSpace> space() {
        return Optional.empty();
    }

    @Override
    public Optional<Lock> lock() {
        if (!locked.compareAndSet(false, true)) {
            return Optional.empty();
        }
        AtomicBoolean open = new AtomicBoolean(true);
        return Optional.of(() -> {
            if (open.compareAndSet(true, false)) {
                locked.set(false);
            }
        });
    }

    /** Frees the store for another sweep, as the end of a process does that was killed. */
    public void unlock() {
        locked.set(false);
    }

    @Override
    public Pruned prune(Instant unchangedSince, int levels, int most, String after) {
        return new Pruned(0, 0, Optional.empty());
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
            return held(name).state;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final class Quarantine implements FileQuarantine {

        @Override
        public Moved move(String name, FileState judged, RunId run) {
            FileNames.check(name);
            synchronized (InMemoryFileStore.this) {
                Held held = files.get(name);
                Place place = new Place(run, name);
                if (held == null || !held.state.equals(judged) || quarantined.containsKey(place)) {
                    Outcome otherwise = held == null ? Outcome.ABSENT : Outcome.CHANGED;
                    return find(name, judged, run)
                            .map(file -> new Moved(Outcome.DONE, Optional.of(file)))
                            .orElse(new Moved(otherwise, Optional.empty()));
                }
                files.remove(name);
                quarantined.put(place, held);
                return new Moved(Outcome.DONE, Optional.of(new QuarantinedFile(name, run, judged)));
            }
        }

        @Override
        public Optional<QuarantinedFile> find(String name, FileState judged, RunId run) {
            synchronized (InMemoryFileStore.this) {
                return Optional.ofNullable(quarantined.get(new Place(run, FileNames.check(name))))
                        .filter(held -> held.state.equals(judged))
                        .map(held -> new QuarantinedFile(name, run, held.state));
            }
        }

        @Override
        public InputStream open(QuarantinedFile file) throws IOException {
            synchronized (InMemoryFileStore.this) {
                Held held = quarantined.get(new Place(file.run(), file.name()));
                if (held == null) {
                    throw new NoSuchFileException(file.name());
                }
                return stream(held);
            }
        }

        @Override
        public Outcome restore(QuarantinedFile file) {
            synchronized (InMemoryFileStore.this) {
                Place place = new Place(file.run(), file.name());
                Held held = quarantined.get(place);
                if (held == null) {
                    Held there = files.get(file.name());
                    return there != null && there.state.equals(file.state()) ? Outcome.DONE : Outcome.ABSENT;
                }
                if (files.putIfAbsent(file.name(), held) != null) {
                    return Outcome.CHANGED;
                }
                quarantined.remove(place);
                return Outcome.DONE;
            }
        }

        @Override
        public Outcome delete(QuarantinedFile file) {
            synchronized (InMemoryFileStore.this) {
                Place place = new Place(file.run(), file.name());
                Held held = quarantined.get(place);
                if (held == null) {
                    return Outcome.ABSENT;
                }
                if (!held.state.equals(file.state())) {
                    return Outcome.CHANGED;
                }
                quarantined.remove(place);
                return Outcome.DONE;
            }
        }

        @Override
        public Stream<QuarantinedFile> list() {
            synchronized (InMemoryFileStore.this) {
                return List.copyOf(quarantined.entrySet()).stream()
                        .map(entry -> new QuarantinedFile(
                                entry.getKey().name(), entry.getKey().run(), entry.getValue().state));
            }
        }
    }
}
