package io.chatty.maintenance.database.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two and three processes purge one database. The one that has the run is held up past its claim (SIGSTOP) and let go on while
 * another purges, or is killed.
 */
@Timeout(180)
final class ClusterTest {

    private static final int DUE = 1500;
    private static final int KEPT = 100;
    private static final Duration BOUND = Duration.ofSeconds(100);

    private static final class Member {
        private final Process process;
        private final List<String> lines = new CopyOnWriteArrayList<>();

        private Member(TestDatabase database) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Node.class.getName(),
                            database.jdbcUrl(),
                            database.user(),
                            database.password())
                    .redirectErrorStream(true)
                    .start();
            Thread reader = new Thread(this::read);
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void signal(String name) throws Exception {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(exit).isZero();
        }

        private void end() throws InterruptedException {
            process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, STOP", "3, STOP", "2, KILL", "3, KILL"})
    void what_a_node_leaves_is_done_by_another_once_and_the_stale_one_commits_nothing_more(int nodes, String signal)
            throws Exception {
        List<Member> processes = new ArrayList<>();
        try (TestDatabase database = TestServer.POSTGRESQL.open()) {
            fill(database);
            RunStore store = ChatDatabase.of(
                            database.dataSource(),
                            ChatSchema.builder()
                                    .messages("messages", m -> m.key("id").sentAt("sent_at"))
                                    .build())
                    .runStore();
            try {
                for (int i = 0; i < nodes; i++) {
                    processes.add(new Member(database));
                }
                eventually("a run has done some batches", processes, () -> active(store, 5));
                Run before = run(store);
                Member holder = processes.stream()
                        .filter(node -> before.owner().startsWith(node.process.pid() + "@"))
                        .findFirst()
                        .orElseThrow();
                holder.signal(signal);
                eventually(
                        "another has taken the run over",
                        processes,
                        () -> run(store).token() > before.token());
                Run taken = run(store);
                assertThat(taken.id()).isEqualTo(before.id());
                assertThat(taken.cutOffs()).isEqualTo(1);
                int told = holder.lines.size();
                if (signal.equals("STOP")) {
                    eventually(
                            "the other has done more batches",
                            processes,
                            () -> run(store).batches() > taken.batches() + 2);
                    holder.signal("CONT");
                }
                eventually(
                        "the run has ended",
                        processes,
                        () -> store.find(before.id())
                                .filter(run -> run.state() == RunState.SUCCEEDED)
                                .isPresent());
                Run ended = store.find(before.id()).orElseThrow();
                assertThat(ended.token()).as("taken over once").isEqualTo(taken.token());
                eventually("what was locked meanwhile is gone, too", processes, () -> messages(database) == KEPT);
                long counted = store.history("message-cleanup", 100).stream()
                        .mapToLong(run -> run.counts().get("deleted.expired"))
                        .sum();
                assertThat(counted).as("every message is counted once").isEqualTo(DUE);
                assertThat(database.strings("SELECT COUNT(*) FROM reactions")).containsExactly(Integer.toString(KEPT));
                assertThat(holder.lines.subList(told, holder.lines.size()))
                        .as("batches that the stale holder committed after it was overtaken")
                        .noneMatch(line -> line.startsWith("batch " + before.id()) && number(line) > taken.batches());
                assertThat(store.history("message-cleanup", 100))
                        .as("no run failed")
                        .noneMatch(run -> run.state() == RunState.FAILED);
            } finally {
                for (Member node : processes) {
                    node.end();
                }
            }
        }
    }

    private static void fill(TestDatabase database) throws Exception {
        database.execute("CREATE TABLE messages (id bigint PRIMARY KEY, sent_at timestamptz NOT NULL)");
        database.execute("CREATE TABLE reactions (message_id bigint NOT NULL)");
        database.execute("CREATE INDEX reactions_message ON reactions (message_id)");
        database.execute("CREATE INDEX messages_sent ON messages (sent_at, id)");
        database.execute("INSERT INTO messages SELECT n, now() - n * interval '1 hour' - interval '400 days'"
                + " FROM generate_series(1, " + DUE + ") n");
        database.execute("INSERT INTO messages SELECT n, now() - interval '10 days'" + " FROM generate_series("
                + (DUE + 1) + ", " + (DUE + KEPT) + ") n");
        database.execute("INSERT INTO reactions SELECT id FROM messages");
        ChatDatabase.of(
                        database.dataSource(),
                        ChatSchema.builder()
                                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                                .build())
                .migrate();
    }

    private static boolean active(RunStore store, long batches) {
        return store.look("message-cleanup")
                .active()
                .filter(run -> run.state() == RunState.RUNNING && run.batches() >= batches)
                .isPresent();
    }

    private static Run run(RunStore store) {
        return store.look("message-cleanup").lastBegun().orElseThrow();
    }

    private static long messages(TestDatabase database) {
        try {
            return Long.parseLong(
                    database.strings("SELECT COUNT(*) FROM messages").iterator().next());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static long number(String line) {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    }

    private static void eventually(String what, List<Member> processes, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start)
                    .as(() -> "nanoseconds until " + what + "; the nodes said "
                            + processes.stream().map(node -> node.lines).toList())
                    .isLessThan(BOUND.toNanos());
            LockSupport.parkNanos(20_000_000);
        }
    }
}
