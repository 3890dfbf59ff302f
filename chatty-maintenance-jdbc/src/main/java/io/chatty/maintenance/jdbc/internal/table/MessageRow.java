package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What decides about a message, as it was read.
 *
 * @param key the values of its key; empty if one of them is NULL, which a shared key can have
 * @param sent when it was sent; null if it tells no time
 * @param scopes the room, team and sender that it belongs to
 * @param softDeleted whether a user deleted it, longer than the grace ago
 * @param exempt under which name it is exempt from retention
 * @param never under which name it is never deleted
 * @param orphan whether its room or sender is gone
 * @param bytes about how much it takes
 * @param counted for each counter, whether it counts the message
 * @param links what other tables refer to, and what it refers to: see {@link MessageRows}
 * @param values the columns that reviewing policies asked for
 */
public record MessageRow(
        List<Object> key,
        @Nullable Sent sent,
        Scopes scopes,
        boolean softDeleted,
        Optional<String> exempt,
        Optional<String> never,
        boolean orphan,
        long bytes,
        List<Boolean> counted,
        List<@Nullable Object> links,
        List<@Nullable Object> values) {

    /**
     * A time of sending.
     *
     * @param column which column told it
     * @param value what stands there
     */
    public record Sent(TimeColumn column, Object value) {
        public boolean isBefore(Instant instant) {
            return column.cutOff(instant)
                    .filter(cutOff -> TimeColumn.isBefore(value, cutOff))
                    .isPresent();
        }

        public Instant instant() {
            return column.instant(value);
        }
    }
}
