package io.chatty.maintenance.file.verify;

import io.chatty.maintenance.file.FileFinding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Findings in a file, for a person to act on: a JSON object a line, such as
 * {@code {"at":"2026-06-01T02:00:00Z","kind":"BROKEN_REFERENCE","name":"uploads/a.png","detail":"attachments 4711"}}. Give it to
 * {@code findings(…)} of a task.
 *
 * <p>Each finding is appended, and is in the file when the call returns. The file may be moved or deleted at any time: the next
 * finding begins a new one. It never grows beyond a limit: when that is reached, a last line says so, and what comes later stands
 * nowhere but in the log. A file that cannot be written to fails no task; it is logged, and counted in {@link #lost}.
 *
 * <p>Thread-safe. Two processes need a file each.
 */
public final class FindingsFile implements Consumer<FileFinding> {

    /** The limit unless another is given: 64 MiB, some 300,000 findings. */
    public static final long USUAL_LIMIT = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(FindingsFile.class);
    private static final long SMALLEST_LIMIT = 1024;
    private static final int LOGGED_EACH = 10_000;
    private static final byte[] FULL = ("{\"full\":\"the limit of this file is reached; later findings are not in it."
                    + " Move it away for a new one\"}\n")
            .getBytes(StandardCharsets.UTF_8);

    private final Path path;
    private final long limit;
    private final InstantSource clock;
    private long lost; // guarded by this

    /**
     * In that file, which is made with its first finding, in a directory that is there; up to {@link #USUAL_LIMIT}.
     */
    public FindingsFile(Path path) {
        this(path, USUAL_LIMIT);
    }

    /**
     * In that file.
     *
     * @param limit how many bytes it may have, 1024 or more
     */
    public FindingsFile(Path path, long limit) {
        this(path, limit, InstantSource.system());
    }

    /**
     * In that file.
     *
     * @param limit how many bytes it may have, 1024 or more
     * @param clock says when something was found
     */
    public FindingsFile(Path path, long limit, InstantSource clock) {
        if (limit < SMALLEST_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + limit + " bytes given, at least " + SMALLEST_LIMIT + " allowed");
        }
        this.path = Objects.requireNonNull(path, "path");
        this.limit = limit;
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public synchronized void accept(FileFinding finding) {
        String line = "{\"at\":" + json(clock.instant().toString()) + ",\"kind\":"
                + json(finding.kind().name()) + ",\"name\":" + json(finding.name()) + ",\"detail\":"
                + json(finding.detail()) + "}\n";
        boolean written;
        try {
            written = append(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            written = false;
            if (lost % LOGGED_EACH == 0) {
                LOG.warn("Findings cannot be written to {}; they stand nowhere but in the log", path, e);
            }
        }
        lost += written ? 0 : 1;
    }

    /** Findings that did not go into the file, since it was full or could not be written to. */
    public synchronized long lost() {
        return lost;
    }

    private boolean append(byte[] line) throws IOException {
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(path, options)) {
            long end = channel.size();
            if (endsWith(channel, end, FULL)) {
                return false;
            }
            if (end > 0 && !endsWith(channel, end, new byte[] {'\n'})) {
                end += write(channel, end, new byte[] {'\n'
                }); // what was cut off by a crash or a full disk stays a line alone
            }
            boolean fits = end + line.length + FULL.length <= limit;
            write(channel, end, fits ? line : FULL);
            return fits;
        }
    }

    private static boolean endsWith(FileChannel channel, long end, byte[] text) throws IOException {
        if (end < text.length) {
            return false;
        }
        ByteBuffer last = ByteBuffer.allocate(text.length);
        int read = 0;
        while (read >= 0 && last.hasRemaining()) {
            read = channel.read(last, end - text.length + last.position());
        }
        return Arrays.equals(last.array(), text);
    }

    private static int write(FileChannel channel, long at, byte[] text) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(text);
        while (left.hasRemaining()) {
            channel.write(left, at + left.position());
        }
        return text.length;
    }

    /** A text as JSON has it, whatever characters are in it, halves of surrogate pairs too. */
    private static String json(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.codePoints()
                .forEach(c -> json.append(
                        Character.isISOControl(c) || c == '"' || c == '\\' || isHalf(c)
                                ? String.format("\\u%04x", c)
                                : Character.toString(c)));
        return json.append('"').toString();
    }

    private static boolean isHalf(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    @Override
    public String toString() {
        return "FindingsFile[" + path + "]";
    }
}
