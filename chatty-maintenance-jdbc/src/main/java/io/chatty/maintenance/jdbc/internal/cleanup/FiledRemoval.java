package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.Counts;
import java.util.List;
import java.util.Optional;

/**
 * Removes what is due of the next messages by way of a file: one batch writes them, the next removes what is unchanged, see
 * {@link Filing}. For one batch; not thread-safe.
 */
final class FiledRemoval {

    private final Filing files;
    private final StepScope scope;
    private final Capping capping;
    private final StepRemoval removal;

    FiledRemoval(Filing files, StepScope scope, Capping capping, StepRemoval removal) {
        this.files = files;
        this.scope = scope;
        this.capping = capping;
        this.removal = removal;
    }

    /** Whether what the step removes is archived. */
    static boolean isFor(Step step) {
        return step.kind() != Step.Kind.ROWS && step.kind() != Step.Kind.MEASURED;
    }

    /**
     * What came of the first batch.
     *
     * @param look what it looked at
     * @param written what the next has to remove; empty if nothing was due
     */
    record Writing(Look look, Optional<CleanupCursor.Written> written) {}

    /** Writes what is due of the next messages to a file; empty if there are none. */
    Optional<Writing> write(Step step) {
        boolean caps = step.kind() == Step.Kind.CAPPED;
        if (caps && capping.isFull()) {
            return Optional.empty();
        }
        return scope.read(step, reading(caps)).map(part -> {
            Chosen chosen = choose(step, part.rows());
            boolean last = part.examined() < scope.size() || chosen.full();
            List<List<Object>> keys = StepScope.keys(step, part.rows(), chosen.judgements());
            Counts counts = StepScope.skipped(caps ? "skipped.capped." : "skipped.", chosen.judgements())
                    .plus(caps ? Counts.none() : scope.withoutKey(step));
            Look look = new Look(part.end(), part.examined(), last, new Deletion.Gone(0, counts, 0));
            Optional<CleanupCursor.Written> written = keys.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new CleanupCursor.Written(files.write(keys), part.end(), last, chosen.full()));
            return new Writing(look, written);
        });
    }

    /** Removes what the batch before wrote, as far as it is unchanged. */
    Look remove(Step step, CleanupCursor.Written written) {
        boolean caps = step.kind() == Step.Kind.CAPPED;
        MessageRows reading = reading(caps);
        List<MessageRow> rows =
                reading.find(scope.session(), scope.due(step, written.end()).add(" ORDER BY " + step.order()));
        Chosen chosen = choose(step, rows);
        Deletion.SecondLook underLock =
                files.unchanged(locked -> choose(step, locked).judgements(), reading);
        Deletion.Gone gone = removal.judged(step, rows, chosen.judgements(), underLock, reading);
        chosen.forCap().ifPresent(choice -> capping.took(gone, choice, written.full()));
        return new Look(
                written.end(), 0, written.last(), gone.with(Counts.none().plus("skipped.changed", files.changed())));
    }

    private MessageRows reading(boolean caps) {
        return scope.reading(caps && capping.isInBytes());
    }

    /** What becomes of messages; chosen for the size cap in the step that is for it. */
    private record Chosen(List<Judge.Judgement> judgements, Optional<Capping.Choice> forCap) {
        private boolean full() {
            return forCap.filter(Capping.Choice::full).isPresent();
        }
    }

    private Chosen choose(Step step, List<MessageRow> rows) {
        if (step.kind() != Step.Kind.CAPPED) {
            return new Chosen(scope.judge().judge(rows), Optional.empty());
        }
        Capping.Choice choice = capping.choose(rows);
        return new Chosen(choice.judgements(), Optional.of(choice));
    }
}
