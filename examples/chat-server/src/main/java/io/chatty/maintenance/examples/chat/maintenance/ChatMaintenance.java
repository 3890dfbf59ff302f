package io.chatty.maintenance.examples.chat.maintenance;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;

/** This host's maintenance: its tables described once, and an engine that cleans them every night. */
public final class ChatMaintenance {

    /** The name of the task that removes messages. */
    public static final String CLEANUP = "message-cleanup";

    /** The name of the task that removes files. */
    public static final String SWEEP = "file-sweep";

    /** How long a file that nothing refers to is left alone: its message may be on its way. */
    public static final Duration FILE_GRACE = Duration.ofDays(3);

    /** How long a temporary file is. */
    public static final Duration TEMPORARY_AGE = Duration.ofDays(1);

    /** How long a file lies in quarantine. */
    public static final Duration QUARANTINE = Duration.ofDays(7);

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
            .children("attachments", c -> c.refersBy("message_id").files("path"))
            .rooms("rooms", "id")
            .users("users", "id")
            .build();

    private static final Duration NEVER = Duration.ofDays(3650);

    private final ChatDatabase chat;
    private final CleanupRules rules;
    private final FileSweep sweep;

    /** For the chat behind that data source, and its files. */
    public ChatMaintenance(DataSource dataSource, ChatFiles files, CleanupRules rules) {
        this.chat = ChatDatabase.of(dataSource, SCHEMA);
        this.rules = rules;
        this.sweep = sweep(chat, files);
    }

    private static FileSweep sweep(ChatDatabase chat, ChatFiles files) {
        return FileSweep.builder(SWEEP, files.store(), chat.fileLedger())
                .references(
                        chat.fileReferences("chat", also -> {})) // the column that the schema calls files, and no other
                .orphans(ChatFiles.UPLOADS)
                .temporary(ChatFiles.UPLOADS, "*.part", TEMPORARY_AGE)
                .derived(ChatFiles.THUMBNAILS, ChatFiles::originalsOf)
                .grace(FILE_GRACE)
                .window(QUARANTINE)
                .movesOnFirstRun() // all of this was made for it; a host leaves that out, and looks at what the first
                // run counts
                .build();
    }

    /** What removes files. */
    public FileSweep sweep() {
        return sweep;
    }

    /** Makes the library's own tables. */
    public void migrate() {
        chat.migrate();
    }

    /** An engine with the nightly cleanup and sweep, yet to be given a clock or listeners, built and started. */
    public MaintenanceEngine.Builder engine() {
        return MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .task(rules.cleanup(chat), Schedules.daily(LocalTime.of(2, 30), ZoneId.systemDefault()))
                .task(sweep, Schedules.daily(LocalTime.of(3, 30), ZoneId.systemDefault()));
    }

    /** An engine that sweeps when it is told to, on the same records as the other, and does nothing by itself. */
    public MaintenanceEngine.Builder sweepEngine() {
        return MaintenanceEngine.builder().runStore(chat.runStore()).task(sweep, Schedules.every(NEVER));
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
