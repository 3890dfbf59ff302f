package io.chatty.maintenance.retention;

import io.chatty.maintenance.task.RunId;
import java.util.List;
import java.util.Optional;

/**
 * A message that has gone.
 *
 * @param key the values of its key, as the database shows them
 * @param room the room it was in
 * @param run the run that removed it
 */
public record RemovedMessage(List<String> key, Optional<String> room, RunId run) {
    /** Copies the key. */
    public RemovedMessage {
        key = List.copyOf(key);
    }
}
