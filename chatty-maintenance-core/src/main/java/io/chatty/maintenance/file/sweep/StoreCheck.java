package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Looks, before anything else, whether store, ledger and references are those that they should be: the same store by its id (R8),
 * a database that can be trusted (R6), clocks that agree, and a grace that is longer than anything that is under way (R2).
 */
final class StoreCheck implements Step<SweepBatch, SweepCursor> {

    static final String STORE = "store";
    private static final String NEW_STORE = "store.new";
    private static final Duration APART = Duration.ofMinutes(1);

    @Override
    public After<SweepCursor> run(SweepBatch batch, SweepCursor cursor) throws Exception {
        SweepSettings settings = batch.settings();
        List<String> problems = problems(settings);
        if (problems.isEmpty()) {
            problems = transactions(settings);
        }
        if (!problems.isEmpty()) {
            throw new MaintenanceException("nothing is listed, moved or deleted: " + String.join("; ", problems));
        }
        if (!batch.isPreview()) {
            register(settings);
        }
        batch.looked(1);
        return After.go(cursor.at(batch.isPreview() ? Phase.RELEASED : Phase.SETTLE));
    }

    /** What keeps a sweep from being done, as far as can be told without a run. */
    static List<String> problems(SweepSettings settings) {
        List<String> problems = new ArrayList<>(settings.ledger().problems());
        settings.references().forEach(source -> problems.addAll(source.problems()));
        if (!problems.isEmpty()) {
            return problems;
        }
        try {
            sameStore(settings).ifPresent(problems::add);
            clocks(settings).ifPresent(problems::add);
        } catch (IOException e) {
            problems.add("file store " + settings.store() + " cannot be read: " + e);
        }
        return problems;
    }

    private static Optional<String> sameStore(SweepSettings settings) throws IOException {
        FileLedger ledger = settings.ledger();
        Optional<String> known = ledger.note(settings.name(), STORE);
        Optional<String> id = settings.store().id();
        if (known.isPresent()) {
            return id.equals(known)
                    ? Optional.empty()
                    : Optional.of("file store " + settings.store() + " has "
                            + id.map(given -> "the id " + given).orElse("no id") + ", where " + settings.name()
                            + " has swept " + known.get()
                            + "; is it mounted, and the right one? For another store take another name of the sweep");
        }
        boolean ours =
                id.isEmpty() || id.equals(settings.adopted()) || id.equals(ledger.note(settings.name(), NEW_STORE));
        return ours
                ? Optional.empty()
                : Optional.of("file store " + settings.store() + " has the id " + id.get()
                        + ", which another database or sweep gave it, and whose files may be referred to there; if they are"
                        + " not, say so with adoptStore(\"" + id.get() + "\")");
    }

    /** Gives a new store its id. It is noted before, or a crash in between would leave a store that nobody knows. */
    private static void register(SweepSettings settings) throws IOException {
        FileLedger ledger = settings.ledger();
        SweepableStore store = settings.store();
        if (ledger.note(settings.name(), STORE).isPresent()) {
            return;
        }
        Optional<String> id = store.id();
        if (id.isEmpty()) {
            String given = ledger.note(settings.name(), NEW_STORE)
                    .orElseGet(() -> UUID.randomUUID().toString());
            ledger.note(settings.name(), NEW_STORE, given);
            store.giveId(given);
            id = Optional.of(given);
        }
        ledger.note(settings.name(), STORE, id.get());
    }

    private static Optional<String> clocks(SweepSettings settings) throws IOException {
        Instant ledger = settings.ledger().now();
        Instant store = settings.store().now();
        return Duration.between(ledger, store).abs().compareTo(APART) > 0
                ? Optional.of("the clock of file store " + settings.store() + " says " + store + ", that of the ledger "
                        + ledger + ": over " + APART.toSeconds()
                        + " s apart, so the age of a file is not known; set the clocks")
                : Optional.empty();
    }

    private static List<String> transactions(SweepSettings settings) throws Exception {
        List<String> problems = new ArrayList<>();
        for (FileReferences source : settings.references()) {
            Optional<Duration> oldest = source.oldestTransaction();
            if (oldest.isPresent()
                    && oldest.get().multipliedBy(2).compareTo(settings.grace()) > 0
                    && !settings.grace().isZero()) {
                problems.add("references " + source.name() + ": what was referred to in the last " + oldest.get()
                        + " may not be known yet (a transaction has been open for so long, or a list is so old), over"
                        + " half of the grace of " + settings.grace() + "; such a file could look old enough to go. End"
                        + " it, write the list anew, or give a longer grace");
            }
        }
        return problems;
    }
}
