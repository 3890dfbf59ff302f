package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.util.Optional;

/**
 * Counts what is due of the next rows of a step, until it is known whether that is too much to remove unasked. For one batch;
 * not thread-safe.
 */
final class DueCount {

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
            case ROOMS -> scope.byRooms(step, most, (stretch, due) -> counted(step, stretch, due), forecast::messages);
            case JUDGED -> forecast.messages(step);
            case ROWS -> Optional.empty();
            case MEASURED -> capping.measure(step, scope);
            case CAPPED -> forecast.capped(step);
        };
    }

    private Optional<Look> range(Step step) {
        Sql goes = scope.going(step, Sql.of("(").add(step.due()).add(")"));
        return step.nextCounted(scope.session(), scope.cursor().position(), most, goes)
                .map(counted -> {
                    Step.Stretch stretch = counted.stretch();
                    return noted(stretch, scope.going(step, scope.due(step, stretch.end())), counted.found());
                });
    }

    private Look counted(Step step, Step.Stretch stretch, Sql due) {
        Sql goes = scope.going(step, due);
        return noted(stretch, goes, step.count(scope.session(), goes));
    }

    private Look noted(Step.Stretch stretch, Sql goes, long found) {
        capping.foresee(scope.session(), goes, found);
        long work = (stretch.rows() + AT_ONCE - 1) / AT_ONCE;
        return new Look(stretch.end(), work, stretch.rows() < most, Deletion.Gone.of(found));
    }
}
