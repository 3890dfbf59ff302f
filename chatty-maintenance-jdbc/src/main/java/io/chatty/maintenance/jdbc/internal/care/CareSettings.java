package io.chatty.maintenance.jdbc.internal.care;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How tables are cared for.
 *
 * @param also tables beside those of the schema
 * @param deadShare from which share of dead rows on a table is vacuumed
 * @param timeLimit how long a table may take
 * @param truncate whether empty pages at a table's end go back to the disk
 * @param rebuild when a table is rebuilt; empty for never
 */
public record CareSettings(
        List<String> also, double deadShare, Duration timeLimit, boolean truncate, Optional<Rebuild> rebuild) {

    /**
     * When a table is rebuilt.
     *
     * @param freeShare from which share of free space in its file on
     * @param room how many bytes the copy may take at most
     */
    public record Rebuild(double freeShare, long room) {}
}
