package io.chatty.maintenance.benchmarks;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.util.OptionalInt;
import javax.sql.DataSource;

/** The library as a host would use it: a message cleanup in an engine, with its runs stored in the same database. */
record EngineCleanup(Workload workload, OptionalInt batchSize) implements Purge {

    @Override
    public String title() {
        return "MessageCleanup";
    }

    @Override
    public Job prepare(DataSource dataSource) {
        ChatDatabase chat = ChatDatabase.of(dataSource, schema());
        chat.migrate();
        MessageCleanup cleanup = chat.messageCleanup(policies()).build();
        MaintenanceEngine.Builder builder =
                MaintenanceEngine.builder().runStore(chat.runStore()).task(cleanup);
        batchSize.ifPresent(items -> builder.settings(s -> s.batchSize(items)));
        MaintenanceEngine engine = builder.build();
        engine.start();
        return new Job() {
            @Override
            public void run() {
                Run run = engine.runNow(cleanup.name()).join();
                if (run.state() != RunState.SUCCEEDED) {
                    throw new IllegalStateException("the run did not succeed: " + run);
                }
            }

            @Override
            public void close() {
                engine.close();
            }
        };
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
