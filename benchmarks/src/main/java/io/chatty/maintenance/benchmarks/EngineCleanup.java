package io.chatty.maintenance.benchmarks;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The library as a host would use it: a message cleanup in an engine, with its runs stored in the same database.
 *
 * @param workload what there is to remove
 * @param batchSize messages that it looks at a batch, if not as the engine chooses
 * @param itemsPerSecond the engine's limit, if any
 * @param workers how many transactions at once a batch may use
 */
record EngineCleanup(Workload workload, OptionalInt batchSize, OptionalLong itemsPerSecond, int workers)
        implements Purge {

    @Override
    public String title() {
        return "MessageCleanup";
    }

    @Override
    public EngineJob prepare(DataSource dataSource) {
        ChatDatabase chat = ChatDatabase.of(dataSource, schema(), workers + 1);
        chat.migrate();
        MessageCleanup cleanup =
                chat.messageCleanup(policies()).workers(workers).build();
        MaintenanceEngine.Builder builder =
                MaintenanceEngine.builder().runStore(chat.runStore()).task(cleanup);
        batchSize.ifPresent(items -> builder.settings(s -> s.batchSize(items)));
        itemsPerSecond.ifPresent(items -> builder.settings(s -> s.taskDefaults(t -> t.itemsPerSecond(items))));
        BlockingQueue<Run> stopped = new LinkedBlockingQueue<>();
        builder.listener(event -> {
            if (event instanceof MaintenanceEvent.RunStopped stop
                    && stop.run().state() != RunState.AWAITING_CONFIRMATION) {
                stopped.add(stop.run());
            }
        });
        MaintenanceEngine engine = builder.build();
        engine.start();
        return new EngineJob(engine, cleanup.name(), stopped);
    }

    /** One run, which is confirmed if it would remove more than may go unasked. */
    static final class EngineJob implements Job {

        private final MaintenanceEngine engine;
        private final String task;
        private final BlockingQueue<Run> stopped;
        private double secondsUntilConfirmed;

        EngineJob(MaintenanceEngine engine, String task, BlockingQueue<Run> stopped) {
            this.engine = engine;
            this.task = task;
            this.stopped = stopped;
        }

        @Override
        public void run() throws InterruptedException {
            begin();
            ended(stopped.take(), RunState.SUCCEEDED);
        }

        /** Goes on until it removes. */
        void begin() {
            long start = System.nanoTime();
            Run run = engine.runNow(task).join();
            if (run.state() == RunState.AWAITING_CONFIRMATION) {
                secondsUntilConfirmed = (System.nanoTime() - start) / 1e9;
                engine.confirm(run.id());
            }
        }

        @Override
        public double secondsUntilConfirmed() {
            return secondsUntilConfirmed;
        }

        /** Removes; cancels the run if it has not ended after that long. */
        void goOnFor(Duration time) throws InterruptedException {
            Run run = stopped.poll(time.toNanos(), TimeUnit.NANOSECONDS);
            if (run == null) {
                engine.cancel(task);
                ended(stopped.take(), RunState.CANCELLED);
            } else {
                ended(run, RunState.SUCCEEDED);
            }
        }

        private static void ended(Run run, RunState as) {
            if (run.state() != as) {
                throw new IllegalStateException("the run did not end as " + as + ": " + run);
            }
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    private ChatSchema schema() {
        ChatSchema.Builder schema = ChatSchema.builder().messages("messages", messages -> {
            messages.key("id").sentAt("sent_at").room("room_id").softDeletedAt("deleted_at");
            if (workload.shape().hasPinned()) {
                messages.pinned("pinned");
            }
        });
        Workload.CHILDREN.forEach(child -> schema.children(child.table(), "message_id"));
        return schema.build();
    }

    private RetentionPolicies policies() {
        RetentionPolicies.Builder policies = RetentionPolicies.builder().global(RetentionRule.keepForever());
        for (int room = 1; room <= workload.rules().rooms(); room++) {
            String id = String.valueOf(room);
            workload.rules().keptFor(room).ifPresent(kept -> policies.room(id, RetentionRule.keepFor(kept)));
        }
        return policies.build();
    }
}
