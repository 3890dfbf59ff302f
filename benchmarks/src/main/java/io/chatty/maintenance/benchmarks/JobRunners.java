package io.chatty.maintenance.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.MaintenanceTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** The ones that are compared, each with two threads for jobs. */
final class JobRunners {

    static final int LANES = 2;

    private JobRunners() {}

    /** The limit: an executor of the JDK, which records nothing. */
    static JobRunner bareExecutor() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(LANES);
        return new JobRunner() {
            @Override
            public String title() {
                return "ScheduledThreadPoolExecutor";
            }

            @Override
            public void run(int lane) throws Exception {
                executor.schedule(() -> {}, 0, TimeUnit.NANOSECONDS).get();
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }

    /** The library, with one no-op task a lane. */
    static JobRunner engine(String title, RunStore store) {
        MaintenanceEngine.Builder builder = MaintenanceEngine.builder().runStore(store);
        for (int lane = 0; lane < LANES; lane++) {
            builder.task(MaintenanceTask.of("noop-" + lane, () -> {}));
        }
        MaintenanceEngine engine = builder.build();
        engine.start();
        return new JobRunner() {
            @Override
            public String title() {
                return title;
            }

            @Override
            public void run(int lane) throws Exception {
                if (engine.runNow("noop-" + lane).get().state() != RunState.SUCCEEDED) {
                    throw new IllegalStateException("a run did not succeed");
                }
            }

            @Override
            public void close() {
                engine.close();
            }
        };
    }

    /** db-scheduler, with one-time tasks that it is told of at once, without waiting for its poll. */
    static JobRunner dbScheduler(DataSource dataSource) {
        Map<String, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
        OneTimeTask<Void> noop = Tasks.oneTime("noop").execute((instance, context) -> {});
        Scheduler scheduler = Scheduler.create(dataSource, noop)
                .threads(LANES)
                .pollUsingLockAndFetch(1.0, 4.0)
                .enableImmediateExecution()
                .pollingInterval(Duration.ofSeconds(10))
                .addSchedulerListener(new AbstractSchedulerListener() {
                    @Override
                    public void onExecutionComplete(ExecutionComplete completed) {
                        CompletableFuture<Void> done = waiting.remove(
                                completed.getExecution().taskInstance.getId());
                        if (done != null) {
                            done.complete(null);
                        }
                    }
                })
                .build();
        scheduler.start();
        AtomicLong number = new AtomicLong();
        return new JobRunner() {
            @Override
            public String title() {
                return "db-scheduler";
            }

            @Override
            public void run(int lane) throws Exception {
                String id = Long.toString(number.incrementAndGet());
                CompletableFuture<Void> done = new CompletableFuture<>();
                waiting.put(id, done);
                scheduler.schedule(noop.instance(id), Instant.now());
                done.get(60, TimeUnit.SECONDS);
            }

            @Override
            public void close() {
                scheduler.stop();
            }
        };
    }

    /** The table that db-scheduler documents for PostgreSQL. */
    static final String DB_SCHEDULER_TABLE =
            "CREATE TABLE scheduled_tasks (task_name text NOT NULL, task_instance text NOT NULL,"
                    + " task_data bytea, execution_time timestamptz NOT NULL, picked boolean NOT NULL, picked_by text,"
                    + " last_success timestamptz, last_failure timestamptz, consecutive_failures int, last_heartbeat timestamptz,"
                    + " version bigint NOT NULL, priority smallint, PRIMARY KEY (task_name, task_instance));"
                    + " CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);"
                    + " CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)";
}
