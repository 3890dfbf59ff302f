package io.chatty.maintenance.testkit.sweep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.SweepableStore.Lock;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same as {@link SweepCrashTest} in a directory: no file is in two places, none is lost, and the next run finishes. */
class LocalSweepCrashTest {

    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    private Path directory;

    private final List<Lock> locks = new ArrayList<>();
    private Path root = Path.of("");
    private Swept swept = new Swept();

    private void write(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, name.getBytes(UTF_8));
    }

    /** As the system does when a process dies. */
    private void releaseLocks() throws IOException {
        for (Lock lock : locks) {
            lock.close();
        }
        locks.clear();
    }

    /** A store whose clock is that of the test. */
    private SweepableStore store() throws IOException {
        SweepableStore real = LocalFileStore.open(root);
        return (SweepableStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SweepableStore.class}, (proxy, method, args) -> {
                    try {
                        Object given =
                                method.getName().equals("now") ? swept.clock.instant() : method.invoke(real, args);
                        if (given instanceof Optional<?> some && some.orElse(null) instanceof Lock lock) {
                            locks.add(lock);
                        }
                        return given;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private FileSweep sweep(Optional<Fault> fault) throws IOException {
        SweepableStore store = store();
        return FileSweep.builder(
                        "file-sweep",
                        fault.map(it -> it.in(SweepableStore.class, store)).orElse(store),
                        fault.map(it -> it.in(FileLedger.class, swept.ledger)).orElse(swept.ledger))
                .references(fault.map(it -> it.in(FileReferences.class, swept.references))
                        .orElse(swept.references))
                .orphans("uploads/")
                .movesOnFirstRun()
                .emptyDirectories(Duration.ofHours(1), 0)
                .build();
    }

    private void arrange(int at) throws Exception {
        root = Files.createDirectory(directory.resolve("root" + at));
        swept = new Swept();
        swept.clock.set(Instant.now());
        write("uploads/used");
        swept.references.add("uploads/used");
        write("uploads/a/deleted");
        write("uploads/a/again");
        swept.pass(WEEK);
        swept.run(sweep(Optional.empty()));
        swept.references.add("uploads/a/again");
        write("uploads/orphan1");
        write("uploads/b/orphan2");
        swept.pass(WEEK);
    }

    private List<String> names() throws IOException {
        return Swept.names(LocalFileStore.open(root));
    }

    private List<String> quarantined() throws IOException {
        try (Stream<QuarantinedFile> files =
                LocalFileStore.open(root).quarantine().list()) {
            return files.map(QuarantinedFile::name).toList();
        }
    }

    private void nothingIsLost(String when) throws IOException {
        List<String> all = new ArrayList<>(names());
        all.addAll(quarantined());
        assertThat(all)
                .as(when)
                .doesNotHaveDuplicates()
                .contains("uploads/used", "uploads/a/again", "uploads/orphan1", "uploads/b/orphan2");
        assertThat(names()).as(when).contains("uploads/used");
    }

    @Test
    void wherever_it_is_killed_the_next_run_finishes_and_nothing_is_lost() throws Exception {
        int at = 0;
        boolean killed = true;
        while (killed) {
            arrange(at);
            Fault fault = new Fault(at, false);
            Swept.Batches run = swept.new Batches(sweep(Optional.of(fault)), 2);
            try {
                run.go();
                killed = false;
            } catch (Fault.Killed e) {
                killed = true;
            }
            String when = "killed at call " + at + ", " + fault.lastCall();
            releaseLocks();
            nothingIsLost(when);
            if (at % 2 == 0 && !run.isFinished()) {
                run.goesOnIn(sweep(Optional.empty())).go();
                nothingIsLost(when);
            }
            swept.run(sweep(Optional.empty()));
            assertThat(names()).as(when).containsExactly("uploads/a/again", "uploads/used");
            assertThat(quarantined()).as(when).containsExactlyInAnyOrder("uploads/orphan1", "uploads/b/orphan2");
            swept.pass(WEEK);
            swept.run(sweep(Optional.empty()));
            assertThat(quarantined()).as(when).isEmpty();
            assertThat(names()).as(when).containsExactly("uploads/a/again", "uploads/used");
            at++;
        }
        assertThat(at).isGreaterThan(100);
    }
}
