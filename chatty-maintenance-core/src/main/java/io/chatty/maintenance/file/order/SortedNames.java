package io.chatty.maintenance.file.order;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Names in the order of their bytes in UTF-8. First all are added, then all are taken. Beyond a number of them
 * they lie in temporary files, in sorted runs: memory does not grow with their number. Not thread-safe.
 */
public final class SortedNames implements Closeable {

    private static final int BUFFER = 8 * 1024;
    private static final int USUAL_LENGTH = 64;

    private final int most;
    private final Spills spills;
    private final List<Run> runs = new ArrayList<>();
    private String[] names = new String[16];
    private int count;
    private int next;
    private long characters;
    private boolean plain = true; // no surrogates: Java's own order is the right one
    private @Nullable PriorityQueue<Run> merge;

    /** Where runs are written to. */
    @FunctionalInterface
    public interface Spills {
        /** A new file, empty. */
        TemporaryFile open() throws IOException;
    }

    /**
     * None yet.
     *
     * @param most how many names of a usual length to hold in memory
     */
    public SortedNames(int most, Spills spills) {
        this.most = most;
        this.spills = spills;
    }

    /** Adds one, before the first is taken. */
    public void add(String name) throws IOException {
        if (count >= most || characters >= (long) most * USUAL_LENGTH) {
            spill();
        }
        if (count == names.length) {
            names = Arrays.copyOf(names, Math.min(most, 2 * count));
        }
        names[count++] = name;
        characters += name.length();
        plain = plain && isPlain(name);
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isSurrogate(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private void sort() {
        if (plain) {
            Arrays.sort(names, 0, count);
        } else {
            Arrays.sort(names, 0, count, ByteOrder::compare);
        }
    }

    private void spill() throws IOException {
        sort();
        Run run = new Run(spills.open(), count);
        runs.add(run);
        DataOutputStream out = run.out();
        for (int i = 0; i < count; i++) {
            out.writeUTF(names[i]);
            names[i] = "";
        }
        out.flush();
        count = 0;
        characters = 0;
    }

    /** The next name; null when all are taken. */
    public @Nullable String next() throws IOException {
        if (merge == null) {
            merge = new PriorityQueue<>(Comparator.comparing(Run::head, ByteOrder::compare));
            if (!runs.isEmpty()) {
                spill();
                names = new String[0];
                for (Run run : runs) {
                    run.begin();
                    advance(merge, run);
                }
            } else {
                sort();
            }
        }
        if (next < count) {
            return names[next++];
        }
        Run first = merge.poll();
        if (first == null) {
            return null;
        }
        String name = first.head();
        advance(merge, first);
        return name;
    }

    private static void advance(PriorityQueue<Run> merge, Run run) throws IOException {
        if (run.advance()) {
            merge.add(run);
        }
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Run run : runs) {
            try {
                run.file.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        runs.clear();
        if (failure != null) {
            throw failure;
        }
    }

    private static final class Run {

        private final TemporaryFile file;
        private @Nullable DataInputStream in;
        private int left;
        private String head = "";

        private Run(TemporaryFile file, int names) {
            this.file = file;
            this.left = names;
        }

        private DataOutputStream out() {
            return new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file.channel()), BUFFER));
        }

        private void begin() throws IOException {
            file.channel().position(0);
            in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(file.channel()), BUFFER));
        }

        private boolean advance() throws IOException {
            if (in == null || left == 0) {
                return false;
            }
            head = in.readUTF();
            left--;
            return true;
        }

        private String head() {
            return head;
        }
    }
}
