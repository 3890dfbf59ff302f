package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.Explanation;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.retention.RetentionDecision;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Explains what becomes of one message, by the same judge that a run asks. */
final class Explaining {

    private final HostTables tables;
    private final Session session;
    private final Conditions conditions;
    private final Judge judge;
    private final List<Column> shown;

    Explaining(Cleanup.Setup setup, HostTables tables, Session session, HoldRows.Known holds, Instant now) {
        this.tables = tables;
        this.session = session;
        this.shown = setup.shown(tables);
        this.conditions = new Conditions(tables, setup.settings(), setup.expiry(), now);
        Latest latest = new Latest(tables, conditions, session, RunId.random(), new Latest.Memory());
        this.judge = setup.judge(tables, session, holds, latest, now);
    }

    Explanation explain(List<String> key) {
        List<MessageRow> rows = rows(key);
        if (rows.isEmpty()) {
            return new Explanation(
                    key,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
        List<Judge.Judgement> judgements = judge.judge(rows);
        int told = 0; // of rows that share a key, one that stays decides
        for (int i = 0; i < rows.size(); i++) {
            if (!judgements.get(i).goes()) {
                told = i;
            }
        }
        MessageRow row = rows.get(told);
        Judge.Judgement judgement = judgements.get(told);
        Optional<RetentionDecision> decision = judgement.decision().or(() -> judge.decision(row));
        return new Explanation(
                key,
                true,
                judgement.reason(),
                judgement.kept(),
                decision,
                decision.flatMap(by -> goesAt(by, row)),
                judge.holding(row));
    }

    private static Optional<Instant> goesAt(RetentionDecision decision, MessageRow row) {
        MessageRow.Sent sent = row.sent();
        return sent == null || decision.latest() > 0
                ? Optional.empty()
                : decision.keptFor().map(time -> sent.instant().plus(time));
    }

    private List<MessageRow> rows(List<String> key) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            tables.key.get(i).value(key.get(i)).ifPresent(values::add);
        }
        if (values.size() < key.size()) {
            return List.of();
        }
        MessageRows reading = conditions.reading(shown, false);
        return reading.find(session, tables.haveKey(List.of(values)));
    }
}
