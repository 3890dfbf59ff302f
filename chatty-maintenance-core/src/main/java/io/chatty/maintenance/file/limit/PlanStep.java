package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.FileLedger.Sum;
import io.chatty.maintenance.file.FileLedger.Suspect;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.FileUsage.Page;
import io.chatty.maintenance.file.FileUsage.Used;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.UsageScope;
import io.chatty.maintenance.file.limit.LimitCursor.Phase;
import io.chatty.maintenance.file.limit.LimitSettings.ByteLimit;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses the files that are to go, level by level and scope by scope, before any does. Each is entered once, in the ledger; what a
 * narrow level chose counts for the wide ones. Only rows from before the run are counted, so that what is too much does not grow while
 * it goes on.
 */
final class PlanStep implements Step<LimitBatch, LimitCursor> {

    private static final int SCOPES = 100;

    @Override
    public After<LimitCursor> run(LimitBatch batch, LimitCursor cursor) throws Exception {
        List<Level> levels = batch.settings().levels();
        Deque<Used> scopes = new ArrayDeque<>();
        LimitCursor at = cursor;
        int left = batch.size();
        while (left > 0 && !batch.isCancelled()) {
            if (at.level() >= levels.size()) {
                return After.go(at.at(Phase.GUARD));
            }
            Level level = levels.get(at.level());
            if (at.excess() > 0) {
                int most = Math.min(left, LimitBatch.MOST);
                at = choose(batch, level, at, most);
                left -= most;
            } else {
                if (scopes.isEmpty()) {
                    scopes.addAll(over(batch, level, at, Math.min(left, SCOPES)));
                    batch.looked(1);
                }
                at = scopes.isEmpty() ? at.nextLevel() : begin(batch, level, at, scopes.remove());
                left--;
            }
        }
        return After.go(at);
    }

    /** The next scopes with too much. */
    private static List<Used> over(LimitBatch batch, Level level, LimitCursor at, int most) throws Exception {
        if (level.kind() != UsageScope.Kind.ALL) {
            return batch.usage().over(level.kind(), limit(batch, level).hard(), batch.now(), at.scope(), most);
        }
        if (!at.scope().isEmpty()) {
            return List.of(); // there is but one
        }
        if (level == Level.SPACE) {
            return at.space() > 0 ? List.of(new Used(UsageScope.ALL, 0, at.spaceUsed())) : List.of();
        }
        return at.bytes() > limit(batch, level).hard()
                ? List.of(new Used(UsageScope.ALL, at.files(), at.bytes()))
                : List.of();
    }

    private static ByteLimit limit(LimitBatch batch, Level level) {
        return Objects.requireNonNull(batch.settings().quotas().get(level));
    }

    private static long excess(LimitBatch batch, Level level, LimitCursor at, long used) {
        return level == Level.SPACE ? at.space() : used - limit(batch, level).soft();
    }

    private static LimitCursor begin(LimitBatch batch, Level level, LimitCursor at, Used used) throws Exception {
        UsageScope scope = used.scope();
        String id = scope.kind() == UsageScope.Kind.ALL ? LimitCursor.ALL : scope.id();
        long excess = excess(batch, level, at, used.bytes());
        batch.count("over." + level.label());
        if (batch.settings().reportsOnly()) {
            batch.tell(told(level, scope), used.bytes() + " bytes, " + excess + " too many; nothing is given up");
            return at.begins(id, used.bytes(), 0);
        }
        if (ShortNote.stands(batch, level, scope, used.bytes())) {
            batch.count("skipped.unchanged");
            return at.begins(id, used.bytes(), 0);
        }
        return at.begins(id, used.bytes(), excess - chosenBefore(batch, level, scope));
    }

    /** How many bytes of the scope narrower levels have chosen. */
    private static long chosenBefore(LimitBatch batch, Level level, UsageScope scope) {
        if (level.kind() == UsageScope.Kind.ALL) {
            return batch.plan().sums(batch.name(), Progress.SUSPECT, Optional.of(batch.run())).stream()
                    .filter(sum -> !sum.kind().equals(level.label()))
                    .mapToLong(Sum::bytes)
                    .sum();
        }
        if (level == Level.USER) {
            return 0; // it is the first
        }
        return batch.plan().loosely(batch.name(), batch.run(), Set.of(scope.id())).stream()
                .filter(file -> !file.kind().equals(level.label()))
                .mapToLong(file -> file.state().size())
                .sum();
    }

