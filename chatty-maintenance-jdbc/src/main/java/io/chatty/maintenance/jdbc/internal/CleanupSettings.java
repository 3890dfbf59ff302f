package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.retention.RetentionPolicies;
import java.time.Duration;
import java.util.Optional;

/**
 * What a cleanup is to remove.
 *
 * @param policies how long messages are kept
 * @param softDeleteGrace how long after its soft delete a message goes; empty for never
 * @param orphans whether orphaned messages and children go
 */
public record CleanupSettings(RetentionPolicies policies, Optional<Duration> softDeleteGrace, boolean orphans) {}
