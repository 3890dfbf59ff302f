package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is killed (SIGKILL) in the middle of a run, at random statements of random batches, and the job is taken up by
 * the next one. {@code -Dkill.seed=…} repeats a test.
 */
final class KillTest {

    private static final int POINTS = 20;
    private static final int MESSAGES = 1200;
    /** Statements and commit, each before and after, that every batch on PostgreSQL has at least. */
    private static final int EVENTS_A_BATCH = 10;
    /** The same where it writes a file, or deletes what one holds. */
    private static final int EVENTS_A_FILED_BATCH = 24;

    @Test
    void a_killed_run_is_finished_by_the_next_start_and_its_counts_are_those_of_the_rows_that_went() throws Exception {
        kill(POINTS, Optional.empty());
    }

    @Test
    void a_run_that_was_killed_while_it_archived_in_files_is_finished_and_all_that_went_comes_back(
            @TempDir Path directory) throws Exception {
        kill(POINTS / 2, Optional.of(directory));
    }

    private static void kill(int points, Optional<Path> archives) throws Exception {
        long seed = Long.getLong("kill.seed", ThreadLocalRandom.current().nextLong(1L << 40));
        System.out.println("Kill points from seed " + seed);
        Random random = new Random(seed);
        try (TestDatabase database = TestServer.POSTGRESQL.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            Set<String> where = new TreeSet<>();
            for (int point = 0; point < points; point++) {
                History history = new History(random);
                host.clear();
                host.execute("DELETE FROM chatty_maintenance_run");
                host.execute("DELETE FROM chatty_maintenance_task");
                host.add(history.messages);
                host.addReactions(history.children);
                host.addAttachments(history.children);
                // Soft-deleted ones take a batch or two, then come about 20 of expired ones.
                int batches = 4 + random.nextInt(12);
                int workers = archives.isPresent() ? 1 : 1 + point % 3;
                int event = 1 + random.nextInt(archives.isPresent() ? EVENTS_A_FILED_BATCH : EVENTS_A_BATCH * workers);
                String label = "seed " + seed + ", point " + point + ": after " + batches + " batches of " + workers
                        + " workers, event " + event;
                String directory = "";
                if (archives.isPresent()) {
                    directory = Files.createDirectory(archives.get().resolve("point" + point))
                            .toString();
                }
                where.add(kill(database, batches, event, workers, directory, label) + " (" + event + ")");
                finish(host, history, batches, workers, directory, label);
            }
            System.out.println("Killed " + where);
            assertThat(where).as("the points differ").hasSizeGreaterThan(3);
        }
    }

