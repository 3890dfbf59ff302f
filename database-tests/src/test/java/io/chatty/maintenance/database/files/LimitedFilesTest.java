package io.chatty.maintenance.database.files;

import static java.time.temporal.ChronoUnit.HOURS;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.FileUsage;
import io.chatty.maintenance.file.limit.FileLimits;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits on random tables of files, in each database, against what plain Java says is to be left. */
final class LimitedFilesTest {

    private static final int FILES = 150;

    /** A row. */
    private record Row(String name, long bytes, int made, int used, int room, String owner, boolean stays) {

        /** Hours since it was last used. */
        int idle() {
            return used == 0 ? made : used;
        }
    }

    private static List<Row> fill(FileTableHost host, Random random) throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            int made = 1 + random.nextInt(200);
            int used = random.nextBoolean() ? 0 : 1 + random.nextInt(made);
            int room = random.nextInt(8);
            String owner = "u" + random.nextInt(6);
            boolean pinned = random.nextInt(9) == 0;
            boolean avatar = random.nextInt(15) == 0;
            boolean stays = pinned || avatar || made <= 24 || room == 7 || owner.equals("u5");
            String name = String.format("f%03d", i);
            Row row = new Row(name, 1 + random.nextInt(40), made, used, room, owner, stays);
            host.put(i, name, row.bytes(), made, used, room, owner);
            if (pinned) {
                host.database.execute("UPDATE files SET pinned = TRUE WHERE id = " + i);
            }
            if (avatar) {
                host.database.execute("INSERT INTO users VALUES (" + i + ", '" + name + "')");
            }
            rows.add(row);
        }
        host.chat
                .holds()
                .place(LegalHold.builder("r", "counsel", "case").room("7").build());
        host.chat
                .holds()
                .place(LegalHold.builder("u", "counsel", "case").user("u5").build());
        return rows;
    }

    private static Comparator<Row> by(EvictionOrder order) {
        Comparator<Row> oldest =
                Comparator.comparingInt((Row row) -> -row.made()).thenComparing(Row::name);
        return switch (order) {
            case OLDEST -> oldest;
            case LEAST_RECENTLY_USED ->
                Comparator.comparingInt((Row row) -> -row.idle()).thenComparing(Row::name);
            case LARGEST -> Comparator.comparingLong((Row row) -> -row.bytes()).thenComparing(oldest);
        };
    }

    /** Takes away from all what is too much of those few, which were that many at the begin. */
    private static void evict(List<Row> all, List<Row> few, EvictionOrder order, long soft, long hard) {
        if (bytes(few) <= hard) {
            return;
        }
        List<Row> there = few.stream().filter(all::contains).sorted(by(order)).toList();
        long sum = bytes(there);
        for (Row row : there) {
            if (sum > soft && !row.stays()) {
                all.remove(row);
                sum -= row.bytes();
            }
        }
    }

    private static long bytes(List<Row> rows) {
        return rows.stream().mapToLong(Row::bytes).sum();
    }

    private static Set<String> left(List<Row> rows, EvictionOrder order) {
        List<Row> all = new ArrayList<>(rows);
        Map<String, List<Row>> users = new TreeMap<>();
        Map<Integer, List<Row>> rooms = new TreeMap<>();
        rows.forEach(row -> {
            users.computeIfAbsent(row.owner(), any -> new ArrayList<>()).add(row);
            rooms.computeIfAbsent(row.room(), any -> new ArrayList<>()).add(row);
        });
        users.values().forEach(few -> evict(all, few, order, 300, 400));
        rooms.values().forEach(few -> evict(all, few, order, 250, 300));
        evict(all, rows, order, 1500, 1600);
        Set<String> names = new TreeSet<>();
        all.forEach(row -> names.add(row.name()));
        return names;
    }

    private static FileLimits.Builder limits(FileTableHost host, FileUsage usage) {
        return FileLimits.builder("file-limits", usage, host.chat.fileLedger()).grace(Duration.ofHours(24));
    }

    private static MaintenanceEngine engine(FileTableHost host, FileLimits limits, int batchSize) {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(host.chat.runStore())
                .clock(() -> FileTableHost.NOW)
                .workers(Runnable::run)
                .settings(s -> s.batchSize(batchSize))
                .task(limits)
                .build();
        engine.start();
        return engine;
    }

    private static Map<String, Long> done(Counts counts, String before) {
        Map<String, Long> done = new TreeMap<>();
        counts.asMap().forEach((name, count) -> {
            if (name.startsWith(before + "evicted.") || name.equals(before + "bytes.released")) {
                done.put(name.substring(before.length()), count);
            }
        });
        return done;
    }

    @ParameterizedTest
    @EnumSource
    void what_is_left_is_what_plain_java_says_and_the_preview_said_it(TestServer server) throws Exception {
        long seed = 20_260_601;
        for (EvictionOrder order : EvictionOrder.values()) {
            for (boolean marks : List.of(false, true)) {
                String label = server + " " + order + " marks " + marks + " seed " + ++seed;
                try (FileTableHost host = new FileTableHost(server)) {
                    List<Row> rows = fill(host, new Random(seed));
                    FileUsage usage = marks ? host.marking() : host.deleting();
                    FileLimits limits = limits(host, usage)
                            .perUser(300, 400)
                            .perRoom(250, 300)
                            .total(1500, 1600)
                            .order(order)
                            .build();
                    List<String> before = host.paths();
                    try (MaintenanceEngine engine = engine(host, limits, 17)) {
                        Counts preview = engine.preview("file-limits").counts();
                        assertThat(host.paths()).as(label).isEqualTo(before);
                        Run run = engine.runNow("file-limits").get();
                        assertThat(run.state()).as(label + ": " + run.detail()).isEqualTo(RunState.SUCCEEDED);
                        assertThat(done(run.counts(), "")).as(label).isEqualTo(done(preview, "due."));
                    }
                    Set<String> gone = new TreeSet<>(before);
                    gone.removeAll(left(rows, order));
                    assertThat(gone).as(label).isNotEmpty();
                    assertThat(host.paths()).as(label).containsExactlyElementsOf(left(rows, order));
                    assertThat(usage.waiting(0, 1000))
                            .as(label)
                            .extracting(Released::name)
                            .containsExactlyInAnyOrderElementsOf(gone);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void two_that_give_up_the_same_give_it_up_once(TestServer server) throws Exception {
        try (FileTableHost host = new FileTableHost(server)) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String name = String.format("f%02d", i);
                host.put(i, name, 10, 100, 0, 1, "ann");
                names.add(name);
            }
            FileUsage usage = host.deleting();
            usage.problems();
            CountDownLatch both = new CountDownLatch(2);
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try {
                List<Future<Long>> released = new ArrayList<>();
                for (String run : List.of("one", "two")) {
                    released.add(threads.submit(() -> {
                        both.countDown();
                        both.await();
                        return usage
                                .release(
                                        new RunId(run),
                                        names,
                                        FileTableHost.NOW.minus(24, HOURS),
                                        EvictionListener.NONE)
                                .values()
                                .stream()
                                .filter(outcome -> outcome == FileUsage.Outcome.RELEASED)
                                .count();
                    }));
                }
                assertThat(released.get(0).get() + released.get(1).get()).isEqualTo(40);
            } finally {
                threads.shutdownNow();
            }
            assertThat(host.paths()).isEmpty();
            assertThat(usage.waiting(0, 1000)).hasSize(40);
        }
    }
}
