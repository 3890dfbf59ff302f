package io.chatty.maintenance.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.InMemoryFileLedger;
import io.chatty.maintenance.file.sweep.ReferenceList;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.postgresql.ds.PGSimpleDataSource;

/** Scans in a JVM of its own: lists a store, compares it with what refers to it, and reads all references once. */
final class FileScan {

    private static final int WARM_UP = 2;
    private static final int BATCH_SIZE = 1000;

    private FileScan() {}

    /** Arguments: mode, root, list, lines of the list, repetitions, and a JDBC URL or a number of files. */
    public static void main(String[] args) throws Exception {
        AtomicLong live = new AtomicLong();
        watchHeap(live);
        Path root = Path.of(args[1]);
        Path list = Path.of(args[2]);
        int repetitions = Integer.parseInt(args[4]);
        for (int i = -WARM_UP; i < repetitions; i++) {
            boolean isCompared = args[0].equals("list");
            double shell = isCompared ? shell(root, list) : 0;
            SweepableStore store =
                    args[0].equals("made-up") ? new MadeUpStore(Long.parseLong(args[5])) : LocalFileStore.open(root);
            FileReferences references = switch (args[0]) {
                case "made-up" -> new MadeUpReferences(Long.parseLong(args[5]));
                case "database" -> inDatabase(args[5]);
                default -> ReferenceList.of("list", list, Long.parseLong(args[3]));
            };
            long begin = System.nanoTime();
            Counts counts = scan(store, references);
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.gc(); // so that what is live is told, however seldom it was collected
            if (i >= 0) {
                System.out.printf(
                        Locale.ROOT,
                        "{\"seconds\": %.3f, \"shellSeconds\": %.3f, \"liveHeapMb\": %.1f, \"examined\": %d,"
                                + " \"unreferenced\": %d, \"broken\": %d}%n",
                        seconds,
                        shell,
                        live.get() / 1e6,
                        counts.get("examined"),
                        counts.get("examined") - counts.get("referenced"),
                        counts.get("broken"));
            }
        }
        System.exit(0);
    }

    /** What was in use after a collection, at most. */
    private static void watchHeap(AtomicLong live) {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, handback) -> {
                                GarbageCollectionNotificationInfo info = GarbageCollectionNotificationInfo.from(
                                        (CompositeData) notification.getUserData());
                                long used = info.getGcInfo().getMemoryUsageAfterGc().values().stream()
                                        .mapToLong(MemoryUsage::getUsed)
                                        .sum();
                                live.accumulateAndGet(used, Math::max);
                            },
                            null,
                            null);
        }
    }

    private static double shell(Path root, Path list) throws Exception {
        String command = "find '" + root + "' -type f -printf '%P\\n' | LC_ALL=C sort | LC_ALL=C comm -3 - '" + list
                + "' > /dev/null";
        long begin = System.nanoTime();
        int end = new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
        if (end != 0) {
            throw new IllegalStateException(command + " ended with " + end);
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static FileReferences inDatabase(String url) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(url);
        ChatSchema unused = ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                .build();
        ChatDatabase chat = ChatDatabase.of(Server.pool(database), unused);
        chat.migrate();
        return chat.fileReferences("attachments", r -> r.column("attachments", "path"));
    }

    /** As a preview does it, up to where it is known what there is and what refers to it. */
    private static Counts scan(SweepableStore store, FileReferences references) throws Exception {
        FileSweep sweep = FileSweep.builder("scan", store, new InMemoryFileLedger(InstantSource.system()))
                .references(references)
                .orphans("")
                .build();
        Scan scan = new Scan();
        do {
            BatchResult result = sweep.previewBatch(scan);
            scan.counts = scan.counts.plus(result.counts());
            scan.cursor = result.next();
        } while (!scan.cursor.orElseThrow().text().contains(" GUARD "));
        return scan.counts;
    }

    private static final class Scan implements TaskContext {

        private final RunId id = RunId.random();
        private final Instant now = Instant.now();
        private Counts counts = Counts.none();
        private Optional<Cursor> cursor = Optional.empty();

        @Override
        public RunId runId() {
            return id;
        }

        @Override
        public Optional<Cursor> cursor() {
            return cursor;
        }

        @Override
        public int batchSize() {
            return BATCH_SIZE;
        }

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void onCancel(Runnable action) {}
    }
}
