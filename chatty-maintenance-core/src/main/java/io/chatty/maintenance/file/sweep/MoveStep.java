package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.Attempt;
import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileQuarantine.Judged;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sets the suspects aside. Their entries were committed before, so whatever is killed, the next run finds each file in one of two
 * places. The references are asked right before a page is moved, and once more in statements that begin after it was (R3); what
 * is referred to by then goes back at once. Derived files come last: they go only when their originals are gone.
 */
final class MoveStep implements Step<SweepBatch, SweepCursor> {

    private static final int MOST = 1000;
    private static final int FAILURES = 10;

    private final boolean derived;

    MoveStep(boolean derived) {
        this.derived = derived;
    }

    @Override
    public After<SweepCursor> run(SweepBatch batch, SweepCursor cursor) throws Exception {
        List<SweptFile> page = batch.suspects()
                .list(
                        batch.sweep(),
                        Progress.SUSPECT,
                        Optional.of(batch.run()),
                        Optional.empty(),
                        cursor.number(),
                        Math.min(batch.size(), MOST));
        batch.looked(page.size());
        if (page.isEmpty()) {
            return After.go(cursor.at(derived ? Phase.PRUNE : Phase.MOVE_DERIVED));
        }
        List<SweptFile> mine = page.stream()
                .filter(file -> file.kind().equals(SweepKind.DERIVED.label()) == derived)
                .toList();
        List<SweptFile> going = going(batch, cursor, mine);
        if (batch.isPreview()) {
            going.forEach(file -> {
                batch.count("due.quarantined." + file.kind());
                batch.count("due.bytes.quarantined", file.state().size());
            });
        } else {
            move(batch, going);
        }
        return After.go(cursor.at(page.get(page.size() - 1).id()));
    }

    /** Whether nothing refers to anything under the prefix: then it is not known what its files are (R4). */
    static boolean isUnknown(SweepBatch batch, SweepCursor cursor, String kind, String prefix) {
        List<SweepRule> rules = batch.settings().rules().all();
        for (int i = 0; i < rules.size(); i++) {
            SweepRule rule = rules.get(i);
            if (rule.prefix().equals(prefix) && rule.kind().label().equals(kind)) {
                return rule.needsReferences() && cursor.tallies().get(i).references() == 0;
            }
        }
        return !kind.equals(SweepKind.RELEASED.label());
    }

    /** Those that still may go; the others are kept, with the reason. */
    private static List<SweptFile> going(SweepBatch batch, SweepCursor cursor, List<SweptFile> files) throws Exception {
        Set<String> wanted = wanted(batch, files);
        Map<String, List<SweptFile>> kept = new HashMap<>();
        List<SweptFile> going = new ArrayList<>();
        Map<String, Boolean> youngFolders = new HashMap<>();
        for (SweptFile file : files) {
            Optional<String> why = wanted.contains(file.name())
                    ? Optional.of("referenced")
                    : whyNot(batch, cursor, file, youngFolders);
            if (why.isEmpty()) {
                going.add(file);
            } else {
                kept.computeIfAbsent(why.get(), reason -> new ArrayList<>()).add(file);
            }
        }
        for (Map.Entry<String, List<SweptFile>> each : kept.entrySet()) {
            keep(batch, each.getKey(), each.getValue());
        }
        return going;
    }

    /** Keeps files where they are, or puts them back there if a batch that was not recorded has moved them. */
    private static void keep(SweepBatch batch, String why, List<SweptFile> files) throws IOException {
        batch.count("skipped." + why, files.size());
        List<Long> inPlace = new ArrayList<>();
        for (SweptFile file : files) {
            boolean moved = !batch.isPreview()
                    && batch.store()
                            .quarantine()
                            .find(file.name(), file.state(), file.run())
                            .isPresent();
            if (moved) {
                batch.hands().orElseThrow().putBack(file, Progress.SUSPECT, why, Optional.empty(), batch.now());
            } else {
                inPlace.add(file.id());
            }
        }
        batch.suspects().keep(inPlace, Progress.SUSPECT, why, Optional.empty(), batch.now());
    }

