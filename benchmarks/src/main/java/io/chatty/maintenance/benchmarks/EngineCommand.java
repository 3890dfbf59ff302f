package io.chatty.maintenance.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what a run and a batch cost, side by side with db-scheduler and a bare executor, and what an idle engine does. */
@Command(
        name = "engine",
        description = "Does no-op jobs by the engine, by db-scheduler and by a bare executor, in turn, on PostgreSQL.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class EngineCommand implements Callable<Integer> {

    private static final int MEMORY_FACTOR = 20;
    private static final int BATCHES = 2000;

    @Option(names = "--runs", defaultValue = "2000", description = "jobs a measurement (default 2000)")
    private int runs;

    @Option(names = "--repetitions", defaultValue = "3", description = "1 to 100 (default 3)")
    private int repetitions;

    @Option(
            names = "--idle-seconds",
            defaultValue = "70",
            description = "how long an idle engine is watched; 0 to leave it out (default 70)")
    private int idleSeconds;

    EngineCommand() {}

    @Override
    public Integer call() throws Exception {
        Map<String, List<Double>> perSecond = new LinkedHashMap<>();
        List<Double> memoryBatchMicros = new ArrayList<>();
        List<Double> jdbcBatchMicros = new ArrayList<>();
        Map<String, Object> idle = Map.of();
        Map<String, String> settings;
        try (Server server = Database.POSTGRESQL.start();
                HikariDataSource pool = Server.pool(server.template())) {
            settings = server.settings();
            Server.execute(pool, JobRunners.DB_SCHEDULER_TABLE);
            RunStore store = store(pool);
            for (int repetition = 0; repetition <= repetitions; repetition++) {
                boolean counts = repetition > 0; // the first warms up
                for (Callable<JobRunner> runner : List.<Callable<JobRunner>>of(
                        JobRunners::bareExecutor,
                        () -> JobRunners.engine("engine, in memory", new InMemoryRunStore()),
                        () -> JobRunners.engine("engine, JDBC", store),
                        () -> JobRunners.dbScheduler(pool))) {
                    try (JobRunner jobs = runner.call()) {
                        boolean inDatabase =
                                jobs.title().contains("JDBC") || jobs.title().contains("db-");
                        double speed = runsPerSecond(jobs, inDatabase ? runs : runs * MEMORY_FACTOR);
                        if (counts) {
                            perSecond
                                    .computeIfAbsent(jobs.title(), title -> new ArrayList<>())
                                    .add(speed);
                        }
                    }
                }
                double memory = batchMicros(new InMemoryRunStore(), BATCHES * MEMORY_FACTOR);
                double jdbc = batchMicros(store, BATCHES);
                if (counts) {
                    memoryBatchMicros.add(memory);
                    jdbcBatchMicros.add(jdbc);
                }
            }
            if (idleSeconds > 0) {
                idle = IdleEngine.watch(pool, idleSeconds);
            }
        }
        print(perSecond, memoryBatchMicros, jdbcBatchMicros, idle, settings);
        return 0;
    }

    private static RunStore store(DataSource dataSource) throws Exception {
        Server.execute(dataSource, "CREATE TABLE messages (id bigint PRIMARY KEY, sent_at timestamptz NOT NULL)");
        ChatDatabase chat = ChatDatabase.of(
                dataSource,
                ChatSchema.builder()
                        .messages("messages", m -> m.key("id").sentAt("sent_at"))
                        .build());
        chat.migrate();
        return chat.runStore();
    }

    private static double runsPerSecond(JobRunner jobs, int count) throws Exception {
        ExecutorService drivers = Executors.newFixedThreadPool(JobRunners.LANES);
        try {
            long start = System.nanoTime();
            List<Future<?>> lanes = new ArrayList<>();
            for (int lane = 0; lane < JobRunners.LANES; lane++) {
                int number = lane;
                lanes.add(drivers.submit(() -> {
                    for (int i = 0; i < count / JobRunners.LANES; i++) {
                        jobs.run(number);
                    }
                    return true;
                }));
            }
            for (Future<?> lane : lanes) {
                lane.get();
            }
            return count / ((System.nanoTime() - start) / 1e9);
        } finally {
            drivers.shutdownNow();
        }
    }

    /** Microseconds of one batch of a run of many that do nothing. */
    private static double batchMicros(RunStore store, int batches) throws Exception {
        MaintenanceTask task = new MaintenanceTask() {
            @Override
            public String name() {
                return "batches";
            }

            @Override
            public BatchResult runBatch(TaskContext context) {
                int done = context.cursor()
                                .map(Cursor::text)
                                .map(Integer::parseInt)
                                .orElse(0)
                        + 1;
                return done == batches ? BatchResult.finished() : BatchResult.next(new Cursor(Integer.toString(done)));
            }
        };
        try (MaintenanceEngine engine =
                MaintenanceEngine.builder().runStore(store).task(task).build()) {
            engine.start();
            long start = System.nanoTime();
            if (engine.runNow("batches").get().state() != RunState.SUCCEEDED) {
                throw new IllegalStateException("the run did not succeed");
            }
            return (System.nanoTime() - start) / 1e3 / batches;
        }
    }

    private void print(
            Map<String, List<Double>> perSecond,
            List<Double> memoryBatchMicros,
            List<Double> jdbcBatchMicros,
            Map<String, Object> idle,
            Map<String, String> settings)
            throws Exception {
        System.out.println("PostgreSQL " + settings);
        System.out.printf("%nNo-op jobs, %d lanes, medians of %d:%n%n", JobRunners.LANES, repetitions);
        perSecond.forEach((title, speeds) -> System.out.printf(
                "  %-28s %,12.0f runs/s %10.1f microseconds a run%n",
                title, Report.median(speeds), 1e6 * JobRunners.LANES / Report.median(speeds)));
        System.out.printf(
                "  %-28s %37.1f microseconds a batch%n", "a batch, in memory", Report.median(memoryBatchMicros));
        System.out.printf("  %-28s %37.1f microseconds a batch%n", "a batch, JDBC", Report.median(jdbcBatchMicros));
        if (!idle.isEmpty()) {
            System.out.println("  idle: " + idle);
        }
        List<Double> jdbc = perSecond.getOrDefault("engine, JDBC", List.of());
        List<Double> theirs = perSecond.getOrDefault("db-scheduler", List.of());
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < jdbc.size(); i++) {
            ratios.add(jdbc.get(i) / theirs.get(i));
        }
        double bareMicros = 1e6
                * JobRunners.LANES
                / Report.median(perSecond.getOrDefault("ScheduledThreadPoolExecutor", List.of()));
        double memoryMicros =
                1e6 * JobRunners.LANES / Report.median(perSecond.getOrDefault("engine, in memory", List.of()));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("benchmark", "engine");
        json.put("runsPerSecond", Report.rounded(Report.median(jdbc)));
        json.put("ratioToDbScheduler", Report.rounded(Report.median(ratios)));
        json.put("overheadMicrosPerRun", Report.rounded(memoryMicros - bareMicros));
        json.put("dbSchedulerRunsPerSecond", Report.rounded(Report.median(theirs)));
        json.put("inMemoryRunsPerSecond", Report.rounded(1e6 * JobRunners.LANES / memoryMicros));
        json.put("executorRunsPerSecond", Report.rounded(1e6 * JobRunners.LANES / bareMicros));
        json.put("overheadMicrosPerBatch", Report.rounded(Report.median(memoryBatchMicros)));
        json.put("jdbcMicrosPerBatch", Report.rounded(Report.median(jdbcBatchMicros)));
        json.put("idle", idle);
        json.put("settings", settings);
        System.out.println();
        System.out.println(new ObjectMapper().writeValueAsString(json));
    }
}
