package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.retention.RetentionScope;
import java.time.Instant;
import java.util.Optional;

/**
 * What was asked to be erased, see {@link Erasure}.
 *
 * @param id its number
 * @param scope the user whose messages are to go, or the room
 * @param by who asked
 * @param why the reason
 * @param askedAt when
 * @param erasedAt when nothing was left; empty while something is, for instance under a legal hold
 */
public record ErasureRequest(
        long id, RetentionScope scope, String by, String why, Instant askedAt, Optional<Instant> erasedAt) {}
