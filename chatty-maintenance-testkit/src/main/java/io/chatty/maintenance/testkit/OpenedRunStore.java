package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** The store of a test, and how tests speak to it. */
abstract class OpenedRunStore {

    static final Instant NOW = Instant.parse("2026-03-01T02:30:00.123456Z");
    static final Instant LATER = NOW.plusSeconds(3600);
    static final MaintenanceTask TASK = MaintenanceTask.of("tidy", () -> {});
    static final Duration LONG = Duration.ofMinutes(10);
    static final Duration SHORT = Duration.ofMillis(1);
    static final int THREADS = 6;

    private @Nullable RunStore opened;

    /** For the subclass. */
    OpenedRunStore() {}

    /** An empty store, ready to use. */
    protected abstract RunStore emptyStore() throws Exception;

    /**
     * Lets that much time pass by the clock that the store's claims run out by. By default waits until {@link RunStore#now}
     * says that it has; a store without a clock of its own has to override this.
     */
    protected void letPass(Duration time) {
        Instant end = clock().plus(time);
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (clock().isBefore(end)) {
            assertThat(deadline - System.nanoTime())
                    .as("the store's clock goes on")
                    .isPositive();
        }
    }

    private Instant clock() {
        return store().now()
                .orElseThrow(() -> new IllegalStateException("this store has no clock of its own: override letPass"));
    }

    @BeforeEach
    void open() throws Exception {
        opened = emptyStore();
    }

    RunStore store() {
        return Objects.requireNonNull(opened, "the store is opened before each test");
    }

    static Run fresh(String owner) {
        return Run.begun("tidy", owner, Optional.of(NOW.minusSeconds(1)), NOW, NOW);
    }

    /** A run of the task tidy that node-a has begun, after all that have, with a claim that holds. */
    Run begin() {
        return begin(NOW, LONG);
    }

    /** As {@link #begin()}, with a claim that has run out. */
    Run beginAndLetRunOut() {
        Run run = begin(NOW, SHORT);
        letPass(SHORT);
        return run;
    }

    Run begin(Instant createdAt) {
        return begin(createdAt, LONG);
    }

    /** One that was due when it was created. */
    Run beginDue(Instant createdAt) {
        return begin(Run.begun("tidy", "node-a", Optional.of(createdAt), createdAt, createdAt), LONG);
    }

    private Run begin(Instant createdAt, Duration claimFor) {
        return begin(Run.begun("tidy", "node-a", Optional.empty(), createdAt, createdAt), claimFor);
    }

    private Run begin(Run run, Duration claimFor) {
        assertThat(store().begin(run, lastBegun(), claimFor)).isTrue();
        return run;
    }

    Optional<RunId> lastBegun() {
        return store().look("tidy").lastBegun().map(Run::id);
    }

    Run stored(Run run) {
        return store().find(run.id()).orElseThrow();
    }

    Run end(Run run, RunState state) {
        return store().end(run.claim(), state, Optional.empty(), LATER);
    }

    static BatchRecord batch(String cursor, long deleted) {
        return record(BatchResult.next(new Cursor(cursor)).with(Counts.none().plus("deleted.old", deleted)));
    }

    static BatchRecord record(BatchResult result) {
        return new BatchRecord(result, new Usage(Counts.none().plus(Usage.SELECT, 7)), LATER);
    }

    /** What each of several threads gets that do the same at once. */
    static <T> List<T> atOnce(Callable<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<T>> started = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                started.add(threads.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> one : started) {
                results.add(one.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
