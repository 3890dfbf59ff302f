package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.TimeSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What would go of the next rows of a step. For one batch; not thread-safe. */
final class Forecast {

    private final StepScope scope;
    private final Capping capping;
    private Optional<TimeSpan> span = Optional.empty();

    Forecast(StepScope scope, Capping capping) {
        this.scope = scope;
        this.capping = capping;
    }

    /** From when to when the messages are that would go; empty if none would. */
    Optional<TimeSpan> span() {
        return span;
    }

    Optional<Look> of(Step step) {
        return switch (step.kind()) {
            case RANGE, ROOMS, JUDGED -> messages(step);
            case ROWS -> rows(step);
            case MEASURED -> capping.measure(step, scope);
            case CAPPED -> capped(step);
        };
    }

    /** Messages, each of which is judged. */
    Optional<Look> messages(Step step) {
        MessageRows reading = scope.reading(true);
        return scope.read(step, reading).map(part -> {
            List<Judge.Judgement> judgements = scope.judge().judge(part.rows());
            Deletion.Gone foreseen = gone(part.rows(), due(step, part.rows(), judgements, reading), judgements);
            capping.foresee(foreseen);
            Counts others = StepScope.skipped("skipped.", judgements).plus(scope.withoutKey(step));
            return Look.at(part, scope.size(), foreseen.with(others));
        });
    }

    private Optional<Look> rows(Step step) {
        return scope.next(step, scope.size())
                .map(stretch -> Look.at(
                        stretch,
                        scope.size(),
                        Deletion.Gone.of(step.count(scope.session(), scope.due(step, stretch.end())))));
    }

    /** The oldest that may go for the size cap. */
    Optional<Look> capped(Step step) {
        return capping.look(
                step,
                scope,
                scope.reading(true),
                (rows, choice) -> gone(rows, goIn(step, choice.judgements()), choice.judgements()));
    }

    private Deletion.Gone gone(List<MessageRow> rows, List<Boolean> due, List<Judge.Judgement> judgements) {
        PreviewCounts counts = new PreviewCounts();
        for (int i = 0; i < due.size(); i++) {
            if (due.get(i)) {
                counts.due(rows.get(i), judgements.get(i));
            }
        }
        span = counts.span();
        return new Deletion.Gone(counts.messages(), counts.counts(), 0);
    }

    private static List<Boolean> goIn(Step step, List<Judge.Judgement> judgements) {
        return judgements.stream()
                .map(judgement -> judgement.goesAs(step.name()))
                .toList();
    }

    /** Which of the messages go in this step; those that share a key only when all that have it do. */
    private List<Boolean> due(Step step, List<MessageRow> rows, List<Judge.Judgement> judgements, MessageRows reading) {
        List<Boolean> due = new ArrayList<>(goIn(step, judgements));
        HostTables tables = scope.tables();
        if (!tables.keyShared || !due.contains(true)) {
            return due;
        }
        Sql haveThem = tables.haveKey(StepScope.keys(step, rows, judgements));
        List<MessageRow> sharing = reading.find(scope.session(), haveThem);
        Map<List<Object>, Boolean> all = new SharedKeys(tables, scope.session())
                .allGo(haveThem, sharing, scope.judge().judge(sharing));
        for (int i = 0; i < rows.size(); i++) {
            due.set(i, due.get(i) && all.getOrDefault(rows.get(i).key(), false));
        }
        return due;
    }
}
