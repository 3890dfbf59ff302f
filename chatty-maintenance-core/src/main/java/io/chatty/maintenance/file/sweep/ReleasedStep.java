package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileLedger.Suspect;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at files whose last reference was seen to go. They are suspects though nothing else under their prefix is referred to any
 * more. Only after commit are they told of, so nothing is moved for a purge that is rolled back (R10, R11).
 */
final class ReleasedStep implements Step<SweepBatch, SweepCursor> {

    @Override
    public After<SweepCursor> run(SweepBatch batch, SweepCursor cursor) throws Exception {
        List<FileReferences> sources = batch.sources().all();
        if (cursor.part() >= sources.size()) {
            return After.go(cursor.at(Phase.LIST));
        }
        FileReferences source = sources.get(cursor.part());
        int most = Math.min(batch.size(), Sources.MOST);
        List<Released> released = batch.isPreview() ? source.released(cursor.number(), most) : source.released(most);
        batch.looked(released.size());
        suspect(batch, released);
        if (!batch.isPreview()) {
            source.forget(released);
        }
        if (released.size() < most) {
            return After.go(cursor.at(cursor.part() + 1, "", 0));
        }
        // A preview forgets none, and would be told of the same again.
        return After.go(batch.isPreview() ? cursor.at(released.get(most - 1).id()) : cursor);
    }

    private static void suspect(SweepBatch batch, List<Released> released) throws Exception {
        Set<String> names = new LinkedHashSet<>();
        for (Released each : released) {
            if (FileNames.isName(each.name()) && batch.settings().rules().takesReleased(each.name())) {
                names.add(each.name());
            }
        }
        names.removeAll(batch.sources().find(names));
        names.removeAll(batch.ledger().kept(batch.sweep(), names, batch.now()));
        names.removeAll(batch.entered(names));
        List<Suspect> suspects = new ArrayList<>();
        for (String name : names) {
            Optional<FileState> state = batch.store().look(name);
            SweepRule rule =
                    batch.settings().rules().all().get(batch.settings().rules().of(name));
            if (state.isPresent() && Ages.isOld(state.get(), rule.age(), batch.now())) {
                batch.suspected(state.get().changedAt());
                suspects.add(
                        new Suspect(name, LooseName.of(name), SweepKind.RELEASED.label(), rule.prefix(), state.get()));
            }
        }
        batch.suspects().add(batch.sweep(), batch.run(), batch.now(), suspects);
        batch.count("suspected." + SweepKind.RELEASED.label(), suspects.size());
    }
}