    private static LimitCursor choose(LimitBatch batch, Level level, LimitCursor at, int most) throws Exception {
        UsageScope scope =
                level.kind() == UsageScope.Kind.ALL ? UsageScope.ALL : new UsageScope(level.kind(), at.scope());
        Optional<Cursor> position = at.position().isEmpty() ? Optional.empty() : Optional.of(new Cursor(at.position()));
        Page page = batch.usage().evictable(scope, batch.settings().order(), batch.madeBefore(), position, most);
        batch.looked(page.files().size() + page.referenced());
        long excess = choose(batch, level, page.files(), at.excess());
        if (page.referenced() > 0) {
            batch.count("skipped.referenced", page.referenced());
        }
        if (excess > 0 && page.next().isEmpty()) {
            fallsShort(batch, level, scope, at, excess);
        }
        return excess > 0 && page.next().isPresent()
                ? at.goesOn(page.next().get().text(), excess)
                : at.goesOn("", 0);
    }

    /** Chooses files until it is enough; the last may go beyond it. Gives what is still too much. */
    private static long choose(LimitBatch batch, Level level, List<EvictableFile> files, long excess) throws Exception {
        if (files.isEmpty()) {
            return excess;
        }
        Map<String, SweptFile> chosen = chosen(batch, files);
        Set<String> kept = batch.settings().listener().kept(files);
        List<Suspect> suspects = new ArrayList<>();
        long left = excess;
        for (EvictableFile file : files) {
            if (left <= 0) {
                break;
            }
            batch.count("examined");
            SweptFile before = chosen.get(file.name());
            if (before != null) {
                // By this level only where a batch was broken off after it wrote, and is done again.
                left -= before.kind().equals(level.label()) ? before.state().size() : 0;
            } else if (kept.contains(file.name())) {
                batch.count("skipped.vetoed");
            } else {
                Optional<FileState> state = state(batch, level, file);
                if (state.isPresent()) {
                    left -= state.get().size();
                    suspects.add(new Suspect(file.name(), file.room().orElse(""), level.label(), "", state.get()));
                }
            }
        }
        batch.plan().add(batch.name(), batch.run(), batch.now(), suspects);
        return left;
    }

    private static Map<String, SweptFile> chosen(LimitBatch batch, List<EvictableFile> files) {
        Map<String, SweptFile> chosen = new HashMap<>();
        batch.plan().open(batch.name(), files.stream().map(EvictableFile::name).toList()).stream()
                .filter(file -> file.run().equals(batch.run()))
                .forEach(file -> chosen.put(file.name(), file));
        return chosen;
    }

    /** What is won by a file; empty if nothing would be. */
    private static Optional<FileState> state(LimitBatch batch, Level level, EvictableFile file) throws IOException {
        if (!FileNames.isName(file.name())) {
            batch.count("skipped.name");
            return Optional.empty();
        }
        if (level != Level.SPACE) {
            return Optional.of(new FileState(file.bytes(), file.createdAt(), ""));
        }
        FileSweep sweep = batch.settings().sweep().orElseThrow();
        if (!sweep.takesReleased(file.name())) {
            batch.count("skipped.unswept");
            return Optional.empty();
        }
        Optional<FileState> state = sweep.store().look(file.name());
        if (state.isEmpty()) {
            batch.count("skipped.absent");
        }
        return state;
    }

    private static void fallsShort(LimitBatch batch, Level level, UsageScope scope, LimitCursor at, long excess)
            throws Exception {
        Counts shielded = batch.usage().shielded(scope, batch.madeBefore());
        shielded.asMap().forEach((reason, files) -> batch.count("skipped." + reason, files));
        batch.count("short." + level.label());
        batch.tell(
                told(level, scope),
                at.used() + " bytes, " + excess + " too many for which nothing may go; of its files: " + shielded);
        long after = at.used() - (excess(batch, level, at, at.used()) - excess);
        ShortNote.write(batch, level, scope, after);
    }

    private static String told(Level level, UsageScope scope) {
        return level == Level.SPACE ? "the store" : scope.toString();
    }
}
