package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileLedger.Suspect;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweptFile;
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
        for (SweptFile file : batch.ledger().open(batch.sweep(), left)) {
            left.remove(
                    file.name()); // a store that leaves them in place lists them still; or released, and of this run
        }
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

    /** Derived files one of whose originals is referred to: they are in use as it is, even if it is missing. */
    private static Set<String> ofReferencedOriginals(SweepBatch batch, Set<String> names) throws Exception {
        SweepRules rules = batch.settings().rules();
        Map<String, List<String>> derived = new HashMap<>();
        for (String name : names) {
            SweepRule rule = rules.all().get(rules.of(name));
            if (rule.kind() == SweepKind.DERIVED) {
                derived.put(name, rule.originals().apply(name));
            }
        }
        Set<String> originals = new HashSet<>();
        derived.values().forEach(originals::addAll);
        Set<String> referenced = batch.sources().find(originals);
        Set<String> inUse = new HashSet<>();
        derived.forEach((name, its) -> {
            if (its.stream().anyMatch(referenced::contains)) {
                inUse.add(name);
            }
        });
        batch.count("referenced", inUse.size());
        return inUse;
    }
}
