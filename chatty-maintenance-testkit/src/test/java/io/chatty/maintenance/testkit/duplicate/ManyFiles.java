package io.chatty.maintenance.testkit.duplicate;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.duplicate.DuplicateFiles;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.testkit.SingleRun;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Compares two million files that are made up as they are asked for. */
final class ManyFiles {

    private static final int FILES = 2_000_000;

    private ManyFiles() {}

    public static void main(String[] arguments) throws Exception {
        AtomicLong told = new AtomicLong();
        AtomicLong wrong = new AtomicLong();
        DuplicateFiles task = DuplicateFiles.builder("duplicate-files", store())
                .below("")
                .temporaryFiles(Path.of(arguments[0]))
                .findings(finding -> {
                    told.incrementAndGet();
                    if (number(finding.name()) < 1_500_000) {
                        wrong.incrementAndGet();
                    }
                })
                .build();
        Counts counts = new SingleRun(task, 10_000, Instant.now()).go();
        System.out.println("examined " + counts.get("examined") + ", duplicates " + counts.get("duplicates") + ", told "
                + told + ", wrong " + wrong);
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring("uploads/2026/some-longer-name-of-a-file-".length()));
    }

    private static String name(int number) {
        return "uploads/2026/some-longer-name-of-a-file-" + String.format("%07d", number);
    }

    private static FileState state(int number) {
        return new FileState(DuplicateFilesTest.content(number).length, Instant.EPOCH, "");
    }

    /** In an order that is not that of names, as a store may list. */
    private static SweepableStore store() {
        return (SweepableStore) Proxy.newProxyInstance(
                ManyFiles.class.getClassLoader(), new Class<?>[] {SweepableStore.class}, (proxy, method, with) -> {
                    return switch (method.getName()) {
                        case "list" -> new Listing();
                        case "open" -> new ByteArrayInputStream(DuplicateFilesTest.content(number((String) with[0])));
                        case "look" -> Optional.of(state(number((String) with[0])));
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
    }

    private static final class Listing implements FileListing {

        private int next;

        @Override
        public Optional<StoredFile> next() {
            if (next == FILES) {
                return Optional.empty();
            }
            int number = (int) (next++ * 999_983L % FILES);
            return Optional.of(new StoredFile() {
                @Override
                public String name() {
                    return ManyFiles.name(number);
                }

                @Override
                public FileState state() {
                    return ManyFiles.state(number);
                }
            });
        }

        @Override
        public Counts skipped() {
            return Counts.none();
        }

        @Override
        public void close() {}
    }
}
