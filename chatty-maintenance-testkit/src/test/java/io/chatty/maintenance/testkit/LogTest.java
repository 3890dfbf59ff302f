package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.schedule.Window;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What an operator finds in the log; and the bottleneck, there and in status and history. */
@Timeout(60)
class LogTest {

    private record Line(Level level, String text, Map<String, String> mdc) {}

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.chatty.maintenance");
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final AtomicLong ticker = new AtomicLong();

    @BeforeEach
    void log_lines_are_kept() {
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(
                        new Line(event.getLevel(), event.getFormattedMessage(), Map.copyOf(event.getMDCPropertyMap())));
            }
        };
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.DEBUG);
    }

    @AfterEach
    void no_longer() {
        logger.detachAndStopAllAppenders();
        logger.setLevel(null);
    }

    private MaintenanceEngine.Builder engine() {
        return stepped.engine(store).name("logged").ticker(ticker::get);
    }

    private List<Line> outcomes() {
        return lines.stream()
                .filter(line -> line.text().startsWith("Run of ") && line.text().contains(" is "))
                .filter(line -> line.text().contains(" after "))
                .toList();
    }

    private static CountedTask deleting(AtomicLong ticker) {
        return new CountedTask("tidy", 2).within(context -> {
            ticker.addAndGet(Duration.ofSeconds(4).toNanos());
            context.used(Usage.DELETE, Duration.ofSeconds(3).toNanos());
        });
    }

    @Test
    void the_outcome_of_a_run_is_one_line_with_its_time_its_counts_and_its_bottleneck() {
        MaintenanceEngine engine = engine().task(deleting(ticker)).build();
        engine.start();
        Run run = engine.runNow("tidy").join();
        assertThat(engine.status("tidy").bottleneck()).contains("time.delete");
        assertThat(engine.history("tidy", 1).get(0).usage().bottleneck()).contains("time.delete");
        assertThat(engine.history("tidy", 1).get(0).usage().amounts().get(Usage.OTHER))
                .isEqualTo(Duration.ofSeconds(2).toNanos());
        engine.close();
        assertThat(outcomes())
                .containsExactly(new Line(
                        Level.INFO,
                        "Run of tidy is SUCCEEDED after PT8S here: 2 batches, done=2, bottleneck time.delete 75 %",
                        Map.of("task", "tidy", "run", run.id().value())));
    }

    @Test
    void a_run_that_awaits_confirmation_is_one_warning_that_says_what_to_type() {
        MaintenanceEngine engine = engine().task(new CautiousTask()).build();
        engine.start();
        String id = engine.runNow("tidy").join().id().value();
        String toType = "\"confirm " + id + "\" lets it go on, \"cancel tidy\" ends it";
        engine.resume("tidy");
        engine.close();
        assertThat(lines)
                .filteredOn(line -> line.level() == Level.WARN)
                .containsExactly(
                        new Line(
                                Level.WARN,
                                "Run of tidy is AWAITING_CONFIRMATION after PT0S here: 1 batch, examined=9; 4 of 9 would"
                                        + " go; " + toType,
                                Map.of("task", "tidy", "run", id)),
                        new Line(
                                Level.WARN,
                                "A resume confirms nothing: run " + id + " awaits confirmation: 4 of 9 would go; "
                                        + toType,
                                Map.of("task", "tidy", "run", id)));
    }

    @Test
    void the_bottleneck_of_a_run_that_waits_is_what_it_waits_for() {
        CountedTask task = deleting(ticker);
        MaintenanceEngine slow = engine().signal(LoadSignal.measured(
                        "lag",
                        "s",
                        LoadLimits.above(5, 10),
                        () -> task.cursors.size() == 1
                                        && ticker.get() < Duration.ofSeconds(60).toNanos()
                                ? 20
                                : 0))
                .task(task)
                .build();
        slow.start();
        var run = slow.runNow("tidy");
        assertThat(slow.status("tidy").waitsFor().orElseThrow()).startsWith("STOP: lag 20 s");
        ticker.addAndGet(Duration.ofSeconds(60).toNanos());
        stepped.advance(Duration.ofMinutes(1));
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(slow.status("tidy").bottleneck()).contains("wait.signal.lag");
        slow.close();
        assertThat(outcomes())
                .singleElement()
                .satisfies(line -> assertThat(line.text()).endsWith("bottleneck wait.signal.lag 88 %"));
    }

    @Test
    void a_run_that_failed_is_an_error_with_its_cause() {
        MaintenanceEngine engine = engine().task(new CountedTask("tidy", 2).within(context -> {
                    if (context.cursor().isPresent()) {
                        throw new IllegalStateException("no such room");
                    }
                }))
                .build();
        engine.start();
        engine.runNow("tidy").join();
        engine.close();
        assertThat(outcomes()).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo(Level.ERROR);
            assertThat(line.text())
                    .startsWith("Run of tidy is FAILED after PT0S here: 1 batch, done=1")
                    .endsWith("; java.lang.IllegalStateException: no such room");
        });
    }

    @Test
    void a_run_that_rests_says_why_and_so_does_one_that_ends_where_it_rested() {
        CountedTask task = new CountedTask("tidy", 3).within(context -> stepped.clock.advance(Duration.ofHours(2)));
        MaintenanceEngine engine = engine().task(
                        task,
                        Schedules.every(Duration.ofHours(1))
                                .within(Window.of(LocalTime.of(2, 0), LocalTime.of(4, 0), ZoneOffset.UTC)))
                .build();
        engine.start();
        stepped.advance(Duration.ofMinutes(121));
        assertThat(engine.cancel("tidy")).isTrue();
        engine.close();
        assertThat(outcomes())
                .extracting(Line::text)
                .satisfiesExactly(
                        paused -> assertThat(paused)
                                .startsWith("Run of tidy is PAUSED after PT0S here: 1 batch, done=1")
                                .endsWith("; its window is closed until 2026-01-02T02:00:00Z"),
                        cancelled ->
                                assertThat(cancelled).startsWith("Run of tidy is CANCELLED after PT0S here: 1 batch"));
    }

    @Test
    void a_run_whose_task_could_not_be_made_has_its_line_too() {
        boolean[] broken = {false};
        MaintenanceEngine next = engine().task(
                        "tidy",
                        () -> {
                            if (broken[0]) {
                                throw new IllegalStateException("no connection");
                            }
                            return new CountedTask("tidy", 1);
                        },
                        Schedules.every(Duration.ofHours(1)),
                        t -> t)
                .build();
        next.start();
        broken[0] = true;
        stepped.advance(Duration.ofMinutes(61));
        next.close();
        assertThat(outcomes()).singleElement().satisfies(line -> {
            assertThat(line.level()).isEqualTo(Level.ERROR);
            assertThat(line.text())
                    .isEqualTo("Run of tidy is FAILED after PT0S here: 0 batches; the task could not be made:"
                            + " java.lang.IllegalStateException: no connection");
        });
    }

    @Test
    void lines_of_a_run_have_its_task_and_id_in_the_mdc_and_others_do_not() {
        CountedTask task = new CountedTask("tidy", 2)
                .within(context ->
                        LoggerFactory.getLogger("io.chatty.maintenance.task").info("the task's own line"));
        MaintenanceEngine engine =
                engine().task(task, Schedules.every(Duration.ofHours(1))).build();
        engine.start();
        stepped.advance(Duration.ofMinutes(61));
        assertThat(MDC.getCopyOfContextMap()).as("of the worker's thread").isNullOrEmpty();
        Run run = engine.history("tidy", 1).get(0);
        engine.close();
        Map<String, String> ofRun = Map.of("task", "tidy", "run", run.id().value());
        assertThat(lines)
                .filteredOn(line -> line.text().equals("the task's own line"))
                .hasSize(2);
        assertThat(lines)
                .filteredOn(line -> line.text().matches("the task's own line|Run of .*|Batch .*"))
                .hasSize(6)
                .allMatch(line -> line.mdc().equals(ofRun));
        assertThat(lines)
                .filteredOn(line -> !line.mdc().equals(ofRun))
                .isNotEmpty()
                .allMatch(line -> line.mdc().isEmpty());
        assertThat(lines).extracting(Line::text).anyMatch(text -> text.startsWith("The engine is in JMX as io.chatty"));
    }

    private void eventuallyLogged(String line) {
        Eventually.eventually(
                "the log says: " + line,
                () -> lines.stream().anyMatch(logged -> logged.text().startsWith(line)));
    }

    @Test
    void a_signal_that_changes_is_a_line_and_one_that_cannot_be_read_a_warning() {
        SetSignal load = new SetSignal("load");
        MaintenanceEngine next = stepped.timed(store)
                .signal(load)
                .task(new CountedTask("tidy", 1))
                .build();
        next.start();
        load.set(LoadReading.stop("40 sessions wait"));
        var run = next.runNow("tidy");
        eventuallyLogged("Signal load is STOP, was NORMAL: 40 sessions wait");
        load.set(LoadReading.unknown("no rights"));
        stepped.advance(Duration.ofMinutes(1));
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        eventuallyLogged("Signal load is UNKNOWN, was STOP: no rights");
        assertThat(lines)
                .filteredOn(line -> line.text().startsWith("Signal "))
                .extracting(Line::level)
                .containsExactly(Level.INFO, Level.WARN);
        next.close();
    }

    @Test
    void a_close_says_of_each_run_what_became_of_it() throws Exception {
        Gate gate = new Gate();
        MaintenanceEngine closed = MaintenanceEngine.builder()
                .settings(s -> s.closeTimeout(Duration.ofMillis(1)))
                .task(new CountedTask("heeds", 3).within(context -> gate.pass()))
                .task(new CountedTask("hangs", 3).within(context -> gate.passUninterruptibly()))
                .build();
        closed.start();
        for (String task : List.of("heeds", "hangs")) {
            assertThat(closed.runNow(task)).isNotDone();
            gate.awaitReached();
        }
        closed.close();
        gate.openForAll();
        assertThat(lines)
                .extracting(Line::text)
                .filteredOn(line -> line.startsWith("On close"))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).isEqualTo("On close, the run of heeds is INTERRUPTED"),
                        line -> assertThat(line)
                                .startsWith("On close, the run of hangs did not end in time; it is taken over"));
        Eventually.eventuallyNoEngineThreads();
    }

    @Test
    void a_close_that_could_not_store_the_end_of_a_run_says_so() {
        SetSignal load = new SetSignal("load");
        load.set(LoadReading.stop("busy"));
        MaintenanceEngine closed = stepped.timed(new ForwardingStore() {
                    @Override
                    public Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at) {
                        throw new MaintenanceException("the database is away");
                    }
                })
                .signal(load)
                .task(new CountedTask("tidy", 1))
                .build();
        closed.start();
        assertThat(closed.runNow("tidy")).isNotDone();
        closed.close();
        assertThat(lines)
                .extracting(Line::text)
                .contains("On close, the run of tidy was left, and its end could not be stored; it is taken over at the"
                        + " next start");
    }

    @Test
    void however_slow_the_log_is_the_outcome_of_a_run_is_in_it_and_how_much_was_dropped() {
        Gate gate = new Gate();
        AppenderBase<ILoggingEvent> slow = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                gate.passUninterruptibly();
            }
        };
        slow.start();
        logger.addAppender(slow);
        MaintenanceEngine next = engine().settings(s -> s.logBatches(true))
                .task(new CountedTask("tidy", 5000))
                .build();
        next.start();
        assertThat(next.runNow("tidy").join().batches()).isEqualTo(5000);
        gate.openForAll();
        next.close();
        assertThat(outcomes())
                .singleElement()
                .satisfies(line -> assertThat(line.text()).contains("SUCCEEDED", "5000 batches"));
        assertThat(lines).extracting(Line::text).anyMatch(line -> line.startsWith("The log is too slow: 4"));
        assertThat(lines).hasSizeLessThan(1000);
    }

    @Test
    void batches_that_the_log_does_not_want_push_nothing_out() {
        logger.setLevel(Level.INFO);
        MaintenanceEngine next = engine().task(new CountedTask("tidy", 20_000)).build();
        next.start();
        next.runNow("tidy").join();
        next.close();
        assertThat(outcomes()).hasSize(1);
        assertThat(lines).extracting(Line::text).noneMatch(line -> line.startsWith("The log is too slow"));
    }

    @Test
    void a_thread_that_is_lent_for_a_run_has_its_own_mdc_back_after_it() {
        List<String> seen = new CopyOnWriteArrayList<>();
        MaintenanceEngine engine = engine().task(
                        new CountedTask("tidy", 1).within(context -> seen.add(MDC.get("task"))))
                .build();
        engine.start();
        MDC.put("task", "the host's");
        MDC.put("run", "the host's");
        try {
            assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(seen).containsExactly("tidy");
            assertThat(MDC.get("task")).isEqualTo("the host's");
            assertThat(MDC.get("run")).isEqualTo("the host's");
        } finally {
            MDC.clear();
            engine.close();
        }
    }
}
