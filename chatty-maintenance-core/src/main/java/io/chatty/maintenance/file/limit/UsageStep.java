package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.FileUsage.Used;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.UsageScope;
import io.chatty.maintenance.file.limit.LimitCursor.Phase;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Measures: what the rows say there is, and how full the store is. */
final class UsageStep {

    private UsageStep() {}

    /** What keeps limits from being looked at, as far as can be told without a run. */
    static List<String> problems(LimitSettings settings) {
        List<String> problems = new ArrayList<>(settings.ledger().problems());
        problems.addAll(settings.usage().problems());
        if (!problems.isEmpty()) {
            return problems;
        }
        for (Level level : settings.levels()) {
            if (!settings.usage().tells(level.kind())) {
                problems.add(settings.name() + ": a limit per " + level.label() + " given, but "
                        + settings.usage().name() + " does not tell whose " + level.label()
                        + " a file is; name that column, or leave the limit away");
            }
        }
        if (!settings.usage().canOrder(settings.order())) {
            problems.add(settings.name() + ": order " + settings.order() + " given, but "
                    + settings.usage().name()
                    + " does not tell when a file was last used; name that column, or take another order");
        }
        return problems;
    }

    static After<LimitCursor> check(LimitBatch batch, LimitCursor cursor) throws Exception {
        List<String> problems = problems(batch.settings());
        if (!problems.isEmpty()) {
            throw new MaintenanceException("nothing is given up: " + String.join("; ", problems));
        }
        Used all = batch.usage().used(UsageScope.ALL, batch.now());
        batch.count("usage.files", all.files());
        batch.count("usage.bytes", all.bytes());
        batch.looked(1);
        Phase next = batch.isPreview() ? Phase.WAITING : Phase.LET_GO;
        return After.go(cursor.at(next).counting(all.files(), all.bytes()));
    }

    /**
     * Sums up files that have lost their last reference already and wait for the sweep: they are given back. Where there is no limit
     * of space nobody asks.
     */
    static After<LimitCursor> waiting(LimitBatch batch, LimitCursor cursor) throws Exception {
        Optional<FileSweep> sweep = batch.settings().sweep();
        if (batch.settings().space().isEmpty() || sweep.isEmpty()) {
            return After.go(cursor.at(Phase.PLAN));
        }
        int most = Math.min(batch.size(), LimitBatch.MOST);
        List<Released> waiting = batch.usage().waiting(cursor.number(), most);
        batch.looked(waiting.size());
        long bytes = cursor.space();
        long last = cursor.number();
        Set<String> seen = new HashSet<>();
        for (Released file : waiting) {
            last = Math.max(last, file.id());
            if (seen.add(file.name()) && FileNames.isName(file.name())) {
                bytes += sweep.get()
                        .store()
                        .look(file.name())
                        .map(FileState::size)
                        .orElse(0L);
            }
        }
        LimitCursor next = cursor.space(bytes, 0);
        return After.go(last > cursor.number() ? next.at(last) : next.at(Phase.SPACE));
    }

    /** Looks how full the store is, without what is given back already. */
    static After<LimitCursor> space(LimitBatch batch, LimitCursor cursor) throws IOException {
        FileSweep sweep = batch.settings().sweep().orElseThrow();
        SweepableStore store = sweep.store();
        Optional<FileSpace> space = store.space();
        OptionalLong leaving = sweep.leaving();
        batch.looked(1);
        if (space.isEmpty()) {
            return After.go(cursor.space(0, 0).at(Phase.PLAN)); // it has no end
        }
        if (leaving.isEmpty()) {
            // What it would set aside is not known, nor whether it is the store of these rows.
            batch.count("skipped.unswept");
            batch.tell(
                    store.toString(),
                    "how full it is is not looked at, since " + sweep.name()
                            + " has not swept it yet; let that run first");
            return After.go(cursor.space(0, 0).at(Phase.PLAN));
        }
        long back = cursor.space() + leaving.getAsLong();
        long all = space.get().total() - space.get().usable();
        long used = Math.max(0, all - back);
        batch.count("space.total", space.get().total());
        batch.count("space.used", all);
        batch.count("space.givenBack", back);
        long excess = batch.settings().space().orElseThrow().excess(space.get(), used);
        return After.go(cursor.space(excess, used).at(Phase.PLAN));
    }
}