    private static Optional<String> whyNot(
            SweepBatch batch, SweepCursor cursor, SweptFile file, Map<String, Boolean> youngFolders)
            throws IOException {
        Optional<SweepRule> rule = batch.settings().rules().of(file);
        if (rule.isEmpty()) {
            return Optional.of("unruled");
        }
        if (isUnknown(batch, cursor, file.kind(), file.prefix())) {
            return Optional.of("unknown");
        }
        if (rule.get().kind() == SweepKind.DERIVED
                && Originals.anyStays(batch, rule.get().originals().apply(file.name()), true)) {
            return Optional.of("original");
        }
        int end = file.name().indexOf('/', file.prefix().length());
        if (rule.get().byFolder() && end >= 0) { // of a part without a directory the age is known
            String folder = file.name().substring(0, end + 1);
            if (!youngFolders.containsKey(folder)) {
                youngFolders.put(folder, isYoung(batch, folder, rule.get()));
            }
            if (youngFolders.get(folder)) {
                return Optional.of("young");
            }
        }
        return Optional.empty();
    }

    private static boolean isYoung(SweepBatch batch, String folder, SweepRule rule) throws IOException {
        try (FileListing files = batch.store().list(folder, "")) {
            for (Optional<StoredFile> next = files.next(); next.isPresent(); next = files.next()) {
                Optional<FileState> state = ListStep.state(batch, next.get());
                if (state.isPresent() && !Ages.isOld(state.get(), rule.age(), batch.now())) {
                    return true;
                }
            }
            return false;
        }
    }

    private static void move(SweepBatch batch, List<SweptFile> files) throws Exception {
        List<Judged> judged = files.stream()
                .map(file -> new Judged(file.name(), file.state()))
                .toList();
        List<Attempt<Moved>> attempts = batch.hands().orElseThrow().move(judged, batch.run());
        Map<SweptFile, FileState> moved = new LinkedHashMap<>();
        Map<String, List<Long>> kept = new HashMap<>();
        Optional<IOException> failed = Optional.empty();
        int failures = 0;
        for (int i = 0; i < files.size(); i++) {
            SweptFile file = files.get(i);
            Optional<IOException> failure = attempts.get(i).failure();
            if (failure.isPresent()) {
                failures++;
                failed = failure;
                batch.count("skipped.failed");
                batch.findings().tell(Kind.FAILED, file.name(), "could not be set aside: " + failure.get());
                continue;
            }
            Moved result = attempts.get(i).get();
            if (result.outcome() == Outcome.DONE) {
                moved.put(file, result.file().orElseThrow().state());
            } else {
                String why = result.outcome() == Outcome.ABSENT ? "absent" : "changed";
                kept.computeIfAbsent(why, reason -> new ArrayList<>()).add(file.id());
            }
        }
        record(batch, moved, kept);
        if (failures >= FAILURES) {
            throw new MaintenanceException(
                    failures + " of " + files.size() + " files could not be set aside, the last for "
                            + failed.orElseThrow()
                            + "; the run stops. What was set aside is on record, and the next run goes on",
                    failed.orElseThrow());
        }
        ReviewStep.checkAbsent(batch, kept.getOrDefault("absent", List.of()).size(), files.size());
    }

    private static void record(SweepBatch batch, Map<SweptFile, FileState> moved, Map<String, List<Long>> kept)
            throws Exception {
        Map<Long, FileState> states = new HashMap<>();
        moved.forEach((file, state) -> states.put(file.id(), state));
        Set<Long> entered = batch.ledger().quarantined(states, batch.now());
        kept.forEach((why, ids) -> {
            batch.count("skipped." + why, ids.size());
            batch.ledger().keep(ids, Progress.SUSPECT, why, Optional.empty(), batch.now());
        });
        Set<String> wanted = wanted(batch, moved.keySet());
        for (Map.Entry<SweptFile, FileState> each : moved.entrySet()) {
            SweptFile file = at(each.getKey(), each.getValue());
            if (!entered.contains(file.id())) {
                // It was retained while it was moved: whoever did found nothing in quarantine to put back.
                batch.hands().orElseThrow().restore(file.quarantined());
                batch.count("restored.retained");
            } else if (wanted.contains(file.name())) {
                ReviewStep.restore(batch, file, Progress.QUARANTINED, "referenced");
            } else {
                batch.count("quarantined." + file.kind());
                batch.count("bytes.quarantined", file.state().size());
            }
        }
    }

    /** Names that are referred to, or that the host wants to keep. */
    private static Set<String> wanted(SweepBatch batch, Collection<SweptFile> files) throws Exception {
        List<String> names = files.stream().map(SweptFile::name).toList();
        Set<String> wanted = new HashSet<>(batch.sources().find(names));
        wanted.addAll(batch.ledger().kept(batch.sweep(), names, batch.now()));
        return wanted;
    }

    private static SweptFile at(SweptFile file, FileState state) {
        return new SweptFile(
                file.id(),
                file.run(),
                file.name(),
                file.kind(),
                file.prefix(),
                file.progress(),
                state,
                file.at(),
                file.why(),
                file.keptUntil());
    }
}
