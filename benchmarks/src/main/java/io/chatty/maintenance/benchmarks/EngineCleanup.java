package io.chatty.maintenance.benchmarks;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/**
 * The library as a host would use it: a message cleanup in an engine, with its runs stored in the same database.
 *
 * @param workload what there is to remove
 * @param batchSize messages that it looks at a batch, if not as the engine chooses
 * @param itemsPerSecond the engine's limit, if any
 */
record EngineCleanup(Workload workload, OptionalInt batchSize, OptionalLong itemsPerSecond) implements Purge {

    @Override
    public String title() {
        return "MessageCleanup";
    }

    @Override
    public EngineJob prepare(DataSource dataSource) {
        ChatDatabase chat = ChatDatabase.of(dataSource, schema());
        chat.migrate();
        MessageCleanup cleanup = chat.messageCleanup(policies()).build();
        MaintenanceEngine.Builder builder =
                MaintenanceEngine.builder().runStore(chat.runStore()).task(cleanup);
        batchSize.ifPresent(items -> builder.settings(s -> s.batchSize(items)));
        itemsPerSecond.ifPresent(items -> builder.settings(s -> s.taskDefaults(t -> t.itemsPerSecond(items))));
        MaintenanceEngine engine = builder.build();
        engine.start();
        return new EngineJob(engine, cleanup.name());
    }

    /** One run. */
    record EngineJob(MaintenanceEngine engine, String task) implements Job {

        @Override
        public void run() {
            ended(engine.runNow(task).join(), RunState.SUCCEEDED);
        }

        /** Cancels the run if it has not ended by then. */
        void runFor(Duration time) throws InterruptedException, ExecutionException {
            CompletableFuture<Run> run = engine.runNow(task);
            try {
                ended(run.get(time.toNanos(), TimeUnit.NANOSECONDS), RunState.SUCCEEDED);
            } catch (TimeoutException e) {
                engine.cancel(task);
                ended(run.join(), RunState.CANCELLED);
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
            ChatSchema.Messages described =
                    messages.key("id").sentAt("sent_at").room("room_id").softDeletedAt("deleted_at");
            return workload.shape().hasPinned() ? described.pinned("pinned") : described;
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
