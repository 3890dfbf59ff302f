package io.chatty.maintenance.database.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.testkit.SingleRun;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uploads, replacements, deletions and new references of old files against sweeps one after the other, without any grace and with
 * a tiny window: a file that was referred to when a run came to moving is in its place at the run's end, and at the end each file
 * that is referred to is there, and no other.
 */
final class SweepRaceTest {

    private static final String SWEEP = "race";
    private static final Duration WINDOW = Duration.ofMillis(400);
    private static final int WRITERS = 4;

    @TempDir
    private Path root;

    @Test
    void nothing_referred_to_goes_and_every_orphan_does_on_postgresql() throws Exception {
        race(TestServer.POSTGRESQL, Duration.ofSeconds(60), false);
    }

    @Test
    void nothing_referred_to_goes_and_every_orphan_does_on_mariadb() throws Exception {
        race(TestServer.MARIADB, Duration.ofSeconds(15), false);
    }

    @Test
    void nothing_referred_to_goes_and_every_orphan_does_on_h2() throws Exception {
        race(TestServer.H2, Duration.ofSeconds(10), false);
    }

    @Test
    void references_that_are_older_than_the_listing_are_seen_to_lose_files() {
        assertThatThrownBy(() -> race(TestServer.H2, Duration.ofSeconds(60), true))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("was referred to before it was moved");
    }

