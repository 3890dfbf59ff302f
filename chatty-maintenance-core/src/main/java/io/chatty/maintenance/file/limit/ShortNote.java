package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.UsageScope;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Notes that a scope has too much and nothing of it may go, so that the next run does not look through all of it again for nothing.
 * It stands until the scope has another number of bytes, or a day has gone by: files grow old enough, and holds are released.
 */
final class ShortNote {

    private static final Duration STANDS = Duration.ofDays(1);
    private static final int LONGEST = 200;

    private ShortNote() {}

    /** Whether there is a note, and nothing has changed. */
    static boolean stands(LimitBatch batch, Level level, UsageScope scope, long used) {
        Optional<String> note = batch.settings().ledger().note(batch.name(), key(level, scope));
        if (note.isEmpty()) {
            return false;
        }
        String[] words = note.get().split(" ", -1);
        long noted = Long.parseLong(words[0]);
        // What else lies beside the files changes all the time.
        long much = level == Level.SPACE ? noted / 100 : 0;
        return Math.abs(used - noted) <= much && batch.now().isBefore(Instant.parse(words[1]));
    }

    /** @param used how many bytes the scope has when all that was chosen is gone */
    static void write(LimitBatch batch, Level level, UsageScope scope, long used) {
        if (!batch.isPreview()) {
            batch.settings()
                    .ledger()
                    .note(
                            batch.name(),
                            key(level, scope),
                            used + " " + batch.now().plus(STANDS));
        }
    }

    private static String key(Level level, UsageScope scope) {
        String key = "short." + level.label() + "." + scope.id();
        return key.length() <= LONGEST
                ? key
                : "short." + level.label() + "/"
                        + UUID.nameUUIDFromBytes(scope.id().getBytes(StandardCharsets.UTF_8));
    }
}
