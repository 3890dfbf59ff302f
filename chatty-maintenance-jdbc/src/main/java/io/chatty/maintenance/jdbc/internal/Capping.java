package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.jdbc.SizeCap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures messages for a size cap, and chooses the first that may go until enough are chosen. Not thread-safe. */
final class Capping {

    private final SizeCap cap;
    private final HostTables tables;
    private final Judge judge;
    private Choice last = new Choice(List.of(), 0, 0, false);

    Capping(SizeCap cap, HostTables tables, Judge judge) {
        this.cap = cap;
        this.tables = tables;
        this.judge = judge;
    }

    /**
     * Which messages were chosen.
     *
     * @param judgements what becomes of each, in their order
     * @param rows how many were chosen
     * @param size how much they come to, in rows or bytes
     * @param full whether no more may go
     */
    record Choice(List<Judge.Judgement> judgements, int rows, long size, boolean full) {}

    SizeCap cap() {
        return cap;
    }

    /** How much the messages that fulfil a condition come to, of which there are so many. */
    long measure(Session session, Sql condition, long rows) {
        return cap.isInBytes()
                ? session.count(Sql.of("SELECT COALESCE(SUM(" + tables.dialect.bytes("m", tables.columns)
                                + "), 0) FROM " + tables.messages() + " m WHERE ")
                        .add(condition))
                : rows;
    }

    /** The first that may go, and come to no more than that. */
    Choice choose(List<MessageRow> messages, long most) {
        List<Judge.Judgement> judgements = judge.judgeForCap(messages);
        List<Judge.Judgement> chosen = new ArrayList<>();
        int rows = 0;
        long size = 0;
        boolean full = most <= 0;
        for (int i = 0; i < messages.size(); i++) {
            Judge.Judgement judgement = judgements.get(i);
            boolean may = judgement.goesAs(CleanupSteps.CAPPED);
            long more = cap.isInBytes() ? messages.get(i).bytes() : 1;
            full = full || (may && size + more > most);
            if (may && !full) {
                rows++;
                size += more;
                full = size == most;
            } else if (may || full) {
                judgement = Judge.Judgement.notDue(Optional.empty()); // what is too much is not asked about
            }
            chosen.add(judgement);
        }
        last = new Choice(chosen, rows, size, full);
        return last;
    }

    /** How much went, if so many rows of what was chosen last did. */
    long went(long rows) {
        if (rows == 0) {
            return 0;
        }
        if (rows != last.rows()) {
            throw new IllegalStateException(rows + " messages went where " + last.rows() + " were chosen");
        }
        return last.size();
    }
}
