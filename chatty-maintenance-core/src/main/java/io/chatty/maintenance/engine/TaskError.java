package io.chatty.maintenance.engine;

import java.time.Instant;

/**
 * Failures of a task that had the same cause.
 *
 * @param kind the class of the innermost cause, or {@code others}
 * @param firstSeen when it was seen first, since the engine was built
 * @param lastSeen when it was seen last
 * @param count how often it was seen
 * @param detail the last one and its causes, for a person
 */
public record TaskError(String kind, Instant firstSeen, Instant lastSeen, long count, String detail) {}
