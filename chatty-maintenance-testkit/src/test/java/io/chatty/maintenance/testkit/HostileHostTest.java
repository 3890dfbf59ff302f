package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.chatty.maintenance.engine.EngineHealth;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadSignal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What a host gives to an engine may throw or hang: its runs go on, it answers, and it closes within its bound. */
@Timeout(60)
class HostileHostTest {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
    /** What a close says that it takes at most, and what this machine may be slow by. */
    private static final Duration CLOSE_BOUND = CLOSE_TIMEOUT.plusSeconds(10).plusSeconds(5);

    private final Logger logger = (Logger) LoggerFactory.getLogger(MaintenanceEngine.class);
    private final Set<Thread> stuck = ConcurrentHashMap.newKeySet();
    private final AtomicInteger bad = new AtomicInteger();
    private volatile boolean released;

    private enum Gift {
        SIGNAL,
        LISTENER,
        RETRY_IF,
        METER_REGISTRY,
        LOG_APPENDER
    }

    @AfterEach
    void all_is_let_go() {
        released = true;
        stuck.forEach(LockSupport::unpark);
        logger.detachAndStopAllAppenders();
        logger.setLevel(null);
        Eventually.eventuallyNoEngineThreads();
    }

    private void throwing() {
        bad.incrementAndGet();
        throw new AssertionError("a bug of the host's");
    }

    /** Does not heed interrupts either. */
    private void hanging() {
        bad.incrementAndGet();
        stuck.add(Thread.currentThread());
        while (!released) {
            LockSupport.park();
            Thread.interrupted();
        }
    }

    private MaintenanceEngine engine(Gift gift, Runnable badness) {
        MaintenanceEngine.Builder builder = MaintenanceEngine.builder()
                .settings(s -> s.closeTimeout(CLOSE_TIMEOUT).signalTimeout(Duration.ofMillis(50)));
        CountedTask task = new CountedTask("tidy", 5);
        task.within(context -> {
            if (task.cursors.size() == 2) {
                throw new IOException("a failure that may pass");
            }
        });
        switch (gift) {
            case SIGNAL ->
                builder.signal(new LoadSignal() {
                    @Override
                    public String name() {
                        return "bad";
                    }

                    @Override
                    public LoadReading read() {
                        badness.run();
                        return LoadReading.normal("too late");
                    }
                });
            case LISTENER -> builder.listener(event -> badness.run());
            case RETRY_IF ->
                builder.settings(s -> s.taskDefaults(t -> t.retryIf(failure -> {
                    badness.run();
                    return false;
                })));
            case METER_REGISTRY -> builder.meterRegistry(new BadRegistry(badness));
            case LOG_APPENDER -> {
                UnsynchronizedAppenderBase<ILoggingEvent> appender = new UnsynchronizedAppenderBase<>() {
                    @Override
                    public void doAppend(ILoggingEvent event) {
                        badness.run();
                    }

                    @Override
                    protected void append(ILoggingEvent event) {}
                };
                appender.start();
                logger.addAppender(appender);
                logger.setLevel(Level.DEBUG);
            }
        }
        return builder.task(
                        task,
                        Schedules.every(Duration.ofHours(1)),
                        t -> t.retryDelay(Duration.ofMillis(1), Duration.ofMillis(1)))
                .build();
    }

    /** Whatever it is asked, it does that. */
    private static final class BadRegistry extends SimpleMeterRegistry {
        private final Runnable badness;

        private BadRegistry(Runnable badness) {
            this.badness = badness;
        }

        @Override
        protected Counter newCounter(Meter.Id id) {
            badness.run();
            return super.newCounter(id);
        }

        @Override
        public @Nullable Meter remove(Meter.Id id) {
            badness.run();
            return super.remove(id);
        }
    }

    @ParameterizedTest
    @EnumSource
    void one_that_throws_fails_no_run(Gift gift) throws Exception {
        holds(engine(gift, this::throwing));
    }

    /** As exceptions are that make their message of what is not there. */
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    @ParameterizedTest
    @EnumSource
    void one_that_throws_what_cannot_be_read_fails_no_run(Gift gift) throws Exception {
        holds(engine(gift, () -> {
            bad.incrementAndGet();
            throw new Unreadable();
        }));
    }

    @ParameterizedTest
    @EnumSource
    void one_that_hangs_fails_no_run(Gift gift) throws Exception {
        holds(engine(gift, this::hanging));
        assertThat(stuck).as("threads that are stuck still").isNotEmpty().allMatch(Thread::isAlive);
    }

    private void holds(MaintenanceEngine engine) throws Exception {
        long begun = System.nanoTime();
        engine.start();
        for (int i = 0; i < 2; i++) {
            CompletableFuture<Run> run = engine.runNow("tidy");
            assertThat(engine.health().level()).isEqualTo(EngineHealth.Level.UP);
            assertThat(engine.status("tidy").health().level()).isEqualTo(EngineHealth.Level.UP);
            Run ended = run.get(20, TimeUnit.SECONDS);
            assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(ended.batches()).isEqualTo(5);
        }
        assertThat(bad.get()).as("calls of what is bad").isPositive();
        assertThat(engine.signals())
                .allSatisfy((name, said) -> assertThat(said.level()).isEqualTo(LoadReading.Level.UNKNOWN));
        assertThat(engine.history("tidy", 10)).hasSize(2);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));

        long closing = System.nanoTime();
        engine.close();
        assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(CLOSE_BOUND);
        assertThat(engine.health().level()).isEqualTo(EngineHealth.Level.DOWN);
    }
}
