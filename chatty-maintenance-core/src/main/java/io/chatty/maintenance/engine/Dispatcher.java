package io.chatty.maintenance.engine;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives turns on the workers: the highest priority first, among equals who came first, and never more at once than the limits
 * allow, overall and per group. Thread-safe.
 */
final class Dispatcher {

    /** Something that wants a turn. */
    interface Turn {
        Priority priority();

        Optional<String> group();

        /** Whether all that is left to do is to end: such a turn does not queue. */
        boolean isToEnd();

        /** Its turn has come. Throws nothing. */
        void take(Permit permit);

        /** The workers refused it. */
        void refused(Throwable reason);
    }

    /** The right to a turn, which counts to the limits until the turn ends, or is written off. */
    final class Permit {
        private final Turn turn;
        private final boolean counts;
        private final Optional<String> group; // that it counts to: the turn's own may change meanwhile
        private boolean returned; // guarded by Dispatcher.this

        private Permit(Turn turn, boolean counts) {
            this.turn = turn;
            this.counts = counts;
            this.group = counts ? turn.group() : Optional.empty();
        }

        /** Whether it counts to the limits: not if it was given to a turn that only has to end. */
        boolean counts() {
            return counts;
        }

        /** Gives it back, once: the next turn can be taken though this one has not ended. */
        void giveBack() {
            synchronized (Dispatcher.this) {
                if (returned) {
                    return;
                }
                returned = true;
                if (counts) {
                    running--;
                    group.ifPresent(counted -> runningOfGroup.merge(counted, -1, Integer::sum));
                }
            }
            dispatch();
        }
    }

    private record Waiting(Turn turn, long number) {}

    /** So deep do turns nest on workers that do them in the thread which hands them over. */
    private static final int MOST_NESTED = 20;

    private final Workers workers;
    private final PriorityQueue<Waiting> queue = new PriorityQueue<>(
            Comparator.comparing((Waiting waiting) -> waiting.turn().priority())
                    .reversed()
                    .thenComparing(Waiting::number));
    private final Map<String, Integer> runningOfGroup = new HashMap<>();
    private final Map<Thread, Integer> nested = new ConcurrentHashMap<>(); // of threads that dispatch at the moment
    private long number;
    private int running;
    private int limit;
    private Map<String, Integer> limits;
    private boolean closed;

    Dispatcher(Workers workers, EngineSettings settings) {
        this.workers = workers;
        this.limit = settings.tasksAtOnce();
        this.limits = settings.limits();
    }

    /** Sets new limits. Runs beyond them end their turns after their batches in flight. */
    void limits(EngineSettings settings) {
        synchronized (this) {
            limit = settings.tasksAtOnce();
            limits = settings.limits();
        }
        dispatch();
    }

    /** Queues for a turn; one that only has to end, as all have once this is closed, is given at once. */
    void submit(Turn turn) {
        boolean late;
        synchronized (this) {
            late = closed || turn.isToEnd(); // who wishes that after this finds it in the queue
            if (!late) {
                queue.add(new Waiting(turn, number++));
            }
        }
        if (late) {
            hurry(turn);
        } else {
            dispatch();
        }
    }

    /** Gives a turn that is not in the queue at once and beyond the limits: it only has to end. */
    void hurry(Turn turn) {
        execute(new Permit(turn, false));
    }

    /** Takes a turn out of the queue; false if it is not there. */
    synchronized boolean withdraw(Turn turn) {
        return queue.removeIf(waiting -> waiting.turn() == turn);
    }

    /**
     * Whether that running turn should make way: the limits were lowered, or another waits that should go before it, of a higher
     * priority, or of its own if it has had its share.
     */
    synchronized boolean isWanted(Turn runs, boolean hadItsShare) {
        if (running > limit || runs.group().map(this::roomOf).orElse(0) < 0) {
            return true;
        }
        if (queue.isEmpty()) {
            return false;
        }
        return queue.stream()
                .filter(waiting -> {
                    int order = waiting.turn().priority().compareTo(runs.priority());
                    return order > 0 || (order == 0 && hadItsShare);
                })
                .anyMatch(waiting ->
                        groupHasRoom(waiting.turn()) || waiting.turn().group().equals(runs.group()));
    }

    /** How many turns wait. */
    synchronized int waiting() {
        return queue.size();
    }

    synchronized int running() {
        return running;
    }

    /** What waits has its turn at once, to end. */
    void close() {
        List<Waiting> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(queue);
            queue.clear(); // who withdraws one of them from here on finds that it has its turn already
        }
        left.forEach(waiting -> hurry(waiting.turn()));
    }

    private void dispatch() {
        Thread here = Thread.currentThread();
        int depth = nested.merge(here, 1, Integer::sum);
        try {
            if (depth <= MOST_NESTED) { // else the call further down this thread's stack goes on with the queue
                giveTurns();
            }
        } finally {
            nested.computeIfPresent(here, (thread, count) -> count == 1 ? null : count - 1);
        }
    }

    private void giveTurns() {
        while (true) {
            Permit permit;
            synchronized (this) {
                Turn next = closed || running >= limit ? null : next();
                if (next == null) {
                    return;
                }
                permit = new Permit(next, true);
                running++;
                permit.group.ifPresent(counted -> runningOfGroup.merge(counted, 1, Integer::sum));
            }
            execute(permit);
        }
    }

    private @Nullable Turn next() {
        Waiting best = queue.stream()
                .filter(waiting -> groupHasRoom(waiting.turn()))
                .min(queue.comparator())
                .orElse(null);
        if (best == null) {
            return null;
        }
        queue.remove(best);
        return best.turn();
    }

    private boolean groupHasRoom(Turn turn) {
        return turn.group().map(group -> roomOf(group) > 0).orElse(true);
    }

    /** How many more turns of the group could run; below zero if too many do. */
    private int roomOf(String group) {
        return limits.getOrDefault(group, Integer.MAX_VALUE) - runningOfGroup.getOrDefault(group, 0);
    }

    private void execute(Permit permit) {
        try {
            workers.execute(() -> {
                try {
                    permit.turn.take(permit);
                } finally {
                    permit.giveBack();
                }
            });
        } catch (RuntimeException | Error e) { // an Error, when there is no memory for one more thread
            permit.giveBack();
            permit.turn.refused(e);
        }
    }
}
