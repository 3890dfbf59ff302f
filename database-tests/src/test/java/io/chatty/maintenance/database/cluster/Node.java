package io.chatty.maintenance.database.cluster;

import static java.time.Duration.ofDays;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.MaintenanceEvent.BatchCommitted;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** A host in a process of its own, with an engine that purges slowly and says what it commits, until its input ends. */
final class Node {

    static final Duration CLAIM = Duration.ofSeconds(3);

    private Node() {}

    /** Arguments: the URL, the user, the password. */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(arguments[0]);
        source.setUser(arguments[1]);
        source.setPassword(arguments[2]);
        ChatSchema schema = ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                .children("reactions", "message_id")
                .build();
        ChatDatabase chat = ChatDatabase.of(source, schema);
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(RetentionRule.keepFor(ofDays(365)))
                .build();
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .settings(s -> s.claimFor(CLAIM))
                .listener(event -> {
                    if (event instanceof BatchCommitted batch) {
                        System.out.println("batch " + batch.run().id() + " "
                                + batch.run().token() + " " + batch.run().batches());
                    }
                })
                .task(
                        chat.messageCleanup(policies).build(),
                        Schedules.every(Duration.ofSeconds(1)),
                        task -> task.batchSize(10).itemsPerSecond(150))
                .build()) {
            engine.start();
            System.out.println("started");
            while (System.in.read() >= 0) {} // ends with the test
        }
    }
}
