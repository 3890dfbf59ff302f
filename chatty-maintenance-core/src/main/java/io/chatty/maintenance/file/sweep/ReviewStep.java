package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.Attempt;
import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at all that lies in quarantine. What is referred to again goes back; what has lain there for the window is deleted: the
 * references are asked first, in statements that begin after the window (R3), then the entry is taken by comparing and setting, so
 * that whoever retains the file is either before or too late and is told so, and only what was set aside is deleted (R14).
 *
 * <p>What remains is a reference that is committed between that question and the delete, by a host that does not retain what it
 * refers to anew: from microseconds to one batch.
 */
final class ReviewStep implements Step<SweepBatch, SweepCursor> {

    private static final int MOST = 1000;

    @Override
    public After<SweepCursor> run(SweepBatch batch, SweepCursor cursor) throws Exception {
        // First what a run that broke off was about to delete, then what lies there.
        Progress progress = cursor.part() == 0 ? Progress.DELETING : Progress.QUARANTINED;
        List<SweptFile> page = batch.ledger()
                .list(
                        batch.sweep(),
                        progress,
                        Optional.empty(),
                        Optional.empty(),
                        cursor.number(),
                        Math.min(batch.size(), MOST));
        batch.looked(page.size());
        if (page.isEmpty()) {
            return After.go(cursor.part() == 0 ? cursor.at(1, "", 0) : cursor.at(Phase.MOVE));
        }
        review(batch, progress, page);
        return After.go(cursor.at(page.get(page.size() - 1).id()));
    }

    private static void review(SweepBatch batch, Progress progress, List<SweptFile> page) throws Exception {
        List<String> names = page.stream().map(SweptFile::name).distinct().toList();
        Set<String> wanted = new HashSet<>(batch.sources().find(names));
        wanted.addAll(batch.ledger().kept(batch.sweep(), names, batch.now()));
        Map<String, List<String>> derived = derived(batch, page);
        Set<String> inUse = Originals.referenced(batch, derived);
        Instant before = batch.now().minus(batch.settings().window());
        List<SweptFile> gone = new ArrayList<>();
        for (SweptFile file : page) {
            boolean due = progress == Progress.DELETING || !file.at().isAfter(before);
            if (wanted.contains(file.name()) && !isReplaced(batch, file)) {
                restore(batch, file, progress, "referenced");
            } else if ((inUse.contains(file.name())
                            || (due && Originals.anyStays(batch, derived.getOrDefault(file.name(), List.of()), false)))
                    && !isReplaced(batch, file)) {
                restore(batch, file, progress, "original");
            } else if (due) {
                gone.add(file);
            } else {
                batch.count("waiting");
            }
        }
        delete(batch, progress, gone);
    }

    /** The derived files among those, with the names of what they were made of. */
    private static Map<String, List<String>> derived(SweepBatch batch, List<SweptFile> page) {
        Map<String, List<String>> derived = new HashMap<>();
        for (SweptFile file : page) {
            batch.settings()
                    .rules()
                    .of(file)
                    .filter(rule -> rule.kind() == SweepKind.DERIVED)
                    .ifPresent(rule -> derived.put(file.name(), rule.originals().apply(file.name())));
        }
        return derived;
    }

    /** Whether another file has the name by now, to which the references are. */
    private static boolean isReplaced(SweepBatch batch, SweptFile file) throws IOException {
        return batch.store()
                .look(file.name())
                .filter(there ->
                        !there.equals(file.state())) // of a store that leaves files in place, it is that very one
                .isPresent();
    }

    static void restore(SweepBatch batch, SweptFile file, Progress progress, String why) throws IOException {
        if (batch.isPreview()) {
            batch.count("due.restored." + why);
            return;
        }
        Optional<Outcome> outcome =
                batch.hands().orElseThrow().putBack(file, progress, why, Optional.empty(), batch.now());
        if (outcome.isEmpty()) {
            return; // somebody else has it
        }
        batch.count(outcome.get() == Outcome.DONE ? "restored." + why : "skipped.notRestored");
        if (outcome.get() == Outcome.CHANGED) {
            batch.findings().tell(Kind.FAILED, file.name(), "could not be put back, since another file has its name");
        }
    }

    private static void delete(SweepBatch batch, Progress progress, List<SweptFile> files) throws IOException {
        if (batch.isPreview()) {
            files.forEach(file -> {
                batch.count("due.deleted." + file.kind());
                batch.count("due.bytes.deleted", file.state().size());
            });
            return;
        }
        Set<Long> taken = ids(files);
        if (progress == Progress.QUARANTINED) {
            taken = batch.ledger().deleting(taken, batch.now());
        }
        Set<Long> ours = taken;
        List<SweptFile> going =
                files.stream().filter(file -> ours.contains(file.id())).toList();
        List<Attempt<Outcome>> attempts = batch.hands()
                .orElseThrow()
                .delete(going.stream().map(SweptFile::quarantined).toList());
        Set<Long> deleted = new HashSet<>();
        int absent = 0;
        for (int i = 0; i < going.size(); i++) {
            SweptFile file = going.get(i);
            Optional<IOException> failure = attempts.get(i).failure();
            if (failure.isPresent()) {
                batch.count("skipped.failed");
                batch.findings().tell(Kind.FAILED, file.name(), "could not be deleted: " + failure.get());
                continue;
            }
            Outcome outcome = attempts.get(i).get();
            if (outcome == Outcome.CHANGED) {
                restore(batch, file, Progress.DELETING, "changed");
            } else {
                absent += outcome == Outcome.ABSENT ? 1 : 0;
                deleted.add(file.id());
                count(batch, file, outcome);
            }
        }
        batch.ledger().deleted(deleted, batch.now());
        checkAbsent(batch, absent, going.size());
    }

    private static Set<Long> ids(List<SweptFile> files) {
        Set<Long> ids = new HashSet<>();
        files.forEach(file -> ids.add(file.id()));
        return ids;
    }

    private static void count(SweepBatch batch, SweptFile file, Outcome outcome) {
        if (outcome == Outcome.ABSENT) {
            batch.count("skipped.absent");
        } else {
            batch.count("deleted." + file.kind());
            batch.count("bytes.deleted", file.state().size());
        }
    }

    /** A file that has gone by itself is nothing; many are a store that looks in the wrong place (R13). */
    static void checkAbsent(SweepBatch batch, int absent, int all) {
        if (absent >= 20 && absent * 2 > all) {
            throw new MaintenanceException("file store " + batch.store() + ": " + absent + " of " + all
                    + " files are not where they were; the run stops, for it may look in the wrong place");
        }
    }
}
