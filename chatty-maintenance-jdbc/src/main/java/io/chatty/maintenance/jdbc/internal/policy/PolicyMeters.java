package io.chatty.maintenance.jdbc.internal.policy;

import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToLongFunction;

/** The meters of a policy that is read from a table. */
public final class PolicyMeters {

    private static final String PREFIX = "chatty.maintenance.policy.cache.";

    private PolicyMeters() {}

    /** Registers them; they do not keep the policy alive. */
    public static void register(MeterRegistry registry, PolicyRows rows, String table) {
        count(registry, rows, table, "gets", "hit", "Answers that were at hand, or not", CacheStats::hitCount);
        count(registry, rows, table, "gets", "miss", "Answers that were at hand, or not", CacheStats::missCount);
        count(registry, rows, table, "reads", "done", "Times that the table was read", CacheStats::loadSuccessCount);
        count(registry, rows, table, "reads", "failed", "Times that the table was read", CacheStats::loadFailureCount);
        count(registry, rows, table, "evictions", "all", "Answers that were let go", CacheStats::evictionCount);
        Gauge.builder(PREFIX + "size", rows, PolicyRows::size)
                .description("For how many scopes answers are held")
                .tag("table", table)
                .register(registry);
    }

    private static void count(
            MeterRegistry registry,
            PolicyRows rows,
            String table,
            String name,
            String result,
            String description,
            ToLongFunction<CacheStats> value) {
        FunctionCounter.builder(PREFIX + name, rows, of -> value.applyAsLong(of.stats()))
                .description(description)
                .tags("table", table, "result", result)
                .register(registry);
    }
}
