package io.chatty.maintenance.benchmarks;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.task.Counts;
import java.io.InputStream;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A store of very many files that are made up as they are listed, and can only be looked at. */
final class MadeUpStore implements SweepableStore {

    private final long count;

    MadeUpStore(long count) {
        this.count = count;
    }

    static String name(long number) {
        return String.format(Locale.ROOT, "%06d/%012d.png", number / 100, number);
    }

    static long number(String name) {
        return Long.parseLong(name.substring(name.indexOf('/') + 1, name.length() - 4));
    }

    @Override
    public FileListing list(String prefix, String after) {
        return new FileListing() {
            private long next = after.isEmpty() ? 0 : number(after) + 1;

            @Override
            public Optional<StoredFile> next() {
                return next < count ? Optional.of(new MadeUp(name(next++))) : Optional.empty();
            }

            @Override
            public Counts skipped() {
                return Counts.none();
            }

            @Override
            public void close() {}
        };
    }

    private record MadeUp(String name) implements StoredFile {
        @Override
        public FileState state() {
            return new FileState(1, Instant.now(), name);
        }
    }

    @Override
    public Optional<FileState> look(String name) {
        return Optional.of(new MadeUp(name).state());
    }

    @Override
    public boolean listsInByteOrder() {
        return true;
    }

    @Override
    public Optional<String> id() {
        return Optional.empty();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Optional<FileSpace> space() {
        return Optional.empty();
    }

    @Override
    public Optional<Lock> lock() {
        return Optional.of(() -> {});
    }

    @Override
    public Pruned prune(Instant unchangedSince, int levels, int most, String after) {
        return new Pruned(0, 0, Optional.empty());
    }

    private static UnsupportedOperationException madeUp() {
        return new UnsupportedOperationException("these files are made up");
    }

    @Override
    public void write(String name, Content content) {
        throw madeUp();
    }

    @Override
    public InputStream open(String name) {
        throw madeUp();
    }

    @Override
    public Stream<StoredFile> list(String prefix) {
        throw madeUp();
    }

    @Override
    public boolean delete(String name) {
        throw madeUp();
    }

    @Override
    public FileQuarantine quarantine() {
        throw madeUp();
    }

    @Override
    public void giveId(String id) {
        throw madeUp();
    }
}
