package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.TaskContext;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The phases of a sweep, and what does each of them. Thread-safe. */
final class SweepPhases {

    private final SweepSettings settings;
    private final Map<Phase, Step<SweepBatch, SweepCursor>> steps = new EnumMap<>(Phase.class);

    SweepPhases(SweepSettings settings) {
        this.settings = settings;
        steps.put(Phase.CHECK, new StoreCheck());
        steps.put(Phase.SETTLE, new Settling());
        steps.put(Phase.RELEASED, new ReleasedStep());
        steps.put(Phase.LIST, new ListStep());
        steps.put(Phase.REFERENCES, new ReferenceStep());
        steps.put(Phase.GUARD, new GuardStep());
        steps.put(Phase.NOTE, GuardStep::note);
        steps.put(Phase.REVIEW, new ReviewStep());
        steps.put(Phase.MOVE, new MoveStep(false));
        steps.put(Phase.MOVE_DERIVED, new MoveStep(true));
        steps.put(Phase.PRUNE, new TidyStep(true));
        steps.put(Phase.FORGET, new TidyStep(false));
        steps.put(Phase.LET_GO, (batch, cursor) -> GuardStep.letGo(batch, cursor, Optional.empty()));
        steps.put(Phase.START_ANEW, (batch, cursor) -> GuardStep.letGo(batch, cursor, Optional.of(start(Phase.CHECK))));
    }

    private SweepCursor start(Phase phase) {
        return SweepCursor.start(
                settings.fingerprint(), phase, settings.rules().all().size());
    }

    /** Where the batch begins: a run that began under other settings begins anew. */
    SweepCursor cursor(TaskContext context) {
        SweepCursor given = context.cursor().map(SweepCursor::parse).orElseGet(() -> start(Phase.CHECK));
        return given.settings().equals(settings.fingerprint()) ? given : start(Phase.START_ANEW);
    }

    /** Does a batch. */
    BatchResult run(SweepBatch batch, SweepCursor cursor) throws Exception {
        After<SweepCursor> after =
                Objects.requireNonNull(steps.get(cursor.phase())).run(batch, cursor);
        if (after.next().isEmpty()) {
            batch.listing().close();
        }
        return after.result(SweepCursor::cursor)
                .with(batch.counts())
                .lookingAt(batch.looked())
                .operating(batch.operations());
    }
}
