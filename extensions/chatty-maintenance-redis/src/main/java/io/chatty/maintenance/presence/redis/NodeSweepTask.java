package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.redis.NodeSweep.Swept;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;

/**
 * Takes the sessions of nodes away that are gone, as trackers do by themselves some seconds after a node is: by that very sweep, of which there is
 * one at a time. So it finds what is left, and puts on record, with its first batch, what trackers have done since its last run. One run in
 * all nodes is enough. Thread-safe.
 */
final class NodeSweepTask implements PreviewableTask {

    private static final Cursor ON = new Cursor("sweeping"); // where, is in Redis

    private final Work work;

    /** What it does with Redis; each waits for its turn. */
    interface Work {

        /** See {@link Exchange#sweepSome}. */
        Swept sweep(int most) throws Exception;

        /** See {@link Exchange#sweptMeanwhile}. */
        Swept sweptMeanwhile() throws Exception;

        /** See {@link Exchange#toSweep}. */
        Swept toSweep() throws Exception;
    }

    NodeSweepTask(Work work) {
        this.work = work;
    }

    @Override
    public String name() {
        return "presence-nodes";
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        try {
            Swept swept = work.sweep(context.batchSize());
            Counts counts = counts("", swept);
            Swept meanwhile = context.cursor().isEmpty() ? work.sweptMeanwhile() : Swept.NOTHING;
            if (!meanwhile.equals(Swept.NOTHING)) {
                counts = counts.plus(counts("meanwhile.", meanwhile));
            }
            BatchResult result = swept.equals(Swept.NOTHING) ? BatchResult.finished() : BatchResult.next(ON);
            return result.with(counts).lookingAt(swept.users());
        } catch (RedisAway e) {
            throw away(e);
        }
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        try {
            return BatchResult.finished().with(counts("due.", work.toSweep()));
        } catch (RedisAway e) {
            throw away(e);
        }
    }

    private static Counts counts(String prefix, Swept swept) {
        return Counts.none()
                .plus(prefix + "nodes", swept.nodes())
                .plus(prefix + "users", swept.users())
                .plus(prefix + "sessions", swept.sessions());
    }

    private static MaintenanceException away(RedisAway e) {
        return new MaintenanceException(
                "Redis does not answer: what is left is swept by a later batch; look at Redis, or the network to it",
                e);
    }
}
