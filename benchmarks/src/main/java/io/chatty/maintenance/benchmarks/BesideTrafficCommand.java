package io.chatty.maintenance.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what a chat's users feel of a purge. */
@Command(
        name = "beside-traffic",
        description = "Inserts and reads at a fixed rate, with and without a MessageCleanup beside them, in turn.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class BesideTrafficCommand implements Callable<Integer> {

    private static final Duration WARM_UP = Duration.ofSeconds(3);

    @Option(names = "--database", defaultValue = "postgresql", description = "postgresql (default), mariadb or h2")
    @SuppressWarnings("NullAway.Init") // has a default
    private Database database;

    @Option(
            names = "--rows",
            defaultValue = "1000000",
            description = "how many messages (default 1000000), half are due")
    private int rows;

    @Option(
            names = "--rate",
            defaultValue = "300",
            description = "requests a second, a third of them inserts (default 300)")
    private double rate;

    @Option(names = "--seconds", defaultValue = "20", description = "of each phase, 1 to 3600 (default 20)")
    private int seconds;

    @Option(names = "--repetitions", defaultValue = "5", description = "1 to 100 (default 5)")
    private int repetitions;

    @Option(
            names = "--items-per-second",
            defaultValue = "2000",
            description = "the engine's limit; 0 for none, which is the engine's default (default 2000)")
    private long itemsPerSecond;

    @Spec
    @SuppressWarnings("NullAway.Init") // set before call()
    private CommandSpec spec;

    private final Map<String, List<Double>> figures = new LinkedHashMap<>();

    BesideTrafficCommand() {}

    @Override
    public Integer call() throws Exception {
        if (rows < 1000
                || rate < 1
                || itemsPerSecond < 0
                || seconds < 1
                || seconds > 3600
                || repetitions < 1
                || repetitions > 100) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Allowed are --rows from 1000, --rate from 1, --items-per-second from 0, --seconds 1 to 3600, --repetitions 1 to 100");
        }
        Workload aimedAt = Workload.of(database, rows, 0.5, Shape.PLAIN);
        try (Server server = database.start()) {
            System.out.println("Loading " + aimedAt + " ...");
            Workload workload = aimedAt.loaded(new Loader(aimedAt).load(server.template()));
            server.sealTemplate(workload);
            for (int repetition = 1; repetition <= repetitions; repetition++) {
                ChatTraffic.Latencies alone = phase(server, workload, false);
                ChatTraffic.Latencies beside = phase(server, workload, true);
                note("inserts", alone.inserts(), beside.inserts());
                note("reads", alone.reads(), beside.reads());
                System.out.println("  repetition " + repetition + ": " + figures);
            }
            System.out.println(new ObjectMapper().writeValueAsString(json(server.settings())));
        }
        return 0;
    }

    /** Without a purge it lasts as long as was asked for; with one as long as the purge removes, at most so long. */
    private ChatTraffic.Latencies phase(Server server, Workload workload, boolean purge) throws Exception {
        EngineCleanup cleanup = new EngineCleanup(
                workload,
                OptionalInt.empty(),
                itemsPerSecond == 0 ? OptionalLong.empty() : OptionalLong.of(itemsPerSecond),
                1);
        try (HikariDataSource pool = server.restore(workload)) {
            pool.setMaximumPoolSize(16);
            try (ChatTraffic traffic = ChatTraffic.begin(workload, pool, rate);
                    EngineCleanup.EngineJob job = cleanup.prepare(pool)) {
                ChatTraffic.goOnFor(WARM_UP);
                if (purge) {
                    job.begin();
                }
                long from = System.nanoTime();
                if (purge) {
                    job.goOnFor(Duration.ofSeconds(seconds));
                } else {
                    ChatTraffic.goOnFor(Duration.ofSeconds(seconds));
                }
                long to = System.nanoTime();
                traffic.end();
                if (purge) {
                    figures.computeIfAbsent("purgeSeconds", key -> new ArrayList<>())
                            .add(Report.rounded((to - from) / 1e9));
                }
                return traffic.between(from, to);
            }
        }
    }

    private void note(String what, List<Double> alone, List<Double> beside) {
        double without = ChatTraffic.Latencies.quantile(alone, 0.99);
        double with = ChatTraffic.Latencies.quantile(beside, 0.99);
        add(what + "P50Alone", ChatTraffic.Latencies.quantile(alone, 0.5));
        add(what + "P50Beside", ChatTraffic.Latencies.quantile(beside, 0.5));
        add(what + "P99Alone", without);
        add(what + "P99Beside", with);
        add(what + "P99Ratio", with / without);
    }

    private void add(String name, double value) {
        figures.computeIfAbsent(name, key -> new ArrayList<>()).add(Report.rounded(value));
    }

    private Map<String, Object> json(Map<String, String> settings) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("benchmark", "beside-traffic");
        json.put("database", database.id());
        json.put("rows", rows);
        json.put("requestsPerSecond", rate);
        json.put("repetitions", repetitions);
        json.put("itemsPerSecond", itemsPerSecond);
        json.put("p99Ratio", Report.median(figures.getOrDefault("insertsP99Ratio", List.of())));
        json.put("readP99Ratio", Report.median(figures.getOrDefault("readsP99Ratio", List.of())));
        json.putAll(figures);
        json.put("settings", settings);
        return json;
    }
}
