package io.chatty.maintenance.presence.tracker;

import io.chatty.maintenance.presence.PresenceTracker;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of a tracker in the host's registry. They go with the tracker: a registry keeps the first of a name, so that those of the
 * next tracker would not come. Thread-safe.
 */
public final class TrackerMeters {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceTracker.class);
    private static final String PREFIX = "chatty.maintenance.presence.";

    private final MeterRegistry registry;
    private final List<Meter> mine = new CopyOnWriteArrayList<>();

    /** None yet. */
    public TrackerMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A number that goes up and down. */
    public <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        mine.add(
                Gauge.builder(PREFIX + name, of, value).description(description).register(registry));
    }

    /** A time that goes up and down. */
    public <T> void time(String name, String description, TimeUnit unit, T of, ToDoubleFunction<T> value) {
        mine.add(TimeGauge.builder(PREFIX + name, of, unit, value)
                .description(description)
                .register(registry));
    }

    /** A number that only grows. */
    public <T> void counter(String name, String description, T of, ToDoubleFunction<T> value) {
        mine.add(FunctionCounter.builder(PREFIX + name, of, value)
                .description(description)
                .register(registry));
    }

    /** Times that are told. @return takes them, in nanoseconds */
    public LongConsumer timer(String name, String description) {
        Timer timer = Timer.builder(PREFIX + name).description(description).register(registry);
        mine.add(timer);
        return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Takes all of them out of the registry, which is the host's and may fail: a tracker's close does not. */
    public void remove() {
        for (Meter meter : mine) {
            try {
                registry.remove(meter);
            } catch (RuntimeException e) {
                LOG.warn("Meter {} stays in the registry", meter.getId(), e);
            }
        }
        mine.clear();
    }
}
