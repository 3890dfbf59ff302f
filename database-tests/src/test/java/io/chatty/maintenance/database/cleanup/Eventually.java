package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Waits for what other threads, or a server, bring about. */
final class Eventually {

    /** Far above what anything here takes: only a failure waits that long. */
    static final Duration BOUND = Duration.ofSeconds(60);

    /** What is waited for. */
    interface Condition {
        boolean holds() throws Exception;
    }

    private Eventually() {}

    static void eventually(String what, Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds until %s", what)
                    .isLessThan(BOUND.toNanos());
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** The living threads that engines have made. */
    static List<Thread> engineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("chatty-maintenance"))
                .toList();
    }
}
