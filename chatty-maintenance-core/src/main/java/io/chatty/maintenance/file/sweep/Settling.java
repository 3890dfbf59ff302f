package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileLedger.Suspect;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Settles what runs left that did not come to their end: suspects that they had set aside are entered as quarantined, others are
 * let go. So are files in quarantine, under this sweep's prefixes, of which the ledger knows nothing, as after it was restored from a backup: their window
 * begins anew.
 */
final class Settling implements Step<SweepBatch, SweepCursor> {

    private static final int PAGE = 1000;

    @Override
    public After<SweepCursor> run(SweepBatch batch, SweepCursor cursor) throws Exception {
        // First what was being put back, then what was to be set aside.
        Progress progress = cursor.part() == 0 ? Progress.RESTORING : Progress.SUSPECT;
        List<SweptFile> left = batch.ledger()
                .list(batch.sweep(), progress, Optional.empty(), Optional.empty(), cursor.number(), batch.size());
        batch.looked(left.size());
        for (SweptFile file : left) {
            if (progress == Progress.RESTORING) {
                putBack(batch, file);
            }
        }
        if (progress == Progress.SUSPECT) {
            settle(
                    batch,
                    left.stream()
                            .filter(file -> !file.run().equals(batch.run()))
                            .toList());
        }
        if (!left.isEmpty()) {
            return After.go(cursor.at(left.get(left.size() - 1).id()));
        }
        if (progress == Progress.RESTORING) {
            return After.go(cursor.at(1, "", 0));
        }
        adopt(batch);
        return After.go(cursor.at(Phase.RELEASED));
    }

    private static void putBack(SweepBatch batch, SweptFile file) throws IOException {
        Instant until = batch.now().plus(SweepSettings.KEPT_FOR);
        Outcome outcome = batch.hands()
                .orElseThrow()
                .finish(file, Progress.QUARANTINED, "restored", Optional.of(until), batch.now());
        if (outcome == Outcome.ABSENT) { // it may have been one that was to be set aside, and was not entered yet
            outcome = batch.hands()
                    .orElseThrow()
                    .finish(file, Progress.SUSPECT, "restored", Optional.of(until), batch.now());
        }
        batch.count(outcome == Outcome.DONE ? "restored.unfinished" : "settled");
    }

    private static void settle(SweepBatch batch, List<SweptFile> suspects) throws IOException {
        Map<Long, FileState> moved = new HashMap<>();
        Set<Long> abandoned = new HashSet<>();
        for (SweptFile file : suspects) {
            Optional<QuarantinedFile> there = batch.store().quarantine().find(file.name(), file.state(), file.run());
            if (there.isPresent()) {
                moved.put(file.id(), there.get().state());
            } else {
                abandoned.add(file.id());
            }
        }
        batch.count("settled", batch.ledger().quarantined(moved, batch.now()).size());
        batch.ledger().keep(abandoned, Progress.SUSPECT, "abandoned", Optional.empty(), batch.now());
    }

    private static void adopt(SweepBatch batch) throws IOException {
        try (Stream<QuarantinedFile> all = batch.store().quarantine().list()) {
            Iterator<QuarantinedFile> files = all.iterator();
            while (files.hasNext()) {
                List<QuarantinedFile> page = new ArrayList<>();
                while (files.hasNext() && page.size() < PAGE) {
                    page.add(files.next());
                }
                adopt(batch, page);
            }
        }
    }

    private static void adopt(SweepBatch batch, List<QuarantinedFile> page) throws IOException {
        Map<Place, QuarantinedFile> unknown = new LinkedHashMap<>();
        for (QuarantinedFile file : page) {
            if (batch.settings().rules().covers(file.name())) { // else it may be another sweep's, with other references
                unknown.put(new Place(file.run(), file.name()), file);
            }
        }
        known(batch, page).keySet().forEach(unknown::remove);
        for (QuarantinedFile file : unknown.values()) {
            String loose = LooseName.of(file.name());
            Suspect suspect = new Suspect(file.name(), loose, SweepKind.ORPHAN.label(), "", file.state());
            batch.ledger().add(batch.sweep(), file.run(), batch.now(), List.of(suspect));
        }
        // One that cannot be entered anew is entered as kept: who kept it did not come to put it back.
        Map<Place, Long> entered = known(batch, List.copyOf(unknown.values()));
        Map<Long, FileState> states = new HashMap<>();
        for (Map.Entry<Place, QuarantinedFile> each : unknown.entrySet()) {
            Long id = entered.get(each.getKey());
            if (id != null) {
                states.put(id, each.getValue().state());
            } else if (batch.hands().orElseThrow().restore(each.getValue()) == Outcome.DONE) {
                batch.count("restored.unfinished");
            }
        }
        batch.count("adopted", batch.ledger().quarantined(states, batch.now()).size());
    }

    private record Place(RunId run, String name) {}

    private static Map<Place, Long> known(SweepBatch batch, List<QuarantinedFile> files) {
        Map<Place, Long> known = new HashMap<>();
        List<String> names = files.stream().map(QuarantinedFile::name).toList();
        for (SweptFile file : batch.ledger().open(batch.sweep(), names)) {
            known.put(new Place(file.run(), file.name()), file.id());
        }
        return known;
    }
}
