package io.chatty.maintenance.config;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.engine.LoadSignals;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.task.TaskNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** {@code signals}: those that are on. */
final class SignalSection {

    private static final Kind<Double> SECONDS =
            value -> Kind.DURATION.read(value).toMillis() / 1000.0;
    private static final Kind<Double> MEBIBYTES = value -> Kind.BYTES.read(value) / (double) (1 << 20);

    private final Section section;
    private final Optional<ChatDatabase> database;
    private final List<HikariDataSource> pools;
    private final List<LoadSignal> signals = new ArrayList<>();

    private SignalSection(Section section, Optional<ChatDatabase> database, List<HikariDataSource> pools) {
        this.section = section;
        this.database = database;
        this.pools = pools;
    }

    /**
     * The signals.
     *
     * @param database what the database's signals ask
     * @param pools takes the pools that are made for replicas
     */
    static List<LoadSignal> read(
            Section section, Optional<ChatDatabase> database, List<HikariDataSource> pools, Providers providers) {
        SignalSection reader = new SignalSection(section, database, pools);
        reader.machine();
        reader.database();
        reader.replicas();
        reader.plugins(providers);
        section.end();
        return reader.signals;
    }

    private void machine() {
        onOff("host-cpu", Kind.NUMBER, true, LoadSignals::hostCpu);
        onOff("heap", Kind.NUMBER, true, LoadSignals::heap);
        Path disk = path("free-disk");
        onOff("free-disk", Kind.NUMBER, false, limits -> LoadSignals.freeDisk(disk, limits));
        Path space = path("free-disk-space");
        onOff("free-disk-space", MEBIBYTES, false, limits -> LoadSignals.freeDiskSpace(space, limits));
    }

    private void database() {
        ofDatabase("pool-saturation", Kind.NUMBER, DatabaseSignals::poolSaturation);
        ofDatabase("lock-waits", Kind.NUMBER, DatabaseSignals::lockWaits);
        ofDatabase("long-transactions", SECONDS, DatabaseSignals::longTransactions);
        ofDatabase("active-queries", Kind.NUMBER, DatabaseSignals::activeQueries);
        ofDatabase("threads-running", Kind.NUMBER, DatabaseSignals::threadsRunning);
        ofDatabase("replication-lag", MEBIBYTES, DatabaseSignals::replicationLag);
    }

    private void ofDatabase(String name, Kind<Double> kind, BiFunction<DatabaseSignals, LoadLimits, LoadSignal> make) {
        Section signal = of(name);
        if (database.isEmpty() && signal.get("on", Kind.FLAG).orElse(false)) {
            signal.refuse(
                    "on", "but there is no database to ask; set database.url, or have the host give a data source");
        }
        onOff(
                name,
                kind,
                true,
                limits -> database.map(known -> make.apply(known.signals(), limits))
                        .orElseGet(() -> LoadSignal.measured(name, "", limits, () -> Double.NaN)));
    }

    private final Map<String, Section> opened = new HashMap<>();

    private Section of(String name) {
        return opened.computeIfAbsent(name, section::section);
    }

    private Path path(String name) {
        return of(name).get("path", Kind.PATH).orElse(Path.of("."));
    }

    private void onOff(String name, Kind<Double> kind, boolean highIsBad, Function<LoadLimits, LoadSignal> make) {
        Section signal = of(name);
        boolean on = signal.get("on", Kind.FLAG).orElse(false);
        Optional<LoadSignal> made = limited(signal, kind, highIsBad, make);
        signal.end();
        if (on) {
            made.ifPresent(signals::add);
        }
    }

    /** The signal with its limits, which are looked at even while it is off. */
    private static Optional<LoadSignal> limited(
            Section signal, Kind<Double> kind, boolean highIsBad, Function<LoadLimits, LoadSignal> make) {
        Optional<Double> slowAt = signal.get("slow-at", kind);
        Optional<Double> stopAt = signal.get("stop-at", kind);
        List<LoadSignal> made = new ArrayList<>();
        if (slowAt.isPresent() && stopAt.isPresent()) {
            signal.attempt("stop-at", () -> {
                LoadLimits limits = highIsBad
                        ? LoadLimits.above(slowAt.get(), stopAt.get())
                        : LoadLimits.below(slowAt.get(), stopAt.get());
                made.add(make.apply(limits));
            });
        }
        return made.stream().findFirst();
    }

    private void replicas() {
        for (Map.Entry<String, Section> replica : section.named("replica-lag").entrySet()) {
            Section signal = replica.getValue();
            if (!signal.has("url")) {
                signal.problem("url", "missing; required is the JDBC URL of the replica");
            }
            HikariDataSource pool = new HikariDataSource();
            pools.add(pool);
            pool.setPoolName("chatty-maintenance-" + replica.getKey());
            pool.setMaximumPoolSize(1);
            pool.setConnectionTimeout(1000); // a replica that cannot be reached soon is unknown, and no reason to wait
            Optional<String> url = DatabaseSection.url(signal, pool);
            LoadLimits usual = LoadLimits.above(2, 10);
            double slowAt = signal.get("slow-at", SECONDS).orElse(usual.slowAt());
            double stopAt = signal.get("stop-at", SECONDS).orElse(usual.stopAt());
            List<LoadLimits> limits = new ArrayList<>();
            signal.attempt("stop-at", () -> limits.add(LoadLimits.above(slowAt, stopAt)));
            signal.end();
            if (database.isEmpty()) {
                signal.problem("given, but there is no database whose replica it could be; set database.url");
            }
            try {
                TaskNames.check("replica", replica.getKey());
                if (url.isPresent() && !limits.isEmpty()) {
                    database.ifPresent(
                            known -> signals.add(known.signals().replicaLag(replica.getKey(), pool, limits.get(0))));
                }
            } catch (IllegalArgumentException e) {
                signal.problem(String.valueOf(e.getMessage()));
            }
        }
    }

    private void plugins(Providers providers) {
        for (Section plugin : section.sections("plugins")) {
            providers
                    .make(plugin, SignalProvider.class, "provider", Set.of(), SignalProvider::create)
                    .ifPresent(signal -> add(plugin, signal));
            plugin.end();
        }
    }

    private void add(Section plugin, LoadSignal signal) {
        try {
            TaskNames.check("signal", signal.name());
            if (signals.stream().anyMatch(other -> other.name().equals(signal.name()))) {
                plugin.problem("the signal is called \"" + signal.name()
                        + "\", as another one that is on; each needs a name of its own");
            }
            signals.add(signal);
        } catch (RuntimeException e) {
            plugin.problem("the provider made a signal that cannot be used: " + e.getMessage());
        }
    }
}
