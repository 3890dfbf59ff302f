package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The meters of one task: each method is called when something has happened, and costs its caller nothing. Thread-safe. */
final class TaskMeters {

    /** Kinds beyond that are counted as {@value #OTHERS}: a task's names must not fill a registry. */
    private static final int MOST_KINDS = 100;

    private static final String OTHERS = "others";
    /** A run that was left to other engines, so that nobody here knows its end. */
    private static final String LEFT = "left";

    private final Meters meters;
    private final Tags task;

    // Used on the lane alone.
    private final Set<String> kinds = new HashSet<>();
    private LongTaskTimer.@Nullable Sample active;

    TaskMeters(Meters meters, String task) {
        this.meters = meters;
        this.task = Tags.of("task", task);
    }

    /** Registers what can be known before the first run. */
    void register(Meters.Instruments to, TaskSlot slot, Set<String> signals) {
        EnumSet.complementOf(EnumSet.of(RunState.RUNNING, RunState.SKIPPED)).forEach(state -> run(to, state(state)));
        run(to, LEFT);
        active(to);
        batch(to);
        batchSize(to);
        for (String reason : new String[] {Wait.WORKER, Wait.RATE, Wait.RETRY}) {
            wait(to, reason);
        }
        signals.forEach(signal -> wait(to, Wait.SIGNAL + signal));
        items(to, "examined");
        errors(to, OTHERS);
        retries(to);
        skips(to);
        to.gauge(
                "breaker.open",
                task,
                "1 while the circuit breaker is open, else 0",
                slot,
                it -> bit(it.breaker().isOpen()));
        to.gauge(
                "window.open",
                task,
                "1 while the task may run by its window, else 0",
                slot,
                it -> bit(it.isWindowOpen()));
        to.gauge(
                "paused", task, "1 while the task is paused, as was last seen, else 0", slot, it -> bit(it.isPaused()));
        to.gauge(
                "awaiting.confirmation",
                task,
                "1 while a run of the task awaits confirmation, as was last seen, else 0",
                slot,
                it -> bit(it.isAwaitingConfirmation()));
        to.gauge("task.health", task, "How the task is: 0 up, 1 degraded", slot, it -> Meters.level(it.health()));
        to.timeGauge(
                "due",
                task,
                "How long until the task is due next, below zero if it is overdue; NaN if that is not known",
                slot,
                it -> it.untilDue().map(Meters::nanos).orElse(Double.NaN));
    }

    private static double bit(boolean is) {
        return is ? 1 : 0;
    }

    private static String state(RunState state) {
        return state == RunState.RUNNING ? LEFT : state.name().toLowerCase(Locale.ROOT);
    }

    // ---- what happens

    /** A run goes on here from now on. */
    void begun() {
        meters.call(to -> {
            stopSample();
            active = active(to).start();
        });
    }

    /** A run has ended, or rests, after so long here. */
    void ended(RunState state, Duration took) {
        ended(state(state), took);
    }

    /** A run was left to other engines after so long here. */
    void left(Duration took) {
        ended(LEFT, took);
    }

    private void ended(String state, Duration took) {
        meters.call(to -> {
            stopSample();
            run(to, state).record(took);
        });
    }

    private void stopSample() {
        if (active != null) {
            active.stop();
            active = null;
        }
    }

    void batch(BatchResult result, int size, Duration took) {
        meters.call(to -> {
            batch(to).record(took);
            batchSize(to).record(size);
            result.counts().asMap().forEach((name, count) -> items(to, name).increment(count));
        });
    }

    /** Those counts are to be expected: the last run had them. */
    void expect(Counts counts) {
        meters.call(to -> counts.asMap().keySet().forEach(name -> items(to, name)));
    }

    void waited(String reason, long nanos) {
        meters.call(to -> wait(to, reason).record(Duration.ofNanos(nanos)));
    }

    /** @param kind see {@link TaskErrors#add} */
    void failed(String kind) {
        meters.call(to -> errors(to, kind.substring(kind.lastIndexOf('.') + 1)).increment());
    }

    void retried() {
        meters.call(to -> retries(to).increment());
    }

    void skipped() {
        meters.call(to -> skips(to).increment());
    }

    // ---- the meters

    private Timer run(Meters.Instruments to, String state) {
        return to.meter(
                "run",
                task.and("state", state),
                (in, name, tags) -> Timer.builder(name)
                        .description("How long runs went on here, by what became of them")
                        .tags(tags)
                        .register(in));
    }

    private LongTaskTimer active(Meters.Instruments to) {
        return to.meter(
                "run.active",
                task,
                (in, name, tags) -> LongTaskTimer.builder(name)
                        .description("The run that goes on here, and for how long")
                        .tags(tags)
                        .register(in));
    }

    private Timer batch(Meters.Instruments to) {
        return to.meter(
                "batch",
                task,
                (in, name, tags) -> Timer.builder(name)
                        .description("How long batches took that were committed")
                        .tags(tags)
                        .register(in));
    }

    private DistributionSummary batchSize(Meters.Instruments to) {
        return to.meter(
                "batch.size",
                task,
                (in, name, tags) -> DistributionSummary.builder(name)
                        .description("How many items committed batches were asked for")
                        .baseUnit("items")
                        .tags(tags)
                        .register(in));
    }

    private Timer wait(Meters.Instruments to, String reason) {
        return to.meter(
                "wait",
                task.and("reason", reason),
                (in, name, tags) -> Timer.builder(name)
                        .description("How long runs waited between batches, by reason")
                        .tags(tags)
                        .register(in));
    }

    private Counter items(Meters.Instruments to, String count) {
        String[] parts = count.split("\\.", 3);
        String kind = bounded(parts.length == 1 ? count : parts[0] + "." + parts[1]);
        return parts[0].equals("bytes")
                ? counter(to, "bytes", "bytes", "What committed batches counted in bytes", task.and("kind", kind))
                : counter(to, "items", "items", "What committed batches counted", task.and("kind", kind));
    }

    private String bounded(String kind) {
        if (kinds.size() < MOST_KINDS) {
            kinds.add(kind);
        }
        return kinds.contains(kind) ? kind : OTHERS;
    }

    private Counter errors(Meters.Instruments to, String kind) {
        return counter(to, "errors", null, "What went wrong, by the innermost cause", task.and("kind", kind));
    }

    private Counter retries(Meters.Instruments to) {
        return counter(to, "retries", null, "Batches that were tried again", task);
    }

    private Counter skips(Meters.Instruments to) {
        return counter(to, "skips", null, "Due times that were left out", task);
    }

    private static Counter counter(
            Meters.Instruments to, String what, @Nullable String unit, String description, Tags of) {
        return to.meter(
                what,
                of,
                (in, name, tags) -> Counter.builder(name)
                        .description(description)
                        .baseUnit(unit)
                        .tags(tags)
                        .register(in));
    }
}
