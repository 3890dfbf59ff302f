package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileLedger.Sum;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import io.chatty.maintenance.file.sweep.SweepCursor.Tally;
import io.chatty.maintenance.task.BatchResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Looks, before the first move of a run, whether what it is about to move is absurd: too large a share of the files or bytes, in
 * all or under one rule, together with what lies in quarantine already; or a source that has lost half of its references. Then a
 * person has to confirm. What is confirmed are the suspects in the ledger, file by file: none joins them.
 */
final class GuardStep implements Step<SweepBatch, SweepCursor> {

    /** Stores, and rules, with fewer files are not looked at. */
    private static final int SMALL = 1000;

    /** Sources with fewer references are not looked at. */
    private static final int FEW = 100;

    static final String FIRST_RUN = "first-run";

    @Override
    public After<SweepCursor> run(SweepBatch batch, SweepCursor cursor) {
        List<Sum> suspects = suspects(batch, cursor);
        suspects.forEach(sum -> {
            batch.count("suspects." + sum.kind(), sum.files());
            batch.count("suspectBytes." + sum.kind(), sum.bytes());
        });
        if (!batch.isPreview()
                && !batch.settings().firstRunMoves()
                && batch.ledger().note(batch.sweep(), FIRST_RUN).isEmpty()) {
            batch.looked(1);
            return After.go(cursor.at(Phase.LET_GO));
        }
        List<String> reasons = new ArrayList<>();
        if (!suspects.isEmpty()) {
            reasons.addAll(shares(batch, cursor, suspects));
        }
        reasons.addAll(drops(batch, cursor));
        batch.looked(1);
        SweepCursor next = cursor.at(batch.isPreview() ? Phase.REVIEW : Phase.NOTE);
        if (reasons.isEmpty()) {
            return After.go(next);
        }
        String reason = String.join("; ", reasons);
        return After.await(next, reason.substring(0, Math.min(reason.length(), BatchResult.MOST_REASON)));
    }

    /** What is to be moved: suspects without those under a rule of which it is not known whether anything refers to it. */
    private static List<Sum> suspects(SweepBatch batch, SweepCursor cursor) {
        return batch.suspects().sums(batch.sweep(), Progress.SUSPECT, Optional.of(batch.run())).stream()
                .filter(sum -> !MoveStep.isUnknown(batch, cursor, sum.kind(), sum.prefix()))
                .toList();
    }

    private static List<String> shares(SweepBatch batch, SweepCursor cursor, List<Sum> suspects) {
        List<Sum> going = new ArrayList<>(suspects);
        List<Sum> quarantined = batch.ledger().sums(batch.sweep(), Progress.QUARANTINED, Optional.empty());
        going.addAll(quarantined);
        List<String> reasons = new ArrayList<>();
        share(batch, "in all", cursor.tallies(), going, quarantined).ifPresent(reasons::add);
        List<SweepRule> rules = batch.settings().rules().all();
        for (int i = 0; i < rules.size(); i++) {
            SweepRule rule = rules.get(i);
            if (rule.kind() == SweepKind.ORPHAN) { // the others are made to go
                share(
                                batch,
                                "under \"" + rule.prefix() + "\"",
                                List.of(cursor.tallies().get(i)),
                                of(rule, going),
                                of(rule, quarantined))
                        .ifPresent(reasons::add);
            }
        }
        return reasons;
    }

    private static List<Sum> of(SweepRule rule, List<Sum> sums) {
        return sums.stream()
                .filter(sum -> sum.prefix().equals(rule.prefix())
                        && (sum.kind().equals(SweepKind.ORPHAN.label())
                                || sum.kind().equals(SweepKind.RELEASED.label())))
                .toList();
    }

    private static Optional<String> share(
            SweepBatch batch, String where, List<Tally> tallies, List<Sum> going, List<Sum> quarantined) {
        // What lies in quarantine was listed no more.
        long files = tallies.stream().mapToLong(Tally::files).sum() + files(quarantined);
        double bytes = tallies.stream().mapToDouble(Tally::allBytes).sum() + bytes(quarantined);
        double limit = batch.settings().shareLimit();
        if (files < SMALL || (files(going) <= limit * files && bytes(going) <= limit * bytes)) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "would have set aside %,d of %,d files, and %,d of about %,.0f bytes, %s; %.0f %% is the limit",
                files(going),
                files,
                bytes(going),
                bytes,
                where,
                limit * 100));
    }

    private static long files(List<Sum> sums) {
        return sums.stream().mapToLong(Sum::files).sum();
    }

    private static long bytes(List<Sum> sums) {
        return sums.stream().mapToLong(Sum::bytes).sum();
    }

    private static List<String> drops(SweepBatch batch, SweepCursor cursor) {
        List<String> reasons = new ArrayList<>();
        List<FileReferences> sources = batch.sources().all();
        for (int i = 0; i < sources.size(); i++) {
            long now = cursor.complete().get(i);
            long last = batch.ledger()
                    .note(batch.sweep(), noteOf(sources.get(i)))
                    .map(Long::parseLong)
                    .orElse(0L);
            if (now != ReferenceStep.NOT_READ && last >= FEW && now < last - now) {
                reasons.add(String.format(
                        Locale.ROOT,
                        "references %s: %,d now, %,d at the last sweep; are they all there?",
                        sources.get(i).name(),
                        now,
                        last));
            }
        }
        return reasons;
    }

    private static String noteOf(FileReferences source) {
        return "references." + source.name();
    }

    /** Notes the counts of references that passed, or that a person has confirmed. */
    static After<SweepCursor> note(SweepBatch batch, SweepCursor cursor) {
        List<FileReferences> sources = batch.sources().all();
        for (int i = 0; i < sources.size(); i++) {
            long count = cursor.complete().get(i);
            if (count != ReferenceStep.NOT_READ) {
                batch.ledger().note(batch.sweep(), noteOf(sources.get(i)), Long.toString(count));
            }
        }
        batch.looked(1);
        return After.go(cursor.at(Phase.REVIEW));
    }

    /** Lets the suspects of the first run go, which moves nothing, and ends it. */
    static After<SweepCursor> letGo(SweepBatch batch, SweepCursor cursor, Optional<SweepCursor> then) {
        List<Long> ids = batch
                .suspects()
                .list(
                        batch.sweep(),
                        Progress.SUSPECT,
                        Optional.of(batch.run()),
                        Optional.empty(),
                        cursor.number(),
                        batch.size())
                .stream()
                .map(file -> file.id())
                .toList();
        batch.looked(ids.size());
        if (!ids.isEmpty()) {
            batch.suspects().keep(ids, Progress.SUSPECT, "preview", Optional.empty(), batch.now());
            return After.go(cursor.at(ids.get(ids.size() - 1)));
        }
        if (then.isPresent()) {
            return After.go(then.get());
        }
        note(batch, cursor);
        batch.ledger().note(batch.sweep(), FIRST_RUN, batch.run().value());
        return After.done();
    }
}
