package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.SizeCap;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures messages for a size cap, chooses the first that may go until enough are chosen, and knows how far that is. For one
 * batch; not thread-safe.
 */
final class Capping {

    private static final Logger LOG = LoggerFactory.getLogger(MessageCleanup.class);

    private final Optional<SizeCap> cap;
    private final HostTables tables;
    private final Judge judge;
    private CapState state = CapState.NONE;
    private Choice last = new Choice(List.of(), 0, 0, false);
    private boolean reached;

    /**
     * @param cap empty if none is asked for; then it does nothing
     */
    Capping(Optional<SizeCap> cap, HostTables tables, Judge judge) {
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

    /** Does with what was chosen what is to be done. */
    @FunctionalInterface
    interface Taking {
        Deletion.Gone take(List<MessageRow> rows, Choice choice);
    }

    boolean isAsked() {
        return cap.isPresent();
    }

    boolean isInBytes() {
        return cap.filter(SizeCap::isInBytes).isPresent();
    }

    /** Before anything was measured. */
    CapState fresh() {
        return cap.map(CapState::of).orElse(CapState.NONE);
    }

    CapState state() {
        return state;
    }

    void goOnFrom(CapState there) {
        state = there;
    }

    /** Whether no more may go, however much there is. */
    boolean isFull() {
        return state.open() <= 0;
    }

    /** Measures the next rows; nothing goes. */
    Optional<Look> measure(Step step, StepScope scope) {
        int rows = Math.multiplyExact(scope.size(), DueCount.AT_ONCE);
        int pass = scope.cursor().pass();
        if (cap.isEmpty() || (pass == 2 && state.left() == 0)) {
            return Optional.empty();
        }
        Optional<Step.Stretch> next = scope.next(step, rows);
        if (next.isPresent()) {
            Sql range = scope.range(step, next.get().end());
            state = state.withMeasured(size(scope.session(), range, next.get().rows()));
        }
        List<String> end =
                next.filter(it -> it.rows() >= rows).map(Step.Stretch::end).orElse(List.of());
        Counts counts = Counts.none();
        if (end.isEmpty()) {
            state = state.measuredAll(cap.get(), pass);
            counts = pass == 1 ? counts.plus("capped.measured", state.stays()) : counts;
        }
        return Optional.of(new Look(end, 0, end.isEmpty(), new Deletion.Gone(0, counts, 0)));
    }

    private long size(Session session, Sql condition, long rows) {
        return isInBytes()
                ? session.count(Sql.of("SELECT COALESCE(SUM(" + tables.dialect.bytes("m", tables.columns)
                                + "), 0) FROM " + tables.messages() + " m WHERE ")
                        .add(condition))
                : rows;
    }

    /** Notes that the messages which fulfil a condition, of which there are so many, go for another reason. */
    void foresee(Session session, Sql condition, long rows) {
        if (isAsked()) {
            state = state.withDue(size(session, condition, rows));
        }
    }

    /** Notes that those messages go for another reason. */
    void foresee(Deletion.Gone gone) {
        if (isAsked()) {
            state = state.withDue(isInBytes() ? gone.others().get("due.bytes") : gone.rows());
        }
    }

    /** Takes the oldest that may go, up to what is too much; what is locked is left for the second pass, not made up for. */
    Optional<Look> look(Step step, StepScope scope, MessageRows reading, Taking taking) {
        if (cap.isEmpty() || isFull()) {
            return Optional.empty();
        }
        return step.read(scope.session(), scope.cursor().position(), scope.size(), reading)
                .map(read -> {
                    Choice choice = choose(read.rows());
                    Deletion.Gone gone = taking.take(read.rows(), choice);
                    took(gone, choice, choice.full());
                    int examined = read.rows().size();
                    return new Look(
                            read.end(),
                            examined,
                            choice.full() || examined < scope.size(),
                            gone.with(StepScope.skipped("skipped.capped.", choice.judgements())));
                });
    }

    /** The first that may go, and come to no more than what may go still. */
    Choice choose(List<MessageRow> messages) {
        List<Judge.Judgement> judgements = judge.judgeForCap(messages);
        List<Judge.Judgement> chosen = new ArrayList<>();
        int rows = 0;
        long size = 0;
        long most = state.open();
        boolean full = most <= 0;
        for (int i = 0; i < messages.size(); i++) {
            Judge.Judgement judgement = judgements.get(i);
            boolean may = judgement.goesAs(CleanupSteps.CAPPED);
            long more = isInBytes() ? messages.get(i).bytes() : 1;
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
        reached = full;
        return last;
    }

    /**
     * Notes what went of a choice, or of the one that was made of it under lock.
     *
     * @param full whether no more may go now
     */
    void took(Deletion.Gone gone, Choice choice, boolean full) {
        if (gone.rows() > 0 && gone.rows() != last.rows()) {
            throw new IllegalStateException(gone.rows() + " messages went where " + last.rows() + " were chosen");
        }
        long went = gone.rows() == 0 ? 0 : last.size();
        state = state.taken(went, gone.locked() > 0 ? Math.max(0, choice.size() - went) : 0);
        reached = full;
    }

    /** A second pass measures anew. */
    void measureAnew() {
        state = state.unmeasured();
    }

    /** By how much there is still too much, when all that may go is gone. */
    Counts unreached(boolean warns) {
        if (cap.isEmpty() || reached || isFull()) {
            return Counts.none();
        }
        if (warns) {
            LOG.warn(
                    "Size cap of {} ({}) is not reached: {} too many stay, since all else is kept by policies, holds or exemptions;"
                            + " the counts skipped.capped tell by which",
                    tables.messages(),
                    cap.get(),
                    state.open());
        }
        return Counts.none().plus("capped.unreached", state.open());
    }
}
