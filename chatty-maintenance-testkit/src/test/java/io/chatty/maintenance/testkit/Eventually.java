package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads bring about. */
final class Eventually {

    /** Far above what anything here takes: only a failure waits that long. */
    static final Duration BOUND = Duration.ofSeconds(20);

    /** Threads that a test was told of: those after it start without them. */
    private static final Set<Thread> TOLD = Collections.newSetFromMap(new WeakHashMap<>());

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

    /** The living threads that engines have made, without those that an earlier test left behind and failed for. */
    static synchronized List<Thread> engineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("chatty-maintenance"))
                .filter(thread -> !TOLD.contains(thread))
                .toList();
    }

    static void eventuallyNoEngineThreads() {
        try {
            eventually("no engine thread is left", () -> engineThreads().isEmpty());
        } catch (AssertionError e) {
            StringBuilder where = new StringBuilder(e.getMessage());
            synchronized (Eventually.class) {
                for (Thread thread : engineThreads()) {
                    TOLD.add(thread);
                    where.append("\n").append(thread);
                    for (StackTraceElement element : thread.getStackTrace()) {
                        where.append("\n    at ").append(element);
                    }
                }
            }
            throw new AssertionError(where.toString(), e);
        }
    }
}
