package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes when users were last seen: those who came or went since the last run, and those who stay online, each at their own
 * moment of {@link PresenceSettings#lastSeenEvery}. Its first run, or the close where there was none, puts those right whom this node left
 * online when it ended without a close: they are offline unless they have a session again. Thread-safe: one batch is written at a time.
 */
public final class LastSeenFlush implements MaintenanceTask {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceTracker.class);
    private static final int SLOTS = 3_000;
    private static final int LONGEST_NODE = 80; // so that the task's name is not too long for one
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    private final Roster roster;
    private final LastSeenStore store;
    private final String node;
    private final long slotMillis;
    private final InstantSource clock;
    private boolean leftIsRight; // guarded by this
    private String lookedAtUpTo = ""; // guarded by this; not in the cursor, which may be from before a restart
    private long notedUpTo; // guarded by this: the slot, counted since 1970
    private volatile @Nullable String failure;

    /** @param node the name of this node, the same after a restart and unlike that of any other */
    public LastSeenFlush(
            Roster roster, LastSeenStore store, String node, PresenceSettings settings, InstantSource clock) {
        this.roster = roster;
        this.store = store;
        this.node = checkNode(node);
        this.clock = clock;
        this.slotMillis = (settings.lastSeenEvery().toMillis() + SLOTS - 1) / SLOTS;
        this.notedUpTo = clock.millis() / slotMillis;
    }

    /**
     * Gives the name of a node back if it can be one.
     *
     * @throws IllegalArgumentException otherwise
     */
    public static String checkNode(String name) {
        return TaskNames.check("node", Objects.requireNonNull(name, "node name"), LONGEST_NODE);
    }

    @Override
    public String name() {
        return "last-seen-" + node; // of each node its own: of several that are called the same, one would run
    }

    @Override
    public List<String> problems() {
        try {
            return store.problems();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new MaintenanceException("looking at where it is kept when users were last seen failed: " + e, e);
        }
    }

    /** What keeps it from writing; null if nothing does. */
    public @Nullable String failure() {
        return failure;
    }

    @Override
    public synchronized BatchResult runBatch(TaskContext context) throws Exception {
        int most = Math.min(context.batchSize(), LastSeenStore.MAX_USERS);
        try {
            BatchResult result = leftIsRight ? write(most) : putRight(most);
            failure = null;
            return result;
        } catch (Exception e) {
            failure = "when users were last seen could not be written: " + e;
            throw e;
        }
    }

    /** Of those whom this node left online, those who are not. What is known of when they were seen stays. */
    private BatchResult putRight(int most) throws Exception {
        List<String> left = store.online(node, lookedAtUpTo, most);
        List<Seen> gone = new ArrayList<>();
        for (String user : left) {
            Presence presence = roster.read(user);
            if (!presence.isOnline()) {
                gone.add(new Seen(user, Instant.EPOCH, false));
            }
        }
        if (!gone.isEmpty()) {
            store.write(node, gone);
        }
        Counts counts = Counts.none().plus("putRight", gone.size());
        if (left.size() == most) {
            lookedAtUpTo = left.get(left.size() - 1);
            return BatchResult.next(new Cursor("left online")).with(counts);
        }
        leftIsRight = true;
        return BatchResult.next(new Cursor("changed")).with(counts);
    }

    private BatchResult write(int most) throws Exception {
        noteThoseOnline();
        int written = writeSome(most);
        Counts counts = Counts.none().plus("written", written);
        return (written < most ? BatchResult.finished() : BatchResult.next(new Cursor("changed"))).with(counts);
    }

    private void noteThoseOnline() {
        long now = clock.millis() / slotMillis;
        long from = Math.max(notedUpTo, now - SLOTS);
        if (now <= notedUpTo) {
            notedUpTo = Math.min(notedUpTo, now); // the clock went back
            return;
        }
        int first = (int) (from % SLOTS);
        int count = (int) (now - from);
        roster.note(first, Math.min(SLOTS, first + count), SLOTS);
        roster.note(0, first + count - SLOTS, SLOTS); // those beyond the end, if any
        notedUpTo = now;
    }

    private int writeSome(int most) throws Exception {
        List<Seen> seen = roster.takeUnwritten(most);
        if (seen.isEmpty()) {
            return 0;
        }
        try {
            store.write(node, seen);
        } catch (Exception | Error e) {
            roster.giveBack(seen);
            throw e;
        }
        return seen.size();
    }

    /** Writes all that is left, for at most 10 s. */
    public void close() {
        close(CLOSE_WITHIN);
    }

    /** Writes all that is left, for at most so long. */
    public void close(Duration bound) {
        Thread last = new Thread(this::writeAll, "chatty-maintenance-presence-last-seen");
        last.setDaemon(true);
        last.start();
        try {
            last.join(bound.toMillis());
            if (last.isAlive()) {
                LOG.warn(
                        "When users were last seen is not all written after {}: the next start of node {} puts it right",
                        bound,
                        node);
                last.interrupt();
            }
        } catch (InterruptedException e) {
            last.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void writeAll() {
        try {
            boolean more;
            do {
                more = writeSome(LastSeenStore.MAX_USERS) > 0 || putSomeRight();
            } while (more && !Thread.currentThread().isInterrupted());
        } catch (Exception e) {
            LOG.warn(
                    "When users were last seen could not be written at the end: the next start of node {} puts it right",
                    node,
                    e);
        }
    }

    /** Without an engine there was no first run; all sessions have ended by now. @return whether there may be more */
    private boolean putSomeRight() throws Exception {
        if (leftIsRight) {
            return false;
        }
        putRight(LastSeenStore.MAX_USERS);
        return true;
    }
}