    private static String kill(
            TestDatabase database, int batches, int event, int workers, String directory, String label)
            throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledChat.class.getName(),
                        database.jdbcUrl(),
                        database.user(),
                        database.password(),
                        Integer.toString(batches),
                        Integer.toString(event),
                        Integer.toString(workers),
                        directory)
                .redirectErrorStream(true)
                .start();
        try {
            String stopped = stopLine(child, label);
            assertThat(child.isAlive()).as(label).isTrue();
            return stopped;
        } finally {
            child.destroyForcibly().waitFor(); // SIGKILL
        }
    }

    private static String stopLine(Process child, String label) throws IOException {
        BufferedReader output = child.inputReader(StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("stopped ")) {
                return line;
            }
            lines.add(line);
        }
        throw new AssertionError(label + ": the child did not stop where it was to: " + lines);
    }

    private static void finish(HostChat host, History history, int batches, int workers, String directory, String label)
            throws Exception {
        awaitOnlyOurs(host, label);
        Set<String> left = host.ids("messages", "id");
        Set<String> dueLeft = new TreeSet<>(left);
        dueLeft.removeAll(history.kept);
        assertThat(left).as(label + ": some are gone").hasSizeLessThan(MESSAGES);
        assertThat(dueLeft).as(label + ": some due are left").isNotEmpty();

        // The time that the dead process's claim still holds, half a minute, passes at once.
        host.execute("UPDATE chatty_maintenance_run SET claim_until = clock_timestamp() WHERE claim_until IS NOT NULL");
        ChatDatabase chat = KilledChat.chat(host.database.dataSource(), workers);
        Optional<Archive> archive = KilledChat.archive(chat, directory);
        try (MaintenanceEngine engine = KilledChat.engine(chat, workers, archive)) {
            Run killed = engine.history("message-cleanup", 1).get(0);
            assertThat(killed.state()).as(label).isEqualTo(RunState.RUNNING);
            assertThat(killed.batches()).as(label).isBetween((long) batches, batches + 1L);
            engine.start();
            Run run = Runs.awaitEnd(engine, label);
            assertThat(run.state()).as(label + ": " + run.detail()).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.id()).isEqualTo(killed.id());
            assertThat(run.now()).isEqualTo(KilledChat.NOW);
            assertThat(run.token()).as(label).isEqualTo(2);
            assertThat(run.counts().get("deleted.softDeleted") + run.counts().get("deleted.expired"))
                    .as(label + ": the counts are those of the rows that went")
                    .isEqualTo(MESSAGES - history.kept.size());
            long children = 2L
                    * history.children.stream()
                            .filter(id -> !history.kept.contains(id))
                            .count();
            assertThat(run.counts().sum("deleted.children"))
                    .as(label + ": children")
                    .isEqualTo(children);
        }
        assertThat(host.ids("messages", "id")).as(label).isEqualTo(history.kept);
        Set<String> parents = new TreeSet<>(history.children);
        parents.retainAll(history.kept);
        assertThat(host.ids("reactions", "message_id")).as(label).isEqualTo(parents);
        assertThat(host.ids("attachments", "message_id")).as(label).isEqualTo(parents);
        if (archive.isPresent()) {
            comesBack(host, history, archive.get(), label);
        }
    }

    private static void comesBack(HostChat host, History history, Archive archive, String label) throws Exception {
        assertThat(archive.restore(ArchiveFilter.all()).get("restored.messages"))
                .as(label)
                .isEqualTo(MESSAGES - history.kept.size());
        assertThat(host.rows("messages")).as(label).isEqualTo(MESSAGES);
        for (String table : List.of("reactions", "attachments")) {
            assertThat(host.database.strings("SELECT message_id FROM " + table))
                    .as(label + " " + table)
                    .containsExactlyInAnyOrderElementsOf(history.children);
        }
        host.execute("DELETE FROM chatty_maintenance_restored");
    }

    /** The server notices a dead client when it next reads from it. */
    private static void awaitOnlyOurs(HostChat host, String label) throws Exception {
        Instant deadline = Instant.now().plusSeconds(30);
        while (host.count("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND state LIKE 'idle in transaction%'")
                > 0) {
            assertThat(Instant.now())
                    .as(label + ": the dead client's session never ends")
                    .isBefore(deadline);
        }
    }

    private static final class History {

        private final List<Message> messages = new ArrayList<>();
        private final List<String> children = new ArrayList<>();
        private final Set<String> kept = new TreeSet<>();

        private History(Random random) {
            // Keys in the order of time let a batch find its children by a range of keys, others do not.
            int[] ages = random.ints(MESSAGES, 1, 2 * 365 * 24 * 60).toArray();
            if (random.nextBoolean()) {
                Arrays.sort(ages);
            }
            for (int i = 0; i < MESSAGES; i++) {
                String id = Integer.toString(i);
                int room = 1 + random.nextInt(3);
                Duration age = Duration.ofMinutes(ages[i]);
                boolean softDeleted = random.nextInt(20) == 0;
                boolean pinned = random.nextInt(10) == 0;
                messages.add(new Message(
                        id,
                        KilledChat.NOW.minus(age),
                        Integer.toString(room),
                        "1",
                        softDeleted ? KilledChat.NOW.minus(ofDays(8)) : null,
                        pinned));
                if (random.nextInt(3) == 0) {
                    children.add(id);
                }
                boolean old = age.compareTo(ofDays(room == 1 ? 365 : 30)) > 0 && room != 2;
                if (!softDeleted && (pinned || !old)) {
                    kept.add(id);
                }
            }
        }
    }
}
