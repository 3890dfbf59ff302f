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
public final class Swept {

    public static final Duration WEEK = Duration.ofDays(7);

    public final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
    public final InMemoryFileStore store = new InMemoryFileStore(clock);
    public final InMemoryFileLedger ledger = new InMemoryFileLedger(clock);
    public final InMemoryFileReferences references = new InMemoryFileReferences("attachments");
    public final List<FileFinding> findings = new ArrayList<>();

    /** A sweep of {@code uploads/} that is no longer at its first run. */
    public FileSweep.Builder sweep() {
        return sweep(store);
    }

    public FileSweep.Builder sweep(SweepableStore of) {
        return firstSweep(of).movesOnFirstRun();
    }

    public FileSweep.Builder firstSweep(SweepableStore of) {
        return FileSweep.builder("file-sweep", of, ledger)
                .references(references)
                .orphans("uploads/")
                .findings(findings::add);
    }

    /** Writes a file. */
    public void write(String name, String text) throws IOException {
        store.write(name, out -> out.write(text.getBytes(UTF_8)));
    }

    public void write(String name) throws IOException {
        write(name, "content of " + name);
    }

    /** Writes a file that is referred to. */
    public void refer(String name) throws IOException {
        write(name);
        references.add(name);
    }

    /** Lets time go by. */
    public void pass(Duration time) {
        clock.advance(time);
    }

    /** The names of all files. */
    public List<String> names() throws IOException {
        return names(store);
    }

    public static List<String> names(SweepableStore of) throws IOException {
        List<String> names = new ArrayList<>();
        try (FileListing files = of.list("", "")) {
            for (Optional<StoredFile> next = files.next(); next.isPresent(); next = files.next()) {
                names.add(next.get().name());
            }
        }
        return names;
    }

    /** The names of all files in quarantine. */
    public List<String> quarantined() throws IOException {
        try (var files = store.quarantine().list()) {
            return files.map(file -> file.name()).toList();
        }
    }

    /** Runs a sweep to its end, or to where it waits. */
    public Counts run(PreviewableTask sweep) throws Exception {
        return new Batches(sweep, 1000).go();
    }

    public Counts run(PreviewableTask sweep, int batchSize) throws Exception {
        return new Batches(sweep, batchSize).go();
    }

    public Counts preview(PreviewableTask sweep) throws Exception {
        return preview(sweep, 1000);
    }

    public Counts preview(PreviewableTask sweep, int batchSize) throws Exception {
        Batches batches = new Batches(sweep, batchSize);
        batches.previews();
        Counts counts = batches.go();
        while (batches.awaited().isPresent()) {
            counts = batches.go();
        }
        return counts;
    }

    /** The batches of one run. */
    public class Batches extends SingleRun {

        public Batches(PreviewableTask task, int size) {
            super(task, size, clock.instant());
        }

        public String phase() {
            return cursor().map(at -> at.text().split(" ", -1)[1]).orElse("");
        }
    }
}
