package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.run.LaneRows;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.TaskContext;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a batch of a cleanup works on several pieces of its walk at once. For one batch, and its thread.
 *
 * <p>What makes each row count once:
 *
 * <ol>
 *   <li>The run's cursor tells all pieces of the walk. They never overlap and leave no gap: a piece is only ever cut in two,
 *       as a batch ends, when nobody works on it.
 *   <li>The batch's own transaction, in which its record commits, works on the first piece. Each other piece has a lane: a
 *       transaction in a thread of its own. It ends by {@link LaneRows#write}: where it stands and what it counted, committed
 *       with what it deleted, and only while the run is claimed as it was.
 *   <li>The batch waits for its lanes, then takes what they counted and where they stand into its own record, and deletes
 *       their rows. So such a row is there only when a lane has committed and the record has not; then the next batch, on
 *       whatever node, goes on from it, and a run that ends without another batch counts it as it ends.
 *   <li>A lane that fails lets the batch fail, after the others have ended: what they committed stands.
 * </ol>
 *
 * <p>Nobody waits for himself: the batch joins the batches in flight only when its lanes have done so, since who places a hold
 * would let in no more of them and wait for those that are in. A lane waits for no connection.
 */
final class Lanes implements AutoCloseable {

    private static final int LONGEST = 3000; // characters of a cursor that may be pieces

    private final int workers;
    private final TaskContext context;
    private final CleanupCursor cursor;
    private final Map<Integer, LaneRows.Done> done;
    private final List<Lane> lanes = new ArrayList<>();

    private Lanes(int workers, TaskContext context, CleanupCursor cursor, Map<Integer, LaneRows.Done> done) {
        this.workers = workers;
        this.context = context;
        this.cursor = cursor;
        this.done = done;
    }

    /** For a batch that works in its own transaction alone, and cuts nothing in pieces. */
    static Lanes none(TaskContext context) {
        return new Lanes(1, context, CleanupCursor.REMOVING, Map.of());
    }

    /**
     * Starts those that a batch has, and waits until they have joined the batches in flight.
     *
     * @param workers how many pieces may be worked on at once
     * @param work what a lane does
     */
    static Lanes start(Database database, Session session, TaskContext context, int workers, Lane.Work work) {
        Optional<RunClaim> claim = database.claim();
        CleanupCursor cursor = context.cursor().map(CleanupCursor::parse).orElse(CleanupCursor.COUNTING);
        Map<Integer, LaneRows.Done> done =
                cursor.others().isEmpty() || claim.isEmpty() ? Map.of() : LaneRows.read(session, context.runId());
        int most = claim.isPresent() && session.dialect().batchesShare() ? workers : 1;
        Lanes lanes = new Lanes(most, context, cursor, new TreeMap<>(done));
        claim.ifPresent(held -> lanes.start(database, session, held, work));
        return lanes;
    }

    private void start(Database database, Session session, RunClaim claim, Lane.Work work) {
        List<Integer> open = new ArrayList<>();
        for (int number = 1; number <= cursor.others().size(); number++) {
            if (!piece(number).after().isEmpty()) {
                open.add(number);
            }
        }
        int others = Math.min(Math.min(workers, context.batchSize()) - 1, open.size());
        if (others <= 0) {
            return;
        }
        int each = context.batchSize() / (others + 1);
        boolean began = false;
        try {
            for (int number : open.subList(0, others)) {
                lanes.add(new Lane(
                        database,
                        context,
                        session.attempt(),
                        claim,
                        number,
                        done.get(number),
                        cursor.with(List.of(piece(number))).toCursor(),
                        each,
                        work));
            }
            context.onCancel(() -> lanes.forEach(Lane::cancel));
            for (Lane lane : lanes) {
                lane.awaitJoined();
            }
            began = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MaintenanceException("interrupted while the lanes of a batch began", e);
        } finally {
            if (!began) {
                lanes.forEach(Lane::cancel);
                close();
            }
        }
    }

    /** A piece beside the batch's own; it begins nowhere if nothing is left of it. */
    private Piece piece(int number) {
        Piece piece = cursor.others().get(number - 1);
        LaneRows.Done since = done.get(number);
        return since == null ? piece : new Piece(since.position(), piece.upTo());
    }

    /** How many items the batch's own transaction may look at. */
    int ownSize() {
        return context.batchSize() - lanes.size() * (context.batchSize() / (lanes.size() + 1));
    }

    /**
     * What came of the other pieces.
     *
     * @param pieces what is left of them
     * @param locked whether rows were left out because the host had locked them
     * @param counts what was counted of them
     */
    record Others(List<Piece> pieces, boolean locked, Counts counts) {}

    /** Waits for the lanes, and takes over what they did. */
    Others join(Session session) {
        if (cursor.others().isEmpty()) {
            return new Others(List.of(), false, Counts.none());
        }
        close();
        refuseFailures();
        for (Lane lane : lanes) {
            lane.done().ifPresent(now -> done.put(lane.number(), now));
        }
        List<Piece> left = new ArrayList<>();
        for (int number = 1; number <= cursor.others().size(); number++) {
            if (!piece(number).after().isEmpty()) {
                left.add(piece(number));
            }
        }
        if (!done.isEmpty()) {
            LaneRows.delete(session, context.runId(), done.size());
        }
        return new Others(
                left,
                done.values().stream().anyMatch(LaneRows.Done::locked),
                done.values().stream().map(LaneRows.Done::counts).reduce(Counts.none(), Counts::plus));
    }

    /** What a lane met is the batch's: so that is done again, without rows that are locked, say, or fails as it would itself. */
    private void refuseFailures() {
        List<Throwable> failures =
                lanes.stream().flatMap(lane -> lane.failure().stream()).toList();
        if (failures.isEmpty()) {
            return;
        }
        Throwable first = failures.get(0);
        failures.stream().skip(1).forEach(first::addSuppressed);
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof SQLException sql) {
            throw new DatabaseException(sql);
        }
        throw first instanceof RuntimeException unchecked
                ? unchecked
                : new MaintenanceException("a lane of the batch failed: " + first, first);
    }

    /** Cuts the longest pieces in two until there is one for each that can work; where no middle is known they stay as they are. */
    List<Piece> cut(Session session, Step step, List<Piece> pieces) {
        boolean may = switch (step.kind()) {
            case RANGE, ROOMS, JUDGED -> true;
            case MEASURED, CAPPED, ROWS -> false;
        };
        int most = Math.min(workers, context.batchSize());
        if (!may || pieces.size() >= most) {
            return pieces;
        }
        List<Piece> cut = new ArrayList<>(pieces);
        String end = cut.stream().anyMatch(piece -> piece.upTo().isEmpty())
                ? step.greatest(session).orElse(null)
                : null;
        while (cut.size() < most && length(cut) < LONGEST) {
            int longest = longest(step.walk().get(0), cut, end);
            if (longest < 0) {
                return cut;
            }
            Piece whole = cut.get(longest);
            List<String> middle = List.of(middle(step.walk().get(0), whole, end).orElseThrow());
            cut.set(longest, new Piece(whole.after(), middle));
            cut.add(longest + 1, new Piece(middle, whole.upTo()));
        }
        return cut;
    }

    private static int length(List<Piece> pieces) {
        return pieces.stream().mapToInt(piece -> piece.text().length()).sum();
    }

    private static int longest(Step.Part by, List<Piece> pieces, @Nullable String end) {
        int longest = -1;
        double most = 0;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            String high = high(piece, end);
            if (high != null && middle(by, piece, end).isPresent()) {
                double distance = by.distance(piece.after().get(0), high);
                if (longest < 0 || distance > most) {
                    longest = i;
                    most = distance;
                }
            }
        }
        return longest;
    }

    private static Optional<String> middle(Step.Part by, Piece piece, @Nullable String end) {
        String high = high(piece, end);
        return high == null ? Optional.empty() : by.between(piece.after().get(0), high);
    }

    private static @Nullable String high(Piece piece, @Nullable String end) {
        return piece.upTo().isEmpty() ? end : piece.upTo().get(0);
    }

    /** Waits until no lane works any more, however often this thread is interrupted: what they hold is not left behind. */
    @Override
    public void close() {
        boolean interrupted = false;
        for (Lane lane : lanes) {
            for (boolean ended = false; !ended; ) {
                try {
                    lane.awaitEnd();
                    ended = true;
                } catch (InterruptedException e) {
                    interrupted = true;
                    lanes.forEach(Lane::cancel);
                }
            }
            lane.tellUsage(context);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
