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
    private static final int FEW = 16;
    private static final int MOST_PACKED = 0x10000;
    private static final int PACKED = 6;

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
            if (count < FEW || count > MOST_PACKED || !sortPacked()) {
                Arrays.sort(names, 0, count);
            }
        } else {
            Arrays.sort(names, 0, count, ByteOrder::compare);
        }
    }

    /**
     * Sorts by the first letters behind those that all names have in common: six of them, and where a name was, fit into a number,
     * and numbers are sorted in a fraction of the time that texts are.
     *
     * @return false if they have letters other than ASCII there, and nothing was done
     */
    private boolean sortPacked() {
        int from = commonLength();
        long[] packed = new long[count];
        for (int i = 0; i < count; i++) {
            String name = names[i];
            long letters = 0;
            for (int at = from; at < from + PACKED; at++) {
                char letter = at < name.length() ? name.charAt(at) : 0; // no name of a file has a zero
                if (letter >= 0x80) {
                    return false;
                }
                letters = letters << 8 | letter;
            }
            packed[i] = letters << 16 | i;
        }
        Arrays.sort(packed);
        String[] sorted = new String[count];
        int begin = 0;
        for (int i = 0; i < count; i++) {
            sorted[i] = names[(int) (packed[i] & 0xFFFF)];
            if (packed[i] >> 16 != packed[begin] >> 16) {
                Arrays.sort(sorted, begin, i);
                begin = i;
            }
        }
        Arrays.sort(sorted, begin, count);
        names = sorted;
        return true;
    }

    /** How many letters all names begin with alike. */
    private int commonLength() {
        String first = names[0];
        int common = first.length();
        for (int i = 1; i < count; i++) {
            String name = names[i];
            int length = Math.min(common, name.length());
            int at = 0;
            while (at < length && name.charAt(at) == first.charAt(at)) {
                at++;
            }
            common = at;
        }
        return common;
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
