package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.finding.ReadReferences;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import io.chatty.maintenance.file.sweep.SweepCursor.Tally;
import io.chatty.maintenance.task.Cursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads all references, page by page. They are counted, and each source has to end with the number that was counted (R7); a
 * suspect that is referred to in other letters only is kept (R5); references without a file are told of.
 */
final class ReferenceStep implements Step<SweepBatch, SweepCursor> {

    /** How many references cost as much as moving one file. */
    private static final int REFERENCES_PER_ITEM = 10;

    /** The count of a source that was not read to its end, since nothing is to be moved. */
    static final long NOT_READ = -1;

    @Override
    public After<SweepCursor> run(SweepBatch batch, SweepCursor cursor) throws Exception {
        List<FileReferences> sources = batch.sources().all();
        if (cursor.part() >= sources.size()) {
            return After.go(cursor.at(Phase.GUARD));
        }
        FileReferences source = sources.get(cursor.part());
        boolean hasSuspects = hasSuspects(batch);
        if (batch.sources().isMerged(source) && !hasSuspects) {
            return After.go(
                    cursor.completed(NOT_READ)); // it was read beside the listing, and nothing hangs on its count
        }
        Optional<Cursor> position =
                cursor.position().isEmpty() ? Optional.empty() : Optional.of(new Cursor(cursor.position()));
        int most = (int) Math.min((long) batch.size() * REFERENCES_PER_ITEM, Sources.MOST);
        ReferencePage page = source.page(position, most);
        List<FileReference> named = ofReferences(batch, page.references());
        SweepCursor tallied = cursor.with(tally(batch, cursor.tallies(), named));
        if (hasSuspects) {
            keepLooseMatches(batch, page.references()); // refused ones too: one with a slash before it, for one
        }
        if (!batch.sources().isMerged(source)) {
            Broken.look(
                    batch,
                    named.stream()
                            .filter(reference -> batch.settings().rules().covers(reference.name()))
                            .toList());
        }
        batch.count("references", page.references().size());
        batch.looked((double) page.references().size() / REFERENCES_PER_ITEM);
        long seen = cursor.seen() + page.references().size();
        if (page.next().isPresent()) {
            return After.go(tallied.at(cursor.part(), page.next().get().text(), seen));
        }
        return After.go(tallied.completed(ReadReferences.complete(source, page, seen, "nothing is moved")));
    }

    /** Those that may be names of files; the others are told of. */
    static List<String> named(SweepBatch batch, List<String> names) {
        List<FileReference> references = names.stream()
                .map(name -> FileReference.of(name, "in the list of references"))
                .toList();
        return ofReferences(batch, references).stream().map(FileReference::name).toList();
    }

    private static List<FileReference> ofReferences(SweepBatch batch, List<FileReference> references) {
        return ReadReferences.named(references, refused -> {
            batch.count("refused");
            batch.findings().tell(Kind.REFUSED_NAME, refused.name(), refused.where());
        });
    }

    private static List<Tally> tally(SweepBatch batch, List<Tally> before, List<FileReference> references) {
        List<SweepRule> rules = batch.settings().rules().all();
        long[] more = new long[rules.size()];
        for (FileReference reference : references) {
            for (int i = 0; i < more.length; i++) {
                if (rules.get(i).needsReferences()
                        && reference.name().startsWith(rules.get(i).prefix())) {
                    more[i]++;
                    break; // the longest prefix comes first
                }
            }
        }
        List<Tally> tallies = new ArrayList<>();
        for (int i = 0; i < more.length; i++) {
            Tally tally = before.get(i);
            tallies.add(new Tally(tally.files(), tally.sampled(), tally.bytes(), tally.references() + more[i]));
        }
        return tallies;
    }

    private static boolean hasSuspects(SweepBatch batch) {
        return !batch.suspects()
                .list(batch.sweep(), Progress.SUSPECT, Optional.of(batch.run()), Optional.empty(), 0, 1)
                .isEmpty();
    }

    private static void keepLooseMatches(SweepBatch batch, List<FileReference> references) {
        Map<String, FileReference> byLoose = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (FileReference reference : references) {
            byLoose.put(LooseName.of(reference.name()), reference);
            names.add(reference.name());
        }
        Set<Long> kept = new HashSet<>();
        for (SweptFile file : batch.suspects().loosely(batch.sweep(), batch.run(), byLoose.keySet())) {
            if (!names.contains(file.name())) { // else it is asked for once more before it is moved
                kept.add(file.id());
                FileReference reference = byLoose.get(LooseName.of(file.name()));
                batch.findings()
                        .tell(
                                Kind.LOOSE_MATCH,
                                file.name(),
                                "as \"" + (reference == null ? "" : reference.name()) + "\" in "
                                        + (reference == null ? "" : reference.where()));
            }
        }
        batch.count("skipped.loose", kept.size());
        batch.suspects().keep(kept, Progress.SUSPECT, "loose", Optional.empty(), batch.now());
    }
}
