package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Executors that the host gave belong to the host. */
@Timeout(60)
class HostExecutorsTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();

    @Test
    void they_are_used_for_everything_and_never_shut_down() throws Exception {
        Eventually.eventuallyNoEngineThreads();
        ScheduledExecutorService scheduler =
                Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "hosts-timer"));
        ExecutorService workers = Executors.newSingleThreadExecutor(work -> new Thread(work, "hosts-worker"));
        try {
            List<String> threads = new CopyOnWriteArrayList<>();
            CountedTask task = new CountedTask("tidy", 1)
                    .within(context -> threads.add(Thread.currentThread().getName()));
            MaintenanceEngine engine = MaintenanceEngine.builder()
                    .scheduler(scheduler)
                    .workers(workers)
                    .task(task, Schedules.every(Duration.ofSeconds(1)))
                    .build();
            engine.start();
            Eventually.eventually("it has run at its due time", () -> !threads.isEmpty());
            assertThat(threads).containsOnly("hosts-worker");
            assertThat(Eventually.engineThreads())
                    .as("what calls into the log, which may hang")
                    .allMatch(thread -> thread.getName().startsWith("chatty-maintenance-log"));
            engine.close();
            assertThat(scheduler.isShutdown()).isFalse();
            assertThat(workers.isShutdown()).isFalse();
            assertThat(workers.submit(() -> 1).get()).isEqualTo(1);
            assertThat(scheduler.shutdownNow())
                    .as("shots that the engine left behind")
                    .allMatch(shot -> shot instanceof java.util.concurrent.Future<?> future && future.isCancelled());
        } finally {
            scheduler.shutdownNow();
            workers.shutdownNow();
        }
    }

    @Test
    void the_timer_leaves_nothing_waiting_after_a_close() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(new CountedTask("tidy", 1), Schedules.every(HOUR))
                .build();
        engine.start();
        assertThat(stepped.scheduler.waiting()).isEqualTo(1);
        stepped.advance(Duration.ofDays(2));
        assertThat(stepped.scheduler.waiting()).isEqualTo(1);
        engine.close();
        assertThat(stepped.scheduler.waiting()).isZero();
        assertThat(stepped.scheduler.isShutdown()).isFalse();
    }

    @Test
    void a_batch_that_has_ended_leaves_nothing_in_the_queue_of_the_scheduler() throws Exception {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        try {
            MaintenanceEngine engine = MaintenanceEngine.builder()
                    .scheduler(scheduler)
                    .task(new CountedTask("tidy", 500))
                    .build();
            engine.start();
            assertThat(engine.runNow("tidy").get(20, TimeUnit.SECONDS).batches())
                    .isEqualTo(500);
            assertThat(scheduler.getQueue()).isEmpty();
            engine.close();
        } finally {
            scheduler.shutdownNow();
        }
    }

    /** An executor that throws what it is told to. */
    private static final class Refusing implements java.util.concurrent.Executor {
        final AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();

        @Override
        public void execute(Runnable work) {
            Throwable thrown = refusal.get();
            if (thrown instanceof RuntimeException e) {
                throw e;
            }
            if (thrown instanceof Error e) {
                throw e;
            }
            work.run();
        }
    }

    @Test
    void workers_that_refuse_a_run_fail_it_tell_the_listeners_and_the_next_is_free() {
        for (Throwable refusal : List.of(
                new RejectedExecutionException("the pool is full"),
                new IllegalStateException("the pool is stopping"),
                new OutOfMemoryError("unable to create native thread"))) {
            InMemoryRunStore fresh = new InMemoryRunStore();
            List<MaintenanceEvent> events = new CopyOnWriteArrayList<>();
            Refusing workers = new Refusing();
            MaintenanceEngine engine = stepped.engine(fresh)
                    .workers(workers)
                    .listener(events::add)
                    .task(new CountedTask("tidy", 1))
                    .build();
            engine.start();
            workers.refusal.set(refusal);
            assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.FAILED);
            Run failed = fresh.history("tidy", 1).get(0);
            assertThat(failed.state()).isEqualTo(RunState.FAILED);
            assertThat(failed.detail()).contains("executor refused", refusal.getMessage());
            assertThat(engine.status("tidy").runningHere()).isEmpty();
            workers.refusal.set(null);
            assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
            engine.close();
            assertThat(events).first().isEqualTo(new MaintenanceEvent.RunStopped(failed));
        }
    }

    @Test
    void workers_that_refuse_a_due_time_lose_it_and_the_next_one_runs() {
        Refusing workers = new Refusing();
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = stepped.engine(store)
                .workers(workers)
                .task(task, Schedules.every(HOUR))
                .build();
        engine.start();
        workers.refusal.set(new RejectedExecutionException("the pool is full"));
        stepped.advance(Duration.ofMinutes(61));
        assertThat(task.cursors).isEmpty();
        workers.refusal.set(null);
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(1);
        engine.close();
    }

    @Test
    void a_due_time_that_workers_refuse_is_told_and_a_delay_counts_on_from_it() {
        Refusing workers = new Refusing();
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = stepped.engine(store)
                .workers(workers)
                .task(task, Schedules.fixedDelay(HOUR))
                .build();
        engine.start();
        workers.refusal.set(new RejectedExecutionException("the pool is full"));
        stepped.advance(Duration.ofMinutes(61));
        assertThat(engine.health().reasons()).singleElement().asString().contains("a due time was lost");
        workers.refusal.set(null);
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(1);
        assertThat(engine.health().reasons()).isEmpty();
        engine.close();
    }

    @Test
    void a_batch_does_not_see_an_interrupt_from_before_it_and_who_lent_the_thread_gets_it_back() {
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        CountedTask task = new CountedTask("tidy", 2)
                .within(context -> seen.add(Thread.currentThread().isInterrupted()));
        MaintenanceEngine engine = stepped.engine(store).task(task).build();
        engine.start();
        Thread.currentThread().interrupt();
        assertThat(engine.runNow("tidy")).isCompleted();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(seen).containsExactly(false, false);
        engine.close();
    }

    @Test
    void a_scheduler_that_refuses_does_not_hinder_runs_that_are_asked_for() {
        stepped.scheduler.shutdown();
        MaintenanceEngine engine = stepped.engine(store)
                .task(new CountedTask("tidy", 1), Schedules.every(HOUR))
                .build();
        engine.start();
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void where_a_scheduler_refuses_a_thread_of_the_engines_own_stands_in_until_it_takes_work_again() throws Exception {
        AtomicBoolean refuses = new AtomicBoolean();
        ScheduledExecutorService scheduler = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
                if (refuses.get()) {
                    throw new RejectedExecutionException("too much waits");
                }
                return super.schedule(work, delay, unit);
            }
        };
        try {
            CountedTask task = new CountedTask("tidy", 1);
            MaintenanceEngine engine = MaintenanceEngine.builder()
                    .scheduler(scheduler)
                    .task(task, Schedules.every(Duration.ofSeconds(1)))
                    .build();
            engine.start();
            refuses.set(true);
            Eventually.eventually("it runs at its due times", () -> task.cursors.size() >= 2);
            assertThat(engine.health().reasons()).singleElement().asString().startsWith("timer: ");
            refuses.set(false);
            Eventually.eventually(
                    "nothing is wrong any more", () -> engine.health().reasons().isEmpty());
            int before = task.cursors.size();
            Eventually.eventually("it runs at its due times", () -> task.cursors.size() > before + 1);
            engine.close();
            Eventually.eventuallyNoEngineThreads();
            assertThat(scheduler.isShutdown()).isFalse();
        } finally {
            scheduler.shutdownNow();
        }
    }
}
