package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.util.Optional;

/**
 * Counts what is due of the next rows of a step, until it is known whether that is too much to remove unasked. For one batch;
 * not thread-safe.
 */
public final class DueCount {

    /** Counting costs so many times less than removing. */
    static final int AT_ONCE = 8;

    private final StepScope scope;
    private final Capping capping;
    private final Forecast forecast;
    private final int most;

    DueCount(StepScope scope, Capping capping, Forecast forecast) {
        this.scope = scope;
        this.capping = capping;
        this.forecast = forecast;
        this.most = Math.multiplyExact(scope.size(), AT_ONCE);
    }

    Optional<Look> of(Step step) {
        return switch (step.kind()) {
            case RANGE -> range(step);
            case ROOMS -> rooms(step);
            case JUDGED -> forecast.messages(step);
            case ROWS -> Optional.empty();
            case MEASURED -> capping.measure(step, scope);
            case CAPPED -> forecast.capped(step);
        };
    }

    private Optional<Look> range(Step step) {
        if (capping.isAsked()) {
            return scope.next(step, most).map(stretch -> counted(step, stretch, scope.due(step, stretch.end())));
        }
        Sql goes = scope.going(step, Sql.of("(").add(step.due()).add(")"));
        return step.nextCounted(scope.session(), scope.cursor().position(), most, goes)
                .map(counted -> counted(counted.stretch(), counted.found()));
    }

    private Optional<Look> rooms(Step step) {
        Optional<Step.Stretch> next = scope.next(step, most);
        return next.isEmpty()
                ? Optional.empty()
                : scope.dueByRooms(step, next.get())
                        .map(due -> counted(step, next.get(), due))
                        .or(() -> forecast.messages(step));
    }

    private Look counted(Step step, Step.Stretch stretch, Sql due) {
        Sql goes = scope.going(step, due);
        long found = step.count(scope.session(), goes);
        capping.foresee(scope.session(), goes, found);
        return counted(stretch, found);
    }

    private Look counted(Step.Stretch stretch, long found) {
        long work = (stretch.rows() + AT_ONCE - 1) / AT_ONCE;
        return new Look(stretch.end(), work, stretch.rows() < most, Deletion.Gone.of(found));
    }
}
