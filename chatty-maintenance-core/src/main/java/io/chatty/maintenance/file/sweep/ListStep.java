package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.order.ByteOrder;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import io.chatty.maintenance.file.sweep.SweepCursor.Tally;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lists the store, page by page, and asks for the references to each page after it was listed. What nothing refers to, and is old
 * enough, becomes a suspect.
 *
 * <p>The size of the files is sampled, for the share limit: the first 250 under each rule, then one in 500. Asking for all would
 * cost more than all the rest.
 */
final class ListStep implements Step<SweepBatch, SweepCursor> {

    /** How many names cost as much as moving one file. */
    private static final int NAMES_PER_ITEM = 50;

    private static final int SAMPLED_FIRST = 250;
    private static final int SAMPLED_THEN = 500;

    @Override
    public After<SweepCursor> run(SweepBatch batch, SweepCursor cursor) throws Exception {
        List<String> tops = batch.settings().rules().tops();
        if (cursor.part() >= tops.size()) {
            return After.go(cursor.at(Phase.REFERENCES));
        }
        String top = tops.get(cursor.part());
        ReadAhead listing = batch.listing().take(batch.store(), batch.run(), top, cursor.position());
        Counts skippedBefore = listing.skipped();
        SweepCursor after = cursor;
        boolean open = true;
        try {
            Tallies tallies = new Tallies(cursor.tallies());
            String position = cursor.position();
            long budget = (long) batch.size() * NAMES_PER_ITEM;
            while (open && budget > 0 && !batch.isCancelled()) {
                List<StoredFile> page = new ArrayList<>();
                open = read(listing, page, (int) Math.min(budget, Sources.MOST));
                budget -= page.size();
                position = judge(batch, top, position, page, open, tallies);
                batch.looked((double) page.size() / NAMES_PER_ITEM);
            }
            skipped(batch, skippedBefore, listing.skipped());
            after = cursor.with(tallies.all());
            after = open ? after.at(cursor.part(), position, 0) : after.at(cursor.part() + 1, "", 0);
            return After.go(after);
        } finally {
            if (open && !after.equals(cursor)) {
                batch.listing().give(batch.run(), top, after.position(), listing);
            } else {
                listing.close();
            }
        }
    }

    /** Reads a page; gives whether there may be more. */
    private static boolean read(FileListing listing, List<StoredFile> page, int most) throws IOException {
        while (page.size() < most) {
            Optional<StoredFile> next = listing.next();
            if (next.isEmpty()) {
                return false;
            }
            page.add(next.get());
        }
        return true;
    }

    /** Gives the position behind the page. */
    private static String judge(
            SweepBatch batch, String top, String position, List<StoredFile> page, boolean open, Tallies tallies)
            throws Exception {
        List<String> names = new ArrayList<>(page.size());
        String last = position;
        boolean ordered = batch.store().listsInByteOrder();
        for (StoredFile file : page) {
            String name = file.name();
            if (ordered && ByteOrder.compare(last, name) >= 0) {
                throw new MaintenanceException("file store " + batch.store() + " listed \"" + name + "\" after \""
                        + last + "\", where it says that it lists in the order of bytes; nothing is moved");
            }
            last = name;
            names.add(name);
        }
        String from = position.isEmpty() ? top : position;
        String upTo = open ? last : top + "\uDBFF\uDFFF"; // no name comes after that
        Sources.Answer answer = batch.sources().compare(from, upTo, names);
        batch.count("examined", page.size());
        batch.count("referenced", page.size() - answer.unreferenced().size());
        tally(batch, page, tallies);
        Broken.confirm(batch, ReferenceStep.named(batch, answer.missing()));
        Judgement.of(batch, page, answer.unreferenced());
        return last;
    }

    private static void tally(SweepBatch batch, List<StoredFile> page, Tallies tallies) {
        SweepRules rules = batch.settings().rules();
        for (StoredFile file : page) {
            int rule = rules.of(file.name());
            if (rule < 0) {
                batch.count("skipped.unruled");
                continue;
            }
            Optional<FileState> sample = Optional.empty();
            long files = tallies.files(rule);
            if (files < SAMPLED_FIRST || files % SAMPLED_THEN == 0) {
                sample = state(batch, file);
            }
            tallies.file(rule, sample);
        }
    }

    /** What a file is; empty if it cannot be told, of which a finding is told unless it has merely gone. */
    static Optional<FileState> state(SweepBatch batch, StoredFile file) {
        try {
            return Optional.of(file.state());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            batch.findings().tell(Kind.FAILED, file.name(), "cannot be looked at: " + e);
            batch.count("skipped.failed");
            return Optional.empty();
        }
    }

    private static void skipped(SweepBatch batch, Counts before, Counts after) {
        after.asMap().forEach((name, count) -> batch.count(name, count - before.get(name)));
    }

    /** The tallies of a batch, which grow. */
    private static final class Tallies {

        private final List<Tally> all;

        Tallies(List<Tally> all) {
            this.all = new ArrayList<>(all);
        }

        long files(int rule) {
            return all.get(rule).files();
        }

        void file(int rule, Optional<FileState> sample) {
            Tally tally = all.get(rule);
            all.set(
                    rule,
                    new Tally(
                            tally.files() + 1,
                            tally.sampled() + (sample.isPresent() ? 1 : 0),
                            tally.bytes() + sample.map(FileState::size).orElse(0L),
                            tally.references()));
        }

        List<Tally> all() {
            return all;
        }
    }
}
