package io.chatty.maintenance.database.cleanup;

import com.github.luben.zstd.ZstdInputStream;
import io.chatty.maintenance.file.FileStore;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A store in memory that fails as it is told, and lets a test do something at the moment when a file has been written. */
final class WatchedStore implements FileStore {

    private static final String MANIFEST = ".manifest.json";

    /** How it fails, and what of that a run is to tell. */
    enum Failure {
        WRITE("disk is full"),
        MANIFEST("disk is full"),
        SYNC("sync failed"),
        READ("cannot be read"),
        WRONG_BYTES("altered"),
        TRUNCATED("truncated"),
        ANOTHER_MANIFEST("manifest"),
        FORGOTTEN("missing"),
        LOST_BEFORE_THE_SECOND_BATCH("missing");

        final String says;

        Failure(String says) {
            this.says = says;
        }
    }

    /** What a test does. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    private Instant time = Instant.now();
    private final InMemoryFileStore files = new InMemoryFileStore(() -> time);
    private Failure failure;
    private Step afterManifest;
    private int opened;
    private Step beforeSecondBatch;
    private String awaited = "";
    private Step beforeOpening;

    void fails(Failure as) {
        failure = as;
        opened = 0;
    }

    void afterFirstManifest(Step step) {
        afterManifest = step;
    }

    /** When the first file is opened for the second time: the batch that wrote it has opened it once. */
    void beforeSecondBatch(Step step) {
        beforeSecondBatch = step;
    }

    /** When that file is opened for the first time from now on. */
    void beforeOpening(String name, Step step) {
        awaited = name;
        beforeOpening = step;
    }

    private static void now(Step step) throws IOException {
        try {
            step.run();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    List<String> names() {
        try (Stream<StoredFile> all = files.list("")) {
            return all.map(StoredFile::name).toList();
        }
    }

    /** All that stands in archive files, as text. */
    String texts() throws IOException {
        StringBuilder texts = new StringBuilder();
        for (String name : names()) {
            if (name.endsWith(".zst")) {
                try (InputStream in = new ZstdInputStream(files.open(name))) {
                    texts.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return texts.toString();
    }

    /** Puts another content in the place of a file, or none; gives the old one. */
    byte[] replace(String name, byte[] content) throws IOException {
        byte[] old = new byte[0];
        if (names().contains(name)) {
            try (InputStream in = files.open(name)) {
                old = in.readAllBytes();
            }
        }
        files.delete(name);
        if (content != null) {
            files.write(name, out -> out.write(content));
        }
        return old;
    }

    /** Makes all files that older. */
    void setBack(Duration by) throws IOException {
        Instant now = time;
        time = now.minus(by);
        for (String name : List.copyOf(names())) {
            replace(name, replace(name, null));
        }
        time = now;
    }

    @Override
    public void write(String name, Content content) throws IOException {
        boolean manifest = name.endsWith(MANIFEST);
        if (failure == Failure.WRITE || (failure == Failure.MANIFEST && manifest)) {
            throw new IOException("disk is full");
        }
        if (failure == Failure.FORGOTTEN) {
            content.writeTo(OutputStream.nullOutputStream());
            return;
        }
        files.write(name, content);
        if (failure == Failure.SYNC) {
            throw new IOException("sync failed");
        }
        if (failure == Failure.ANOTHER_MANIFEST && manifest) {
            replace(
                    name,
                    new String(replace(name, null), StandardCharsets.UTF_8)
                            .replace("\"bytes\":", "\"bytes\":1")
                            .getBytes(StandardCharsets.UTF_8));
        }
        if (manifest && afterManifest != null) {
            Step step = afterManifest;
            afterManifest = null;
            now(step);
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        if (failure == Failure.READ) {
            throw new IOException("cannot be read");
        }
        if (name.equals(awaited)) {
            awaited = "";
            now(beforeOpening);
        }
        boolean archive = name.endsWith(".zst");
        if (beforeSecondBatch != null && archive && opened++ > 0) {
            Step step = beforeSecondBatch;
            beforeSecondBatch = null;
            now(step);
        }
        if (failure == Failure.LOST_BEFORE_THE_SECOND_BATCH && archive && opened++ > 0) {
            throw new NoSuchFileException(name);
        }
        if (!archive || (failure != Failure.WRONG_BYTES && failure != Failure.TRUNCATED)) {
            return files.open(name);
        }
        try (InputStream in = files.open(name)) {
            byte[] all = in.readAllBytes();
            byte[] given = failure == Failure.TRUNCATED ? Arrays.copyOf(all, all.length / 2) : all;
            if (failure == Failure.WRONG_BYTES) {
                given[given.length - 1] = (byte) ~given[given.length - 1];
            }
            return new ByteArrayInputStream(given);
        }
    }

    @Override
    public Stream<StoredFile> list(String prefix) {
        return files.list(prefix);
    }

    @Override
    public boolean delete(String name) {
        return files.delete(name);
    }
}
