package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Usage;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Adds up what a run uses: what its task tells, and around each batch the thread's CPU time and allocations. Thread-safe, for a
 * task may tell from threads of its own.
 */
final class UsageMeter {

    private static final ThreadResources RESOURCES = ThreadResources.ofThisJvm();

    private final Map<String, Long> fresh = new HashMap<>();
    private final LongSupplier ticker;

    UsageMeter(LongSupplier ticker) {
        this.ticker = ticker;
    }

    synchronized void add(String name, long amount) {
        if (amount > 0) {
            fresh.merge(name, amount, Long::sum);
        }
    }

    /** What was used since this was last asked. */
    synchronized Usage take() {
        Usage usage = new Usage(Counts.of(fresh));
        fresh.clear();
        return usage;
    }

    private synchronized long told() {
        return fresh.entrySet().stream()
                .filter(amount -> amount.getKey().startsWith("time."))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Measures one batch. To be begun and ended in the thread that does it. */
    Batch batch() {
        return new Batch();
    }

    final class Batch {
        private final long begun = ticker.getAsLong();
        private final long told = told();
        private final long cpu = RESOURCES.cpuNanos();
        private final long allocated = RESOURCES.allocatedBytes();
        private long worked = -1;

        private Batch() {}

        /** The task is done; what follows is the record and the commit. */
        void worked() {
            worked = ticker.getAsLong();
            add(Usage.OTHER, worked - begun - (told() - told));
            add(Usage.CPU, RESOURCES.cpuNanos() - cpu);
            add(Usage.ALLOCATED, RESOURCES.allocatedBytes() - allocated);
        }

        /** All is done. */
        void ended() {
            if (worked >= 0) {
                add(Usage.COMMIT, ticker.getAsLong() - worked);
            }
        }
    }

    /** What the JVM tells of the current thread; zero where it does not. */
    private interface ThreadResources {
        long cpuNanos();

        long allocatedBytes();

        static ThreadResources ofThisJvm() {
            var threads = ManagementFactory.getThreadMXBean();
            boolean cpu = threads.isCurrentThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled();
            var hotspot =
                    threads instanceof com.sun.management.ThreadMXBean more && more.isThreadAllocatedMemorySupported()
                            ? more
                            : null;
            return new ThreadResources() {
                @Override
                public long cpuNanos() {
                    return cpu ? Math.max(0, threads.getCurrentThreadCpuTime()) : 0;
                }

                @Override
                public long allocatedBytes() {
                    return hotspot == null ? 0 : Math.max(0, hotspot.getCurrentThreadAllocatedBytes());
                }
            };
        }
    }
}
