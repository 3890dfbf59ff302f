package io.chatty.maintenance.testkit.limit;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** A store of which it can be said how full it is. */
final class FullStore implements SweepableStore {

    private final SweepableStore files;
    FileSpace space = new FileSpace(1000, 1000);

    FullStore(SweepableStore files) {
        this.files = files;
    }

    @Override
    public Optional<FileSpace> space() {
        return Optional.of(space);
    }

    @Override
    public Optional<FileState> look(String name) throws IOException {
        return files.look(name);
    }

    @Override
    public FileListing list(String prefix, String after) throws IOException {
        return files.list(prefix, after);
    }

    @Override
    public boolean listsInByteOrder() {
        return files.listsInByteOrder();
    }

    @Override
    public FileQuarantine quarantine() {
        return files.quarantine();
    }

    @Override
    public Optional<String> id() throws IOException {
        return files.id();
    }

    @Override
    public void giveId(String id) throws IOException {
        files.giveId(id);
    }

    @Override
    public Instant now() throws IOException {
        return files.now();
    }

    @Override
    public Optional<Lock> lock() throws IOException {
        return files.lock();
    }

    @Override
    public Pruned prune(Instant unchangedSince, int levels, int most, String after) throws IOException {
        return files.prune(unchangedSince, levels, most, after);
    }

    @Override
    public void write(String name, Content content) throws IOException {
        files.write(name, content);
    }

    @Override
    public InputStream open(String name) throws IOException {
        return files.open(name);
    }

    @Override
    public Stream<StoredFile> list(String prefix) throws IOException {
        return files.list(prefix);
    }

    @Override
    public boolean delete(String name) throws IOException {
        return files.delete(name);
    }
}
