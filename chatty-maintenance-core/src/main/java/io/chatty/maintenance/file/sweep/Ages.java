package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileState;
import java.time.Duration;
import java.time.Instant;

/** How old files are. */
final class Ages {

    private Ages() {}

    /** Whether a file has not changed for that long. */
    static boolean isOld(FileState state, Duration age, Instant now) {
        return !state.changedAt().isAfter(now.minus(age));
    }
}
