package io.chatty.maintenance.run;

import java.time.Instant;
import java.util.Optional;

/**
 * A task as its store knows it, in one look.
 *
 * @param paused whether it is paused
 * @param breaker when its circuit breaker was opened, by the engine's clock; empty if it is closed
 * @param active its active run
 * @param lastBegun its newest run that is no mere record of a skip, active or not
 */
public record TaskRecord(boolean paused, Optional<Instant> breaker, Optional<Run> active, Optional<Run> lastBegun) {}
