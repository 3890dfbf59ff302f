package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileLedger.Suspect;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds among files that nothing refers to those that may go by the rules: the suspects. */
final class Judgement {

    private Judgement() {}

    /** Enters the suspects of a page. */
    static void of(SweepBatch batch, List<StoredFile> page, List<String> unreferenced) throws Exception {
        if (unreferenced.isEmpty()) {
            return;
        }
        SweepRules rules = batch.settings().rules();
        Set<String> left = new HashSet<>(unreferenced);
        left.removeIf(name -> rules.of(name) < 0);
        Set<String> kept = batch.ledger().kept(batch.sweep(), left, batch.now());
        batch.count("skipped.kept", kept.size());
        left.removeAll(kept);
        // A store that leaves them in place lists them still; or they were released, and are of this run.
        left.removeAll(batch.entered(left));
        left.removeAll(ofReferencedOriginals(batch, left));
        List<Suspect> suspects = new ArrayList<>();
        for (StoredFile file : page) {
            if (left.contains(file.name())) {
                SweepRule rule = rules.all().get(rules.of(file.name()));
                suspect(batch, file, rule).ifPresent(suspects::add);
            }
        }
        batch.suspects().add(batch.sweep(), batch.run(), batch.now(), suspects);
    }

    private static Optional<Suspect> suspect(SweepBatch batch, StoredFile file, SweepRule rule) {
        Optional<FileState> state = ListStep.state(batch, file);
        if (state.isEmpty()) {
            return Optional.empty();
        }
        if (!Ages.isOld(state.get(), rule.age(), batch.now())) {
            batch.count("skipped.young");
            return Optional.empty();
        }
        batch.suspected(state.get().changedAt());
        batch.count("suspected." + rule.kind().label());
        return Optional.of(
                new Suspect(file.name(), LooseName.of(file.name()), rule.kind().label(), rule.prefix(), state.get()));
    }

    private static Set<String> ofReferencedOriginals(SweepBatch batch, Set<String> names) throws Exception {
        SweepRules rules = batch.settings().rules();
        Map<String, List<String>> derived = new HashMap<>();
        for (String name : names) {
            SweepRule rule = rules.all().get(rules.of(name));
            if (rule.kind() == SweepKind.DERIVED) {
                derived.put(name, rule.originals().apply(name));
            }
        }
        Set<String> inUse = Originals.referenced(batch, derived);
        batch.count("referenced", inUse.size());
        return inUse;
    }
}
