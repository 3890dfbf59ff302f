package io.chatty.maintenance.testkit.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.sweep.FileSweep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sweep that is killed before or after any call of store, quarantine, ledger or references: no file is in two places, none is
 * lost, and the next run finishes.
 */
class SweepCrashTest {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration DAYS = Duration.ofDays(4);

    private static FileSweep sweep(Swept swept, Optional<Fault> fault) {
        SweepableStore store =
                fault.map(it -> it.in(SweepableStore.class, swept.store)).orElse(swept.store);
        FileLedger ledger =
                fault.map(it -> it.in(FileLedger.class, swept.ledger)).orElse(swept.ledger);
        FileReferences references =
                fault.map(it -> it.in(FileReferences.class, swept.references)).orElse(swept.references);
        return FileSweep.builder("file-sweep", store, ledger)
                .references(references)
                .orphans("uploads/")
                .derived("thumbs/", name -> List.of("uploads/" + name.substring(7)))
                .movesOnFirstRun()
                .build();
    }

    private static Swept arranged() throws Exception {
        Swept swept = new Swept();
        swept.refer("uploads/used");
        swept.write("thumbs/used");
        swept.write("uploads/deleted");
        swept.write("uploads/again");
        swept.pass(DAYS);
        swept.run(sweep(swept, Optional.empty()));
        assertThat(swept.quarantined()).hasSize(2);
        swept.references.add("uploads/again");
        swept.write("uploads/orphan1");
        swept.write("uploads/orphan2");
        swept.write("thumbs/orphan1");
        swept.refer("uploads/released");
        swept.pass(WEEK);
        swept.references.release("uploads/released");
        return swept;
    }

    /** Each file is in one place, and what is needed is in its own. */
    private static void nothingIsLost(Swept swept, String when) throws Exception {
        List<String> all = new ArrayList<>(swept.names());
        all.addAll(swept.quarantined());
        assertThat(all).as(when).doesNotHaveDuplicates().contains("uploads/used", "thumbs/used", "uploads/again");
        assertThat(swept.names()).as(when).contains("uploads/used", "thumbs/used");
        Set<String> gone = new HashSet<>(Set.of("uploads/deleted"));
        all.forEach(gone::remove);
        assertThat(all.size() + gone.size()).as(when).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wherever_it_is_killed_the_next_run_finishes_and_nothing_is_lost(boolean hides) throws Exception {
        int at = 0;
        boolean killed = true;
        while (killed) {
            Swept swept = arranged();
            Fault fault = new Fault(at, hides);
            Swept.Batches run = swept.new Batches(sweep(swept, Optional.of(fault)), 2);
            try {
                run.go();
                killed = false;
            } catch (Fault.Killed e) {
                killed = true;
            }
            String when = "killed at call " + at + ", " + fault.lastCall();
            nothingIsLost(swept, when);
            releaseLock(swept);
            finish(swept, run, hides, at % 2 == 0, when);
            at++;
        }
        assertThat(at).isGreaterThan(150);
    }

    /** As the system does when a process dies. */
    private static void releaseLock(Swept swept) {
        swept.store.unlock();
    }

    /** The run goes on from its last record, or another one begins. */
    private static void finish(Swept swept, Swept.Batches run, boolean hides, boolean goesOn, String when)
            throws Exception {
        FileSweep sweep = sweep(swept, Optional.of(new Fault(Integer.MAX_VALUE, hides)));
        if (goesOn && !run.isFinished()) {
            run.goesOnIn(sweep).go();
            nothingIsLost(swept, when);
        }
        swept.run(sweep);
        nothingIsLost(swept, when);
        assertThat(swept.names()).as(when).containsExactly("thumbs/used", "uploads/again", "uploads/used");
        assertThat(swept.quarantined())
                .as(when)
                .containsExactlyInAnyOrder("uploads/orphan1", "uploads/orphan2", "thumbs/orphan1", "uploads/released");
        swept.pass(WEEK);
        swept.run(sweep);
        assertThat(swept.quarantined()).as(when).isEmpty();
        assertThat(swept.names()).as(when).containsExactly("thumbs/used", "uploads/again", "uploads/used");
        for (Progress open : List.of(Progress.SUSPECT, Progress.QUARANTINED, Progress.DELETING)) {
            assertThat(swept.ledger.list("file-sweep", open, Optional.empty(), Optional.empty(), 0, 10))
                    .as(when)
                    .extracting(SweptFile::name)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_is_referred_to_after_the_kill_is_in_its_place_at_the_end(boolean hides) throws Exception {
        boolean killed = true;
        for (int at = 0; killed; at++) {
            Swept swept = arranged();
            Swept.Batches run = swept.new Batches(sweep(swept, Optional.of(new Fault(at, hides))), 2);
            try {
                run.go();
                killed = false;
            } catch (Fault.Killed e) {
                killed = true;
            }
            releaseLock(swept);
            swept.references.add("uploads/orphan1");
            swept.references.add("uploads/released");
            FileSweep sweep = sweep(swept, Optional.of(new Fault(Integer.MAX_VALUE, hides)));
            if (!run.isFinished()) {
                run.goesOnIn(sweep).go();
            }
            swept.run(sweep);
            assertThat(swept.names())
                    .as("killed at call " + at)
                    .contains("uploads/orphan1", "uploads/released", "uploads/again", "uploads/used", "thumbs/used");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_retain_that_is_killed_is_finished_by_the_next_run(boolean hides) throws Exception {
        for (String name : List.of("uploads/deleted", "uploads/orphan1")) {
            boolean killed = true;
            for (int at = 0; killed; at++) {
                Swept swept = arranged();
                Swept.Batches run =
                        swept.new Batches(sweep(swept, Optional.of(new Fault(Integer.MAX_VALUE, hides))), 1000);
                while (!run.phase().equals("REVIEW")) {
                    run.step();
                }
                // As by a run that was killed between move and record.
                for (SweptFile file : swept.ledger.open("file-sweep", List.of("uploads/orphan1"))) {
                    swept.store.quarantine().move(file.name(), file.state(), file.run());
                }
                try {
                    sweep(swept, Optional.of(new Fault(at, hides))).retain(name);
                    killed = false;
                } catch (Fault.Killed e) {
                    killed = true;
                }
                boolean taken = swept.ledger.open("file-sweep", List.of(name)).stream()
                        .anyMatch(file -> file.progress() == Progress.RESTORING);
                swept.run(sweep(swept, Optional.of(new Fault(Integer.MAX_VALUE, hides))));
                if (taken || !killed) {
                    assertThat(swept.names()).as("killed at call " + at).contains(name);
                }
            }
        }
    }
}
