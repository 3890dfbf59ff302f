package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads bring about. */
final class Eventually {

    /** Far above what anything here takes: only a failure waits that long. */
    static final Duration BOUND = Duration.ofSeconds(20);

    private Eventually() {}

    static void eventually(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds until %s", what)
                    .isLessThan(BOUND.toNanos());
            LockSupport.parkNanos(500_000);
        }
    }

    /** The living threads that engines have made. */
    static List<Thread> engineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("chatty-maintenance"))
                .toList();
    }

    static void eventuallyNoEngineThreads() {
        eventually("no engine thread is left", () -> engineThreads().isEmpty());
    }
}
