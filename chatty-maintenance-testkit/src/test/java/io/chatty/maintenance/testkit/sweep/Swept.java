package io.chatty.maintenance.testkit.sweep;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.InMemoryFileLedger;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.testkit.InMemoryFileReferences;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import io.chatty.maintenance.testkit.SingleRun;
import io.chatty.maintenance.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A store, its references and its ledger in memory, and what runs sweeps over them. */
final class Swept {

    static final Duration WEEK = Duration.ofDays(7);

    final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
    final InMemoryFileStore store = new InMemoryFileStore(clock);
    final InMemoryFileLedger ledger = new InMemoryFileLedger(clock);
    final InMemoryFileReferences references = new InMemoryFileReferences("attachments");
    final List<FileFinding> findings = new ArrayList<>();

    /** A sweep of {@code uploads/} that is no longer at its first run. */
    FileSweep.Builder sweep() {
        return sweep(store);
    }

    FileSweep.Builder sweep(SweepableStore of) {
        return firstSweep(of).movesOnFirstRun();
    }

    FileSweep.Builder firstSweep(SweepableStore of) {
        return FileSweep.builder("file-sweep", of, ledger)
                .references(references)
                .orphans("uploads/")
                .findings(findings::add);
    }

    /** Writes a file. */
    void write(String name, String text) throws IOException {
        store.write(name, out -> out.write(text.getBytes(UTF_8)));
    }

    void write(String name) throws IOException {
        write(name, "content of " + name);
    }

    /** Writes a file that is referred to. */
    void refer(String name) throws IOException {
        write(name);
        references.add(name);
    }

    /** Lets time go by. */
    void pass(Duration time) {
        clock.advance(time);
    }

    /** The names of all files. */
    List<String> names() throws IOException {
        return names(store);
    }

    static List<String> names(SweepableStore of) throws IOException {
        List<String> names = new ArrayList<>();
        try (FileListing files = of.list("", "")) {
            for (Optional<StoredFile> next = files.next(); next.isPresent(); next = files.next()) {
                names.add(next.get().name());
            }
        }
        return names;
    }

    /** The names of all files in quarantine. */
    List<String> quarantined() throws IOException {
        try (var files = store.quarantine().list()) {
            return files.map(file -> file.name()).toList();
        }
    }

    /** Runs a sweep to its end, or to where it waits. */
    Counts run(FileSweep sweep) throws Exception {
        return new Batches(sweep, 1000).go();
    }

    Counts run(FileSweep sweep, int batchSize) throws Exception {
        return new Batches(sweep, batchSize).go();
    }

    Counts preview(FileSweep sweep) throws Exception {
        Batches batches = new Batches(sweep, 1000);
        batches.previews();
        Counts counts = batches.go();
        while (batches.awaited().isPresent()) {
            counts = batches.go();
        }
        return counts;
    }

    /** The batches of one run. */
    class Batches extends SingleRun {

        Batches(PreviewableTask task, int size) {
            super(task, size, clock.instant());
        }

        String phase() {
            return cursor().map(at -> at.text().split(" ", -1)[1]).orElse("");
        }
    }
}
