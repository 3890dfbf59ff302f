package io.chatty.maintenance.database.cleanup;

import static io.chatty.maintenance.database.cleanup.Eventually.eventually;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.cleanup.WatchedSignal.Seen;
import io.chatty.maintenance.database.load.Pressure;
import io.chatty.maintenance.database.load.Pressures;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.TaskStatus;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every ready signal slows, stops and releases a purge that goes on on the very server that is under pressure. */
final class PurgeUnderPressureTest {

    private static final String TASK = "message-cleanup";
    private static final int DUE = 1500;
    private static final int STAYING = 500;
    /** What a run rests at least after a batch while it is slowed. */
    private static final Duration REST = ofMillis(10);

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.load.Pressures#onServers")
    void a_signal_slows_a_purge_stops_it_and_lets_it_go_on_to_its_end(Pressures kind, TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            try (Pressure pressure = kind.on(database, host.chat().signals())) {
                WatchedSignal signal = new WatchedSignal(
                        pressure.signal(),
                        () -> database.dataSource().getHikariPoolMXBean().getActiveConnections());
                // What the processors did in the shortest time is chance.
                Duration interval = ofMillis(kind == Pressures.HOST_CPU ? 200 : 25);
                try (MaintenanceEngine engine = MaintenanceEngine.builder()
                        .name(database.name())
                        .runStore(host.chat().runStore())
                        .settings(s -> s.signalInterval(interval)
                                .signalTimeout(Eventually.BOUND)
                                .claimFor(Duration.ofHours(1)) // so that nothing but the run wants a connection
                                .batchSize(2))
                        .meterRegistry(registry)
                        .signal(signal)
                        .task(host.chat()
                                .messageCleanup(RetentionPolicies.builder()
                                        .global(RetentionRule.keepFor(ofDays(50)))
                                        .build())
                                .build())
                        .build()) {
                    engine.start();
                    CompletableFuture<Run> purge = engine.runNow(TASK);
                    Watched watched = new Watched(host, engine, signal, registry);
                    eventually("it works", () -> watched.run().batches() > 0);
                    signal.hold();
                    pressure.slow();
                    Pressure.await(pressure.signal(), Level.SLOW);
                    signal.letOn();
                    watched.slowed();
                    pressure.stop();
                    watched.stopped(kind == Pressures.POOL_SATURATION ? 6 : 0);
                    pressure.release();
                    Run ended = purge.get(Eventually.BOUND.toSeconds(), TimeUnit.SECONDS);
                    watched.ended(ended);
                }
            }
        }
    }

    private static HostChat chat(TestDatabase database) throws Exception {
        HostChat host = new HostChat(database, Shape.ZONED);
        Instant now = Instant.now();
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < DUE + STAYING; i++) {
            Instant sentAt =
                    i < STAYING ? now.minus(ofDays(10)) : now.minus(ofDays(100)).plusSeconds(i);
            messages.add(new Message(Integer.toString(i), sentAt, "1", "1", null, null));
        }
        host.add(messages);
        return host;
    }

    /** A purge, and what there is to be seen of it. */
    private record Watched(
            HostChat host, MaintenanceEngine engine, WatchedSignal signal, SimpleMeterRegistry registry) {

        Run run() {
            return engine.status(TASK).runningHere().orElseThrow();
        }

        /** How long it has waited for the signal, by its own account. */
        private Duration waited(Run run) {
            return Duration.ofNanos(run.usage().amounts().get("wait.signal." + signal.name()));
        }

        private double level() {
            return registry.get("chatty.maintenance.signal.level")
                    .tag("signal", signal.name())
                    .gauge()
                    .value();
        }

        private void awaitReason(Level level) throws Exception {
            eventually("it says that it waits because of " + level, () -> {
                TaskStatus status = engine.status(TASK);
                return status.waitsFor()
                        .filter(reason -> reason.startsWith(level + ": " + signal.name() + " "))
                        .isPresent();
            });
        }

        /** Batches are committed, and it rests after each. */
        void slowed() throws Exception {
            Run before = run();
            awaitReason(Level.SLOW);
            assertThat(engine.signals().get(signal.name()).level()).isEqualTo(Level.SLOW);
            assertThat(level()).isEqualTo(1);
            eventually("it rests and goes on, five times", () -> {
                Run now = run();
                return now.batches() >= before.batches() + 5
                        && waited(now).minus(waited(before)).compareTo(REST.multipliedBy(5)) >= 0;
            });
        }

        /** Nothing is committed, however often it looks again, and no connection is held. */
        void stopped(int hosts) throws Exception {
            while (signal.following().level() != Level.STOP) {
                assertThat(run().state()).isEqualTo(RunState.RUNNING);
            }
            awaitReason(Level.STOP);
            assertThat(level()).isEqualTo(2);
            Run before = stored();
            long left = messages();
            assertThat(before.batches()).isPositive();
            assertThat(left)
                    .as("messages, by the record of what went")
                    .isEqualTo(DUE + STAYING - before.counts().get("deleted.expired"))
                    .isGreaterThan(STAYING);
            assertThat(signal.next().level()).isEqualTo(Level.STOP); // it may have been asked for while this test asked
            for (int i = 0; i < 5; i++) {
                assertThat(signal.following()).isEqualTo(new Seen(Level.STOP, hosts));
            }
            assertThat(stored()).isEqualTo(before);
            assertThat(messages()).isEqualTo(left);
            assertThat(engine.signals().get(signal.name()).level()).isEqualTo(Level.STOP);
        }

        private Run stored() {
            return engine.history(TASK, 1).get(0);
        }

        private long messages() throws Exception {
            return host.count("SELECT COUNT(*) FROM messages");
        }

        void ended(Run ended) throws Exception {
            assertThat(ended.state()).as(ended.detail()).isEqualTo(RunState.SUCCEEDED);
            assertThat(ended.counts().get("deleted.expired")).isEqualTo(DUE);
            assertThat(host.ids("messages", "id"))
                    .isEqualTo(IntStream.range(0, STAYING)
                            .mapToObj(Integer::toString)
                            .collect(Collectors.toSet()));
            assertThat(engine.signals().get(signal.name()).level()).isNotEqualTo(Level.STOP);
            eventually(
                    "its waiting is on the meters",
                    () -> registry.get("chatty.maintenance.wait")
                                    .tag("reason", "signal." + signal.name())
                                    .timer()
                                    .totalTime(TimeUnit.MILLISECONDS)
                            >= REST.multipliedBy(5).toMillis());
        }
    }
}
