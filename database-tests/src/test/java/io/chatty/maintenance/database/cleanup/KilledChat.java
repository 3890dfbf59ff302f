package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A host in a process of its own, to be killed: starts a cleanup and stops for good at one statement of one batch, where it
 * says so.
 */
final class KilledChat {

    static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    static final int BATCH_SIZE = 50;

    private KilledChat() {}

    static ChatDatabase chat(DataSource source, int workers) {
        return ChatDatabase.of(source, HostChat.schema(HostChat.Shape.ZONED), workers + 1);
    }

    /** @param archive where what goes is kept */
    static MaintenanceEngine engine(ChatDatabase chat, int workers, Optional<Archive> archive) {
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(RetentionRule.keepFor(ofDays(365)))
                .room("2", RetentionRule.keepForever())
                .room("3", RetentionRule.keepFor(ofDays(30)))
                .build();
        MessageCleanup.Builder cleanup =
                chat.messageCleanup(policies).softDeleteGrace(ofDays(7)).workers(workers);
        archive.ifPresent(cleanup::archive);
        return MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .settings(s -> s.batchSize(BATCH_SIZE))
                .task(cleanup.build())
                .build();
    }

    /** The archive in the files of a directory; empty if none is named. */
    static Optional<Archive> archive(ChatDatabase chat, String directory) throws IOException {
        return directory.isEmpty()
                ? Optional.empty()
                : Optional.of(chat.archive(LocalFileStore.open(Path.of(directory))));
    }

    /**
     * Arguments: the URL, the user, the password, after how many batches, at which event of the next one, how many workers,
     * the directory.
     */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(arguments[0]);
        source.setUser(arguments[1]);
        source.setPassword(arguments[2]);
        int batches = Integer.parseInt(arguments[3]);
        int event = Integer.parseInt(arguments[4]);
        int[] seen = {0, 0, 0}; // whether batches have begun, batches committed, events since
        int workers = Integer.parseInt(arguments[5]);
        DataSource watched = PausingDataSource.of(source, (what, before) -> {
            boolean inLane = Thread.currentThread().getName().contains("-lane-");
            boolean stops;
            synchronized (seen) {
                if (seen[0] == 0) {
                    return;
                }
                stops = seen[1] == batches && ++seen[2] == event;
                if (what.equals("commit") && !before && !inLane) {
                    seen[1]++;
                }
            }
            if (stops) {
                stopForGood((before ? "before " : "after ") + what + (inLane ? " of a lane" : ""));
            }
        });
        ChatDatabase chat = chat(watched, workers);
        MaintenanceEngine engine = engine(chat, workers, archive(chat, arguments[6]));
        engine.start();
        synchronized (seen) {
            seen[0] = 1;
        }
        engine.runNow("message-cleanup").get();
        System.out.println("finished without being killed");
    }

    private static void stopForGood(String where) {
        System.out.println("stopped " + where);
        System.out.flush();
        try {
            int end = System.in.read(); // never comes: this process is killed
            throw new IllegalStateException("let go on instead of killed: " + end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
