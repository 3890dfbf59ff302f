package io.chatty.maintenance.task;

import java.util.UUID;

/**
 * The id of a run.
 *
 * @param value a random UUID in its text form, when made by {@link #random()}; at most 36 characters
 */
public record RunId(String value) {

    /** @throws IllegalArgumentException if the value is empty or longer than 36 characters */
    public RunId {
        if (value.isEmpty() || value.length() > 36) {
            throw new IllegalArgumentException("run id: \"" + value + "\" is not 1 to 36 characters");
        }
    }

    /** A new one. */
    public static RunId random() {
        return new RunId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
