package io.chatty.maintenance.engine;

import io.chatty.maintenance.schedule.LoadReading;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one engine in the host's registry. All calls into the registry are made on a lane, so that one that fails or
 * hangs does neither to a run. Gauges are read by the registry in threads of its own: they look at plain state, and ask no store.
 * Without a registry nothing is done.
 */
final class Meters {

    private static final String PREFIX = "chatty.maintenance.";
    /** A start waits that long until its meters are there. */
    private static final Duration REGISTERED_WITHIN = Duration.ofSeconds(1);

    private final @Nullable MeterRegistry registry;
    private final EngineLog log;
    private final Lane lane = new Lane("chatty-maintenance-meters");

    private volatile @Nullable Tags tags; // of all our meters; null before the start and after the close
    private final Set<Meter> mine = new LinkedHashSet<>(); // the lane's alone
    private long failures; // the lane's alone

    Meters(@Nullable MeterRegistry registry, EngineLog log) {
        this.registry = registry;
        this.log = log;
    }

    /** Makes a meter in the registry. */
    @FunctionalInterface
    interface Making<M extends Meter> {
        M in(MeterRegistry registry, String name, Tags tags);
    }

    /** A call into the registry. */
    @FunctionalInterface
    interface Call {
        void on(Instruments instruments);
    }

    /** What calls on the lane work with. */
    final class Instruments {
        private final MeterRegistry registry;
        private final Tags tags;

        private Instruments(MeterRegistry registry, Tags tags) {
            this.registry = registry;
            this.tags = tags;
        }

        /** The meter of that name, with the engine's tags and these: made, or found, and remembered as ours. */
        <M extends Meter> M meter(String name, Tags more, Making<M> making) {
            M meter = making.in(registry, PREFIX + name, tags.and(more));
            mine.add(meter);
            return meter;
        }

        /** A gauge; it does not keep its object alive. */
        <T> void gauge(String name, Tags more, String what, T of, ToDoubleFunction<T> value) {
            meter(
                    name,
                    more,
                    (in, full, all) -> Gauge.builder(full, of, value)
                            .description(what)
                            .tags(all)
                            .register(in));
        }

        /** A gauge of a time in nanoseconds; it does not keep its object alive. */
        <T> void timeGauge(String name, Tags more, String what, T of, ToDoubleFunction<T> nanos) {
            meter(
                    name,
                    more,
                    (in, full, all) -> TimeGauge.builder(full, of, TimeUnit.NANOSECONDS, nanos)
                            .description(what)
                            .tags(all)
                            .register(in));
        }
    }

    /** Calls into the registry, soon, and after all that was called before. */
    void call(Call call) {
        MeterRegistry known = registry;
        Tags ours = tags;
        if (known != null && ours != null && !lane.execute(() -> tryOut(() -> call.on(new Instruments(known, ours))))) {
            log.warnSeldom(lane.dropped(), "The meter registry is too slow: {} updates dropped so far", lane.dropped());
        }
    }

    private void tryOut(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) { // a registry's error must not end the next call
            failures++;
            log.warnSeldom(failures, "The meter registry failed, {} times so far", failures, e);
        }
    }

    /** Registers all meters that can be known before the first run; waits until they are there, but not for ever. */
    void start(MaintenanceEngine engine, String name, Parts parts, Collection<TaskSlot> slots) {
        if (registry == null) {
            return;
        }
        tags = Tags.of("engine", name);
        call(to -> ofEngine(to, engine, parts));
        slots.forEach(slot ->
                call(to -> slot.meters.register(to, slot, parts.gate.readings().keySet())));
        CountDownLatch registered = new CountDownLatch(1);
        call(to -> registered.countDown());
        try {
            if (!registered.await(REGISTERED_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("The meter registry does not take the meters within {}; the engine starts", REGISTERED_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ofEngine(Instruments to, MaintenanceEngine engine, Parts parts) {
        to.gauge(
                "health",
                Tags.empty(),
                "How the engine is: 0 up, 1 degraded, 2 down",
                engine,
                it -> level(it.health()));
        to.gauge("workers.hung", Tags.empty(), "Threads that hang in tasks", parts, it -> it.workers.hung());
        to.gauge("dispatcher.running", Tags.empty(), "Runs that are in a turn", parts, it -> it.dispatcher.running());
        to.gauge("dispatcher.waiting", Tags.empty(), "Runs that wait for a turn", parts, it -> it.dispatcher.waiting());
        buffer(to, "events", parts, it -> it.events.waiting(), it -> it.events.dropped());
        buffer(to, "log", parts, it -> it.log.waiting(), it -> it.log.dropped());
        buffer(to, "meters", parts, it -> it.meters.lane.waiting(), it -> it.meters.lane.dropped());
        parts.gate
                .readings()
                .keySet()
                .forEach(signal -> to.gauge(
                        "signal.level",
                        Tags.of("signal", signal),
                        "What a signal said last: 0 normal, 1 slow, 2 stop, -1 unknown",
                        parts,
                        it -> level(it.gate.readings().get(signal))));
    }

    private static void buffer(
            Instruments to, String name, Parts parts, ToDoubleFunction<Parts> size, ToDoubleFunction<Parts> dropped) {
        Tags buffer = Tags.of("buffer", name);
        to.gauge("buffer.size", buffer, "What waits in a buffer", parts, size);
        to.meter(
                "buffer.dropped",
                buffer,
                (in, full, all) -> FunctionCounter.builder(full, parts, dropped)
                        .description("What a buffer had no room for")
                        .tags(all)
                        .register(in));
    }

    private static double level(@Nullable LoadReading reading) {
        LoadReading.Level level = reading == null ? LoadReading.Level.UNKNOWN : reading.level();
        return switch (level) {
            case NORMAL -> 0;
            case SLOW -> 1;
            case STOP -> 2;
            case UNKNOWN -> -1;
        };
    }

    static double level(EngineHealth health) {
        return switch (health.level()) {
            case UP -> 0;
            case DEGRADED -> 1;
            case DOWN -> 2;
        };
    }

    static double nanos(Duration duration) {
        return duration.toMillis() * 1e6; // no schedule is due so late that these overflow
    }

    /** Removes our meters from the registry, soon. */
    void end() {
        call(to -> {
            mine.forEach(meter -> tryOut(() -> to.registry.remove(meter)));
            mine.clear();
        });
        tags = null;
        lane.shutDown();
    }

    /** Waits until they are removed, for that long at most. */
    void close(Duration bound) throws InterruptedException {
        lane.close(bound);
    }
}
