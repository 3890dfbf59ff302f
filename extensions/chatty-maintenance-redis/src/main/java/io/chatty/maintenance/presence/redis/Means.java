package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.tracker.Clockwork;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node works with.
 *
 * @param server where its connections come from
 * @param clockwork what calls it when time has passed
 * @param turns what waits for Redis
 * @param clock its own
 * @param ticker what measures the time that passes, in nanoseconds
 * @param redisTime by which Redis judges; null for its own clock
 * @param mayShard whether sharded pub/sub may be used
 */
record Means(
        Server server,
        Clockwork clockwork,
        Turns turns,
        InstantSource clock,
        LongSupplier ticker,
        @Nullable InstantSource redisTime,
        BooleanSupplier mayShard) {}