    private void race(TestServer server, Duration time, boolean turnedRound) throws Exception {
        long seed = System.nanoTime();
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE files (id VARCHAR(40) PRIMARY KEY, path VARCHAR(200) NOT NULL)");
            database.execute("CREATE INDEX files_path ON files (path)");
            Race race = new Race(database, LocalFileStore.open(root), turnedRound);
            race.go(time, seed);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    /** References as they were before the run began: as if they had been read before the store was listed. */
    private static final class OldReferences implements FileReferences {

        private final FileReferences now;
        private final TestDatabase database;
        private volatile Set<String> before = Set.of();

        OldReferences(FileReferences now, TestDatabase database) {
            this.now = now;
            this.database = database;
        }

        void read() throws SQLException {
            before = Set.copyOf(database.strings("SELECT path FROM files"));
        }

        @Override
        public String name() {
            return now.name();
        }

        @Override
        public Set<String> find(Collection<String> names) {
            Set<String> found = new HashSet<>(names);
            found.retainAll(before);
            return found;
        }

        @Override
        public ReferencePage page(Optional<Cursor> position, int most) throws Exception {
            return now.page(position, most);
        }
    }

    private static final class Race {

        private final TestDatabase database;
        private final LocalFileStore store;
        private final ChatDatabase chat;
        private final FileLedger ledger;
        private final FileSweep sweep;
        private final Optional<OldReferences> old;
        private final Set<String> written = ConcurrentHashMap.newKeySet();
        private final Set<String> dropped = ConcurrentHashMap.newKeySet();
        private final ConcurrentLinkedQueue<RunId> runs = new ConcurrentLinkedQueue<>();
        private volatile boolean stopped;
        private int moved;
        private int deleted;

        Race(TestDatabase database, LocalFileStore store, boolean turnedRound) {
            this.database = database;
            this.store = store;
            this.chat = FileHost.chat(database);
            this.ledger = chat.fileLedger();
            FileReferences references = chat.fileReferences("files", r -> r.column("files", "path"));
            this.old = turnedRound ? Optional.of(new OldReferences(references, database)) : Optional.empty();
            this.sweep = FileSweep.builder(SWEEP, store, ledger)
                    .references(old.<FileReferences>map(it -> it).orElse(references))
                    .orphans("uploads/")
                    .movesOnFirstRun()
                    .shareLimit(1)
                    .allowShortTimes()
                    .grace(Duration.ZERO)
                    .window(WINDOW)
                    .emptyDirectories(Duration.ZERO, 1)
                    .build();
        }

        void go(Duration time, long seed) throws Exception {
            upload("uploads/always", "always");
            ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
            List<Future<?>> writers = new ArrayList<>();
            try {
                for (int i = 0; i < WRITERS; i++) {
                    Writer writer = new Writer(this, i, new Random(seed + i));
                    writers.add(threads.submit(writer));
                }
                long end = System.nanoTime() + time.toNanos();
                while (System.nanoTime() < end) {
                    run();
                }
            } finally {
                stopped = true;
                threads.shutdown();
                assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            settle();
            assertThat(moved).isGreaterThan(20);
            assertThat(deleted).isGreaterThan(20);
        }

        /** Whether a sweep has come to that phase. */
        private static boolean isAt(SingleRun run, String phase) {
            return run.cursor()
                    .filter(at -> at.text().split(" ", -1)[1].equals(phase))
                    .isPresent();
        }

        /** One run; what was referred to when it came to moving is in its place at its end. */
        private void run() throws Exception {
            if (old.isPresent()) {
                old.get().read();
            }
            SingleRun run = new SingleRun(sweep, 200, Instant.now());
            runs.add(run.runId());
            Set<String> needed = Set.of();
            while (!run.isFinished()) {
                if (isAt(run, "MOVE") && needed.isEmpty()) {
                    needed = new HashSet<>(referred());
                    needed.retainAll(written);
                }
                run.step();
                assertThat(run.awaited()).isEmpty();
            }
            moved += (int) run.counts().sum("quarantined");
            deleted += (int) run.counts().sum("deleted");
            needed.removeAll(dropped);
            for (String name : needed) {
                if (store.look(name).isEmpty()
                        && !dropped.contains(name)
                        && referred().contains(name)) {
                    throw new AssertionError(name + " was referred to before it was moved");
                }
            }
        }

        private List<String> referred() throws SQLException {
            return database.strings("SELECT path FROM files");
        }

        private void settle() throws Exception {
            long patience = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            do {
                run();
            } while (!isSettled() && System.nanoTime() < patience);
            Set<String> names = names();
            Set<String> kept = ledger.kept(SWEEP, names, Instant.now());
            List<String> referred = referred();
            assertThat(names).as("what is referred to is there").containsAll(referred);
            names.removeAll(referred);
            assertThat(kept).as("what is neither referred to nor kept is gone").containsAll(names);
            assertThat(quarantined()).isEmpty();
            for (Progress open : List.of(Progress.SUSPECT, Progress.RESTORING, Progress.DELETING)) {
                assertThat(ledger.list(SWEEP, open, Optional.empty(), Optional.empty(), 0, 10))
                        .isEmpty();
            }
        }

        private boolean isSettled() throws Exception {
            Set<String> left = names();
            left.removeAll(referred());
            left.removeAll(ledger.kept(SWEEP, left, Instant.now()));
            return left.isEmpty() && quarantined().isEmpty();
        }

        private Set<String> names() throws IOException {
            Set<String> names = new HashSet<>();
            try (FileListing files = store.list("uploads/", "")) {
                for (Optional<StoredFile> next = files.next(); next.isPresent(); next = files.next()) {
                    names.add(next.get().name());
                }
            }
            return names;
        }

        private List<String> quarantined() throws IOException {
            try (Stream<QuarantinedFile> files = store.quarantine().list()) {
                return files.map(QuarantinedFile::name).toList();
            }
        }

        void write(String name) throws IOException {
            store.write(name, out -> out.write(name.getBytes(UTF_8)));
            written.add(name);
        }

        void upload(String name, String id) throws Exception {
            write(name);
            insert(name, id);
        }

        void insert(String name, String id) throws SQLException {
            try (Connection connection = database.dataSource().getConnection()) {
                insert(connection, name, id);
            }
        }

        static void insert(Connection connection, String name, String id) throws SQLException {
            change(connection, "INSERT INTO files (id, path) VALUES (?, ?)", id, name);
        }

        static void change(Connection connection, String sql, String... values) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setString(i + 1, values[i]);
                }
                statement.executeUpdate();
            }
        }
    }

    /** A part of the host that uploads files and throws them away. */
    private static final class Writer implements Runnable {

        private final Race race;
        private final int number;
        private final Random random;
        private final List<String> rows = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private final List<String> thrownAway = new ArrayList<>();
        private int made;

        Writer(Race race, int number, Random random) {
            this.race = race;
            this.number = number;
            this.random = random;
        }

        @Override
        public void run() {
            try {
                while (!race.stopped) {
                    step();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private void step() throws Exception {
            made++;
            String name = "uploads/" + made % 7 + "/" + number + "-" + made;
            switch (random.nextInt(7)) {
                case 0 -> {
                    race.write(name);
                    race.insert(name, name);
                    has(name, name);
                }
                case 1 -> {
                    race.insert(name, name);
                    race.write(name);
                    has(name, name);
                }
                case 2 -> inOneTransaction(name);
                case 3 -> replace(name);
                case 4 -> throwAway();
                case 5 -> referAgain(name);
                default -> restore();
            }
            keepFew();
        }

        private void has(String row, String name) {
            rows.add(row);
            names.add(name);
        }

        private void inOneTransaction(String name) throws Exception {
            try (Connection connection = race.database.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                Race.insert(connection, name, name);
                race.write(name);
                connection.commit();
                connection.setAutoCommit(true);
            }
            has(name, name);
        }

        private void replace(String name) throws Exception {
            if (rows.isEmpty()) {
                return;
            }
            int at = random.nextInt(rows.size());
            race.write(name);
            race.dropped.add(names.get(at));
            try (Connection connection = race.database.dataSource().getConnection()) {
                Race.change(connection, "UPDATE files SET path = ? WHERE id = ?", name, rows.get(at));
            }
            thrownAway.add(names.set(at, name));
        }

        private void throwAway() throws Exception {
            if (rows.isEmpty()) {
                return;
            }
            int at = random.nextInt(rows.size());
            race.dropped.add(names.get(at));
            try (Connection connection = race.database.dataSource().getConnection()) {
                Race.change(connection, "DELETE FROM files WHERE id = ?", rows.get(at));
            }
            rows.remove(at);
            thrownAway.add(names.remove(at));
        }

        /** As one who forwards a message whose file is thought to be gone: the reference and the wish to keep it in one transaction. */
        private void referAgain(String row) throws Exception {
            if (thrownAway.isEmpty()) {
                return;
            }
            String name = thrownAway.remove(random.nextInt(thrownAway.size()));
            try (Connection connection = race.database.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                Race.insert(connection, name, row);
                Instant until = Instant.now().plusMillis(500);
                boolean stays = retained(connection, name, until) && isSomewhere(name);
                if (stays) {
                    connection.commit();
                    has(row, name);
                } else {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        }

        /** A transaction that the database undoes for the sake of another has not referred to anything. */
        private boolean retained(Connection connection, String name, Instant until) {
            try {
                return race.chat.retainFile(connection, SWEEP, name, until);
            } catch (MaintenanceException e) {
                if (!String.valueOf(e.getMessage()).contains("Deadlock")) {
                    throw e;
                }
                return false;
            }
        }

        private boolean isSomewhere(String name) throws IOException {
            return race.store.look(name).isPresent()
                    || race.ledger.open(SWEEP, List.of(name)).stream()
                            .anyMatch(file -> file.progress() == Progress.QUARANTINED)
                    || race.store.look(name).isPresent(); // it was put back in between
        }

        private void restore() {
            if (random.nextInt(40) == 0) {
                RunId run = race.runs.poll();
                if (run != null) {
                    race.sweep.restoreRun(run);
                }
            }
        }

        private void keepFew() throws Exception {
            while (rows.size() > 150) {
                throwAway();
            }
        }
    }
}
