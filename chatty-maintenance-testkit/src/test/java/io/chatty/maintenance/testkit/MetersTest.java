package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.schedule.Window;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.core.tck.MeterRegistryAssert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetersTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final MockClock time = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, time);
    private final AtomicReference<LoadReading> load = new AtomicReference<>(LoadReading.normal("idle"));
    private final Gate gate = new Gate();

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    private MaintenanceEngine.Builder engine() {
        return stepped.engine(store).name("metered").ticker(time::monotonicTime).meterRegistry(registry);
    }

    private static LoadSignal signal(AtomicReference<LoadReading> reading) {
        return new LoadSignal() {
            @Override
            public String name() {
                return "lag";
            }

            @Override
            public LoadReading read() {
                return Objects.requireNonNull(reading.get());
            }
        };
    }

    @FunctionalInterface
    private interface Batch {
        BatchResult run(TaskContext context) throws Exception;
    }

    private static MaintenanceTask task(String name, Batch batch) {
        return new MaintenanceTask() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public BatchResult runBatch(TaskContext context) throws Exception {
                return batch.run(context);
            }
        };
    }

    private RequiredSearch meter(String name, String... tags) {
        return registry.get("chatty.maintenance." + name).tags(tags);
    }

    private double gauge(String name, String... tags) {
        return meter(name, tags).gauge().value();
    }

    private void eventuallyCounted(double count, String name, String... tags) {
        eventually(name + " is " + count, () -> {
            Counter counter =
                    registry.find("chatty.maintenance." + name).tags(tags).counter();
            return counter != null && counter.count() == count;
        });
    }

    /** The meters are updated in order, on a thread of their own: that of the end of a run comes last. */
    private void eventuallyEnded(long runs, RunState state) {
        eventually(
                "the end of " + runs + " runs is on the meters",
                () -> meter("run", "state", state.name().toLowerCase(Locale.ROOT))
                                .timer()
                                .count()
                        == runs);
    }

    @Test
    void a_run_is_on_the_meters_with_its_time_its_batches_its_items_and_its_waits() {
        MaintenanceTask task = task("tidy", context -> {
            time.add(Duration.ofSeconds(2));
            load.set(LoadReading.normal("idle"));
            return (context.cursor().isPresent() ? BatchResult.finished() : BatchResult.next(new Cursor("1")))
                    .with(Counts.of(Map.of(
                            "examined",
                            10L,
                            "deleted.expired",
                            3L,
                            "deleted.children.reactions",
                            5L,
                            "bytes.freed",
                            7L)));
        });
        MaintenanceEngine engine = engine().signal(signal(load))
                .settings(s -> s.batchSize(17))
                .task(task, Schedules.every(HOUR))
                .build();
        engine.start();
        load.set(LoadReading.stop("a replica lags"));
        stepped.advance(HOUR.plusSeconds(1));
        assertThat(engine.status("tidy").waitsFor()).contains("STOP: a replica lags");
        eventually(
                "the run is on the meters",
                () -> meter("run.active", "task", "tidy").longTaskTimer().activeTasks() == 1);
        time.add(Duration.ofSeconds(9));
        assertThat(meter("run.active", "task", "tidy").longTaskTimer().duration(TimeUnit.SECONDS))
                .isEqualTo(9);
        assertThat(gauge("signal.level", "signal", "lag")).isEqualTo(2);
        load.set(LoadReading.normal("idle"));
        stepped.advance(Duration.ofSeconds(10));
        eventuallyEnded(1, RunState.SUCCEEDED);

        assertThat(meter("run", "task", "tidy", "state", "succeeded").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(13);
        eventually(
                "no run is active on the meters",
                () -> meter("run.active", "task", "tidy").longTaskTimer().activeTasks() == 0);
        assertThat(meter("batch", "task", "tidy").timer().count()).isEqualTo(2);
        assertThat(meter("batch", "task", "tidy").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(4);
        assertThat(meter("batch.size", "task", "tidy").summary().count()).isEqualTo(2);
        assertThat(meter("batch.size", "task", "tidy").summary().mean()).isEqualTo(17);
        eventuallyCounted(20, "items", "task", "tidy", "kind", "examined");
        eventuallyCounted(6, "items", "task", "tidy", "kind", "deleted.expired");
        eventuallyCounted(10, "items", "task", "tidy", "kind", "deleted.children");
        eventuallyCounted(14, "bytes", "task", "tidy", "kind", "bytes.freed");
        assertThat(meter("wait", "task", "tidy", "reason", "signal.lag").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(9);
        assertThat(meter("wait", "task", "tidy", "reason", "rate").timer().count())
                .isZero();
        assertThat(gauge("signal.level", "signal", "lag")).isZero();
        engine.close();
    }

    @Test
    void failures_retries_and_the_breaker_are_on_the_meters() {
        MaintenanceTask task = task("tidy", context -> {
            throw new IllegalStateException("wrapped", new IOException("the disk is away"));
        });
        MaintenanceEngine engine = engine().task(
                        task, Schedules.every(HOUR), t -> t.retries(2).breakerFailures(5))
                .build();
        engine.start();
        assertThat(gauge("breaker.open", "task", "tidy")).isZero();
        stepped.advance(HOUR.plusMinutes(10));
        eventuallyCounted(3, "errors", "task", "tidy", "kind", "IOException");
        eventuallyCounted(2, "retries", "task", "tidy");
        eventuallyEnded(1, RunState.FAILED);
        assertThat(meter("batch", "task", "tidy").timer().count()).isZero();
        assertThat(gauge("task.health", "task", "tidy")).isEqualTo(1);
        assertThat(gauge("health")).isEqualTo(1);
        assertThat(gauge("breaker.open", "task", "tidy")).isZero();
        stepped.advance(HOUR);
        assertThat(gauge("breaker.open", "task", "tidy")).isEqualTo(1);
        engine.close();
    }

    @Test
    void kinds_of_errors_and_of_items_are_bounded_whatever_a_task_does() {
        int[] number = {0};
        MaintenanceTask task = task("tidy", context -> {
            number[0]++;
            Map<String, Long> counts = new TreeMap<>();
            for (int i = 0; i < 150; i++) {
                counts.put("deleted.room-" + number[0] + "-" + i, 1L);
            }
            return BatchResult.finished().with(Counts.of(counts));
        });
        MaintenanceEngine engine = engine().task(task).build();
        engine.start();
        for (int i = 0; i < 3; i++) {
            engine.runNow("tidy").join();
        }
        eventuallyEnded(3, RunState.SUCCEEDED);
        List<Counter> items =
                List.copyOf(registry.get("chatty.maintenance.items").counters());
        assertThat(items).hasSize(101);
        assertThat(items.stream().mapToDouble(Counter::count).sum()).isEqualTo(450);
        assertThat(meter("items", "kind", "others").counter().count()).isEqualTo(450 - 99);
        engine.close();
    }

    @Test
    void due_times_pauses_windows_and_skips_are_on_the_meters() {
        Window night = Window.of(LocalTime.of(2, 0), LocalTime.of(4, 0), ZoneOffset.UTC);
        MaintenanceEngine engine = engine().task(
                        new CountedTask("tidy", 1), Schedules.every(HOUR).within(night))
                .task(new CountedTask("asked", 1))
                .build();
        engine.start();
        assertThat(gauge("due", "task", "tidy")).isEqualTo(2 * 3600);
        assertThat(gauge("due", "task", "asked")).isNaN();
        assertThat(gauge("window.open", "task", "tidy")).isZero();
        assertThat(gauge("window.open", "task", "asked")).isEqualTo(1);
        assertThat(gauge("paused", "task", "tidy")).isZero();
        engine.pause("tidy");
        assertThat(gauge("paused", "task", "tidy")).isEqualTo(1);
        stepped.advance(Duration.ofMinutes(150));
        assertThat(gauge("window.open", "task", "tidy")).isEqualTo(1);
        eventuallyCounted(1, "skips", "task", "tidy");
        engine.resume("tidy");
        assertThat(gauge("paused", "task", "tidy")).isZero();

        stepped.clock.advance(Duration.ofHours(1)); // and no timer comes
        assertThat(gauge("due", "task", "tidy")).isEqualTo(-1800);
        assertThat(gauge("health")).isEqualTo(1);
        engine.close();
    }

    @Test
    void a_run_that_awaits_confirmation_is_on_the_meters_until_it_is_confirmed() {
        MaintenanceEngine engine = engine().task(new CautiousTask()).build();
        engine.start();
        assertThat(gauge("awaiting.confirmation", "task", "tidy")).isZero();
        RunId id = engine.runNow("tidy").join().id();
        eventuallyEnded(1, RunState.AWAITING_CONFIRMATION);
        assertThat(gauge("awaiting.confirmation", "task", "tidy")).isEqualTo(1);
        assertThat(gauge("task.health", "task", "tidy")).isEqualTo(1);
        engine.confirm(id);
        assertThat(gauge("awaiting.confirmation", "task", "tidy")).isZero();
        assertThat(gauge("health")).isZero();
        engine.close();
    }

    @Test
    void a_pause_that_another_engine_has_stored_is_seen_at_the_next_due_time() {
        MaintenanceEngine engine =
                engine().task(new CountedTask("tidy", 1), Schedules.every(HOUR)).build();
        engine.start();
        store.setPaused("tidy", true);
        stepped.advance(HOUR.plusSeconds(1));
        assertThat(gauge("paused", "task", "tidy")).isEqualTo(1);
        engine.close();
    }

    @Test
    void buffers_say_how_full_they_are_and_what_they_dropped() throws Exception {
        MaintenanceEngine engine = engine().listener(event -> gate.passUninterruptibly())
                .task(new CountedTask("tidy", 1500))
                .build();
        engine.start();
        assertThat(gauge("buffer.size", "buffer", "events")).isZero();
        engine.runNow("tidy").join();
        gate.awaitReached();
        assertThat(gauge("buffer.size", "buffer", "events")).isEqualTo(1000);
        assertThat(meter("buffer.dropped", "buffer", "events").functionCounter().count())
                .as("start, 1500 batches and end; one in hand, a thousand wait")
                .isEqualTo(1502 - 1001);
        gate.openForAll();
        engine.close();
    }

    @Test
    void all_is_registered_with_zero_before_the_first_run() {
        MaintenanceEngine engine = engine().signal(signal(load))
                .task(new CountedTask("tidy", 1), Schedules.every(HOUR))
                .build();
        assertThat(registry.getMeters()).isEmpty();
        engine.start();
        List<Meter.Id> before =
                registry.getMeters().stream().map(Meter::getId).sorted(byText()).toList();
        assertThat(before).hasSizeGreaterThan(30).allMatch(id -> id.getName().startsWith("chatty.maintenance."));
        eventually("the lines of the start are in the log", () -> gauge("buffer.size", "buffer", "log") == 0);
        assertThat(registry.getMeters()).allSatisfy(meter -> {
            if (!List.of("due", "window.open").contains(meter.getId().getName().substring(19))) {
                assertThat(meter.measure())
                        .as(meter.getId().toString())
                        .allMatch(measurement -> measurement.getValue() == 0);
            }
        });
        stepped.advance(HOUR.plusSeconds(1));
        eventuallyEnded(1, RunState.SUCCEEDED);
        assertThat(registry.getMeters().stream()
                        .map(Meter::getId)
                        .filter(id -> !before.contains(id))
                        .toList())
                .as("what cannot be known before: the names of a task's own counts")
                .extracting(id -> id.getTag("kind"))
                .containsExactly("done");
        engine.close();

        MaintenanceEngine next = engine().task(new CountedTask("tidy", 1)).build();
        next.start();
        eventuallyCounted(0, "items", "task", "tidy", "kind", "done");
        next.close();
    }

    private static Comparator<Meter.Id> byText() {
        return Comparator.comparing(Meter.Id::toString);
    }

    @Test
    void a_close_removes_the_engines_meters_and_no_others() {
        Counter hosts = registry.counter("host.messages");
        CompositeMeterRegistry composite = new CompositeMeterRegistry(time);
        composite.add(registry);
        MaintenanceEngine one = engine().meterRegistry(composite)
                .task(new CountedTask("tidy", 1))
                .build();
        MaintenanceEngine two = stepped.engine(new InMemoryRunStore())
                .name("other")
                .meterRegistry(composite)
                .task(new CountedTask("tidy", 1))
                .build();
        one.start();
        int meters = registry.getMeters().size();
        two.start();
        assertThat(registry.getMeters()).hasSize(2 * meters - 1);
        one.runNow("tidy").join();
        two.runNow("tidy").join();
        two.runNow("tidy").join();
        eventually(
                "the engines count for themselves",
                () -> meter("batch", "engine", "metered").timer().count() == 1
                        && meter("batch", "engine", "other").timer().count() == 2);
        one.close();
        assertThat(registry.getMeters())
                .filteredOn(meter -> meter != hosts)
                .isNotEmpty()
                .allMatch(meter -> "other".equals(meter.getId().getTag("engine")));
        two.close();
        assertThat(registry.getMeters()).containsExactly(hosts);
        assertThat(composite.getMeters()).isEmpty();
    }

    @Test
    void a_start_that_fails_leaves_no_meter() {
        MaintenanceEngine engine = engine().runStore(new ForwardingStore() {
                    @Override
                    public TaskRecord look(String task) {
                        throw new MaintenanceException("the store is away");
                    }
                })
                .task(new CountedTask("tidy", 1))
                .build();
        assertThatThrownBy(engine::start).hasMessageContaining("the store is away");
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void without_a_registry_there_is_no_thread_for_meters() {
        MaintenanceEngine engine =
                stepped.engine(store).task(new CountedTask("tidy", 100)).build();
        engine.start();
        engine.runNow("tidy").join();
        assertThat(Eventually.engineThreads())
                .extracting(Thread::getName)
                .isNotEmpty()
                .noneMatch(name -> name.startsWith("chatty-maintenance-meters"));
        engine.close();
    }

    // ---- the table in docs/operations.md

    private record Row(String type, String tags, String unit) {}

    @Test
    void the_table_of_meters_in_the_documentation_is_what_is_registered() throws Exception {
        Map<String, Row> documented = new TreeMap<>();
        Matcher row = Pattern.compile("(?m)^\\| `([a-z.]+)` \\| ([a-z ]+) \\|([^|]*)\\|([^|]*)\\| [^|]+ \\|$")
                .matcher(Files.readString(Path.of("..", "docs", "operations.md")));
        while (row.find()) {
            documented.put(
                    "chatty.maintenance." + row.group(1),
                    new Row(
                            row.group(2),
                            row.group(3).replace("`", "").trim(),
                            row.group(4).trim()));
        }
        MaintenanceTask task = task(
                "tidy", context -> BatchResult.finished().with(Counts.none().plus("bytes", 1)));
        MaintenanceEngine engine = engine().signal(signal(load)).task(task).build();
        engine.start();
        engine.runNow("tidy").join();
        eventuallyEnded(1, RunState.SUCCEEDED);
        Map<String, Row> registered = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            Row known = new Row(
                    type(meter),
                    meter.getId().getTags().stream()
                            .map(Tag::getKey)
                            .filter(key -> !key.equals("engine"))
                            .sorted(Comparator.reverseOrder())
                            .collect(Collectors.joining(", ")),
                    Objects.requireNonNullElse(meter.getId().getBaseUnit(), ""));
            assertThat(meter.getId().getTag("engine")).isEqualTo("metered");
            assertThat(meter.getId().getDescription())
                    .as(meter.getId().toString())
                    .isNotBlank();
            registered.merge(meter.getId().getName(), known, (one, other) -> {
                assertThat(other).as("a name has one set of tags").isEqualTo(one);
                return one;
            });
        }
        engine.close();
        assertThat(documented).isEqualTo(registered);
    }

    private static String type(Meter meter) {
        return switch (meter.getId().getType()) {
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            case TIMER -> "timer";
            case LONG_TASK_TIMER -> "long task timer";
            case DISTRIBUTION_SUMMARY -> "summary";
            case OTHER -> "other";
        };
    }

    @Test
    void names_follow_the_conventions_of_micrometer() {
        MaintenanceEngine engine = engine().task(new CountedTask("tidy", 1)).build();
        engine.start();
        MeterRegistryAssert.assertThat(registry)
                .hasTimerWithNameAndTags("chatty.maintenance.run", Tags.of("task", "tidy", "state", "failed"))
                .hasMeterWithNameAndTagKeys("chatty.maintenance.errors", "engine", "task", "kind");
        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .allMatch(name -> name.matches("[a-z]+(\\.[a-z]+)*"));
        engine.close();
    }
}
