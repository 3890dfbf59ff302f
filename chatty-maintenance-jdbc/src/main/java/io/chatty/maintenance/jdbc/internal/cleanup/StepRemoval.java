package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.Counts;
import java.util.List;
import java.util.Optional;

/** Removes what is due of the next rows of a step. For one batch; not thread-safe. */
final class StepRemoval {

    private final StepScope scope;
    private final Capping capping;
    private final Removal.Aside aside;

    /**
     * @param aside what is written aside of what goes
     */
    StepRemoval(StepScope scope, Capping capping, Removal.Aside aside) {
        this.scope = scope;
        this.capping = capping;
        this.aside = aside;
    }

    Optional<Look> of(Step step) {
        return switch (step.kind()) {
            case RANGE ->
                scope.next(step, scope.size()).map(stretch -> removed(step, stretch, scope.due(step, stretch.end())));
            case ROOMS ->
                scope.byRooms(step, scope.size(), (stretch, due) -> removed(step, stretch, due), this::judged);
            case JUDGED -> judged(step);
            case ROWS -> rows(step);
            case MEASURED -> capping.measure(step, scope);
            case CAPPED -> capped(step);
        };
    }

    private Deletion deletion(MessageRows reading) {
        return new Deletion(scope.tables(), scope.session(), reading, aside, scope.expiry()::reported);
    }

    private Look removed(Step step, Step.Stretch stretch, Sql due) {
        Deletion.Gone gone = deletion(scope.reading(false)).range(step, stretch, scope.going(step, due));
        refuseNewHolds(gone);
        Counts kept = scope.conditions().kept(scope.session(), due, scope.holds(), StepScope.mayBeExempt(step));
        return Look.at(stretch, scope.size(), gone.with(kept));
    }

    private Optional<Look> judged(Step step) {
        MessageRows reading = scope.reading(false);
        return scope.read(step, reading).map(part -> {
            List<Judge.Judgement> judgements = scope.judge().judge(part.rows());
            Deletion.Gone gone = judged(step, part.rows(), judgements, scope.judge()::judge, reading);
            Counts others = StepScope.skipped("skipped.", judgements).plus(scope.withoutKey(step));
            return Look.at(part, scope.size(), gone.with(others));
        });
    }

    /**
     * Removes what was judged to go.
     *
     * @param underLock looks at it once more when it is locked
     */
    Deletion.Gone judged(
            Step step,
            List<MessageRow> rows,
            List<Judge.Judgement> judgements,
            Deletion.SecondLook underLock,
            MessageRows reading) {
        boolean first = step.kind() != Step.Kind.CAPPED && scope.deletionsGo();
        Deletion.Gone gone = deletion(reading)
                .judged(
                        StepScope.keys(step, rows, judgements),
                        underLock,
                        step.name(),
                        scope.still(step, first),
                        first ? Optional.of(scope.still(step, false)) : Optional.empty());
        refuseNewHolds(gone);
        return gone;
    }

    private Optional<Look> capped(Step step) {
        MessageRows reading = scope.reading(capping.isInBytes());
        Deletion.SecondLook underLock = rows -> capping.choose(rows).judgements();
        return capping.look(
                step, scope, reading, (rows, choice) -> judged(step, rows, choice.judgements(), underLock, reading));
    }

    private Optional<Look> rows(Step step) {
        return scope.next(step, scope.size())
                .map(stretch -> Look.at(
                        stretch,
                        scope.size(),
                        deletion(scope.reading(false)).rows(step, scope.due(step, stretch.end()))));
    }

    /**
     * A hold that came while the batch worked has kept the statement from deleting anything: all of it is done again. Where
     * something went, none had come.
     */
    private void refuseNewHolds(Deletion.Gone gone) {
        if (gone.rows() == 0 || gone.locked() > 0) {
            HoldRows.refuseNewer(scope.session(), scope.holds());
        }
    }
}
