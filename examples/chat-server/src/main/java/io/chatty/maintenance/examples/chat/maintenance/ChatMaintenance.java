package io.chatty.maintenance.examples.chat.maintenance;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;

/** This host's maintenance: its tables described once, and an engine that cleans them every night. */
public final class ChatMaintenance {

    /** The name of the one task. */
    public static final String CLEANUP = "message-cleanup";

    private static final ChatSchema SCHEMA = ChatSchema.builder()
            .messages(
                    "messages",
                    m -> m.key("id")
                            .sentAt("sent_at")
                            .room("room_id")
                            .sender("user_id")
                            .softDeletedAt("deleted_at")
                            .pinned("pinned"))
            .children("reactions", "message_id")
            .children("mentions", "message_id")
            .children("attachments", "message_id")
            .rooms("rooms", "id")
            .users("users", "id")
            .build();

    private final ChatDatabase chat;
    private final CleanupRules rules;

    /** For the chat behind that data source. */
    public ChatMaintenance(DataSource dataSource, CleanupRules rules) {
        this.chat = ChatDatabase.of(dataSource, SCHEMA);
        this.rules = rules;
    }

    /** Makes the library's own tables. */
    public void migrate() {
        chat.migrate();
    }

    /** An engine with the nightly cleanup, yet to be given a clock or listeners, built and started. */
    public MaintenanceEngine.Builder engine() {
        return MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .task(rules.cleanup(chat), Schedules.daily(LocalTime.of(2, 30), ZoneId.systemDefault()));
    }

    /** How many messages expire by each policy, by its name. Deletes nothing. */
    public Map<String, Long> expiringByPolicy(Instant asOf) {
        Map<String, Long> expiring = new LinkedHashMap<>();
        for (CleanupRules.Part part : rules.parts()) {
            // An engine that is never started: it only previews.
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .clock(() -> asOf)
                    .task(chat.messageCleanup(part.alone())
                            .softDeleteGrace(rules.grace())
                            .build())
                    .build()) {
                expiring.put(part.name(), engine.preview(CLEANUP).counts().get("due.expired"));
            }
        }
        return expiring;
    }
}
