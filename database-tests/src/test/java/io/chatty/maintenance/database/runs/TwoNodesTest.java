package io.chatty.maintenance.database.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two run stores on one database, as two processes have them: neither knows what the other did but from there. */
final class TwoNodesTest {

    private static final Instant NOW = Instant.parse("2026-03-01T02:30:00Z");
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final MaintenanceTask TASK = MaintenanceTask.of("tidy", () -> {});

    private static Run begin(RunStore store, String owner) {
        Run run = fresh(owner);
        assertThat(store.begin(run, store.look("tidy").lastBegun().map(Run::id), LONG))
                .isTrue();
        return run;
    }

    private static Run fresh(String owner) {
        return Run.begun("tidy", owner, Optional.of(NOW), NOW, NOW);
    }

    private static BatchRecord batch(long examined) {
        BatchResult result = BatchResult.next(new Cursor("at " + examined))
                .with(Counts.none().plus("examined", examined));
        return new BatchRecord(result, Usage.NONE, NOW);
    }

    private static RunStore migrated(TestDatabase database) {
        Nodes.chat(database.dataSource()).migrate();
        return Nodes.chat(database.dataSource()).runStore();
    }

    /** A clock that stands still is what a session of MariaDB has after SET timestamp. */
    private static List<String> oddSessions(TestServer server) {
        return switch (server) {
            case H2 -> List.of("SET TIME ZONE 'Pacific/Kiritimati'", "SET TIME ZONE 'Pacific/Pago_Pago'");
            case POSTGRESQL -> List.of("SET TIME ZONE 'Pacific/Kiritimati'", "SET TIME ZONE 'Pacific/Pago_Pago'");
            case MARIADB -> List.of("SET time_zone = '+13:00', timestamp = 1000000", "SET time_zone = '-11:00'");
        };
    }

    @ParameterizedTest
    @EnumSource
    void a_claim_holds_and_runs_out_by_the_databases_clock_whatever_the_sessions_are_set_to(TestServer server) {
        try (TestDatabase database = server.open();
                HikariDataSource east = Nodes.pool(database, oddSessions(server).get(0));
                HikariDataSource west = Nodes.pool(database, oddSessions(server).get(1))) {
            migrated(database);
            RunStore a = Nodes.chat(east).runStore();
            RunStore b = Nodes.chat(west).runStore();
            Instant now = b.now().orElseThrow();
            assertThat(now).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES)); // one machine, one clock
            assertThat(a.now().orElseThrow()).isBetween(now, b.now().orElseThrow());

            Run run = begin(a, "a");
            assertThat(b.takeOver(run, "b", LONG)).isEmpty();
            assertThat(a.renew(run.claim(), Duration.ZERO).isHeld()).isTrue();
            Run taken = b.takeOver(run, "b", LONG).orElseThrow();
            assertThat(a.takeOver(taken, "a", LONG)).isEmpty();
            assertThat(b.renew(taken.claim(), Duration.ZERO).isHeld()).isTrue();
            assertThat(a.takeOver(taken, "a", LONG)).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_databases_clock_goes_on(TestServer server) {
        try (TestDatabase database = server.open();
                HikariDataSource odd = Nodes.pool(database, oddSessions(server).get(0))) {
            RunStore store = Nodes.chat(odd).runStore();
            Instant before = store.now().orElseThrow();
            Instant deadline = Instant.now().plusSeconds(30);
            while (!store.now().orElseThrow().isAfter(before)) {
                assertThat(Instant.now()).isBefore(deadline);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_stale_node_is_refused_although_it_remembers_its_run_as_its_own(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            RunStore a = migrated(database);
            RunStore b = Nodes.chat(database.dataSource()).runStore();
            Run run = begin(a, "a");
            a.inBatch(run.claim(), TASK, () -> batch(1));
            a.renew(run.claim(), Duration.ZERO);
            Run taken = b.takeOver(run, "b", LONG).orElseThrow();
            assertThatThrownBy(() -> a.inBatch(run.claim(), TASK, () -> batch(2)))
                    .isInstanceOf(ClaimLostException.class);
            assertThatThrownBy(() -> a.end(run.claim(), RunState.PAUSED, Optional.empty(), NOW))
                    .isInstanceOf(ClaimLostException.class);
            assertThat(a.find(run.id())).contains(taken);
            Run after = b.inBatch(taken.claim(), TASK, () -> batch(3));
            assertThat(after.counts().get("examined")).isEqualTo(4);
            assertThat(a.find(run.id())).contains(after);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_store_notices_when_what_it_remembers_of_its_own_run_is_no_longer_so(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            RunStore store = migrated(database);
            RunStore another = Nodes.chat(database.dataSource()).runStore();
            Run run = begin(store, "a");
            store.inBatch(run.claim(), TASK, () -> batch(1));
            another.inBatch(run.claim(), TASK, () -> batch(2));
            Run after = store.inBatch(run.claim(), TASK, () -> batch(4));
            assertThat(after.batches()).isEqualTo(3);
            assertThat(after.counts().get("examined")).isEqualTo(7);
            Run ended = another.end(run.claim(), RunState.FAILED, Optional.of("disk"), NOW);
            assertThat(ended.counts().get("examined")).isEqualTo(7);
            assertThat(store.find(run.id())).contains(ended);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nodes_that_begin_and_end_and_fold_at_once_lose_no_run(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            migrated(database);
            int nodes = 4;
            int rounds = 25;
            CyclicBarrier round = new CyclicBarrier(nodes);
            long begun = 0;
            for (long won : onEach(nodes, () -> {
                RunStore store = Nodes.chat(database.dataSource()).runStore();
                long mine = 0;
                for (int i = 0; i < rounds; i++) {
                    round.await();
                    Run run = fresh("node-" + Thread.currentThread().getId());
                    if (store.begin(run, store.look("tidy").lastBegun().map(Run::id), LONG)) {
                        mine++;
                        Run ended = store.inBatch(
                                run.claim(),
                                TASK,
                                () -> new BatchRecord(
                                        BatchResult.finished()
                                                .with(Counts.none().plus("examined", 1)),
                                        Usage.NONE,
                                        NOW));
                        store.fold(ended);
                    }
                }
                return mine;
            })) {
                begun += won;
            }
            assertThat(begun).isGreaterThanOrEqualTo(rounds);
            List<Run> history = Nodes.chat(database.dataSource()).runStore().history("tidy", 1000);
            assertThat(history.stream()
                            .mapToLong(run -> run.counts().get("examined"))
                            .sum())
                    .isEqualTo(begun);
            assertThat(history.stream().mapToLong(run -> 1 + run.folded()).sum())
                    .isEqualTo(begun);
            assertThat(history.size()).isLessThan(rounds);
        }
    }

    private static List<Long> onEach(int nodes, Callable<Long> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(nodes);
        try {
            List<Future<Long>> started = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                started.add(threads.submit(work));
            }
            List<Long> results = new ArrayList<>();
            for (Future<Long> one : started) {
                results.add(one.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
