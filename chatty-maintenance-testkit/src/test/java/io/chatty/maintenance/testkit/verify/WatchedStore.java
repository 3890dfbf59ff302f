package io.chatty.maintenance.testkit.verify;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A store of which tests see what is looked at and read, and in which something happens at that moment. It refuses to be changed. */
public final class WatchedStore implements SweepableStore {

    private final SweepableStore target;
    private final Map<String, Action> before = new HashMap<>();
    /** What is to fail, such as {@code open a}. */
    public final Set<String> fails = new HashSet<>();
    /** What streams come to. */
    public UnaryOperator<InputStream> opened = in -> in;
    /** Is told the name of each file that is opened. */
    public Consumer<String> onOpen = name -> {};

    public final AtomicInteger opens = new AtomicInteger();
    public final AtomicInteger closes = new AtomicInteger();

    /** What happens. */
    public interface Action {
        void run() throws IOException;
    }

    public WatchedStore(SweepableStore target) {
        this.target = target;
    }

    /** Does it once, before what is told, such as {@code open a}. */
    public void before(String what, Action action) {
        before.put(what, action);
    }

    private void meet(String what) throws IOException {
        Action action = before.remove(what);
        if (action != null) {
            action.run();
        }
        if (fails.contains(what)) {
            throw new IOException("the disk cannot be read");
        }
    }

    @Override
    public Optional<FileState> look(String name) throws IOException {
        meet("look " + name);
        return target.look(name);
    }

    @Override
    public InputStream open(String name) throws IOException {
        meet("open " + name);
        InputStream in = opened.apply(target.open(name));
        opens.incrementAndGet();
        onOpen.accept(name);
        return new FilterInputStream(in) {
            @Override
            public void close() throws IOException {
                closes.incrementAndGet();
                super.close();
            }
        };
    }

    @Override
    public FileListing list(String prefix, String after) throws IOException {
        meet("list " + prefix);
        return target.list(prefix, after);
    }

    @Override
    public boolean listsInByteOrder() {
        return target.listsInByteOrder();
    }

    @Override
    public Optional<String> id() throws IOException {
        return target.id();
    }

    @Override
    public Instant now() throws IOException {
        return target.now();
    }

    @Override
    public Optional<FileSpace> space() throws IOException {
        return target.space();
    }

    private static AssertionError changed() {
        return new AssertionError("the store is not to be changed");
    }

    @Override
    public void write(String name, Content content) {
        throw changed();
    }

    @Override
    public Stream<StoredFile> list(String prefix) throws IOException {
        return target.list(prefix);
    }

    @Override
    public boolean delete(String name) {
        throw changed();
    }

    @Override
    public FileQuarantine quarantine() {
        throw changed();
    }

    @Override
    public void giveId(String id) {
        throw changed();
    }

    @Override
    public Optional<Lock> lock() {
        throw changed();
    }

    @Override
    public Pruned prune(Instant unchangedSince, int levels, int most, String after) {
        throw changed();
    }
}
