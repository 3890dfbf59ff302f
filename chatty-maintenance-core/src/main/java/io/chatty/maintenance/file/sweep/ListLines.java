package io.chatty.maintenance.file.sweep;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lines of a file, one after the other, from some place on to another. Not thread-safe. */
final class ListLines {

    private static final int PIECE = 64 * 1024;

    private final FileChannel channel;
    private final long end;
    private final byte[] piece = new byte[PIECE];
    private long pieceAt; // where in the file the piece begins
    private int filled;
    private int next; // in the piece
    private int start;
    private long number;

    /**
     * Those from one place up to another.
     *
     * @param from where a line begins
     * @param end where a line ends
     * @param number how many lines are before
     */
    ListLines(FileChannel channel, long from, long end, long number) {
        this.channel = channel;
        this.pieceAt = from;
        this.end = end;
        this.number = number;
    }

    /** Goes on to the next line; gives whether there is one. A last line that is not ended is none, and one that is longer
     * than 64 KiB is the end. */
    boolean advance() throws IOException {
        int from = next;
        int scanned = from;
        while (true) {
            for (; scanned < filled; scanned++) {
                if (piece[scanned] == '\n') {
                    start = from;
                    next = scanned + 1;
                    number++;
                    return true;
                }
            }
            scanned -= from;
            if (!fill(from)) {
                start = 0;
                next = 0;
                return false;
            }
            from = 0;
        }
    }

    /** Reads on behind what is kept, which is all from there on; gives whether there was more. */
    private boolean fill(int kept) throws IOException {
        System.arraycopy(piece, kept, piece, 0, filled - kept);
        pieceAt += kept;
        filled -= kept;
        next = 0;
        int most = (int) Math.min(piece.length - filled, end - pieceAt - filled);
        if (most <= 0) {
            return false;
        }
        int count = channel.read(ByteBuffer.wrap(piece, filled, most), pieceAt + filled);
        filled += Math.max(0, count);
        return count > 0;
    }

    /** The next line; null if there is none. */
    @Nullable String next() throws IOException {
        return advance() ? text() : null;
    }

    /** The line that was come to. */
    String text() {
        return new String(piece, start, length(), StandardCharsets.UTF_8);
    }

    /** The bytes of that line. */
    byte[] bytes() {
        return Arrays.copyOfRange(piece, start, start + length());
    }

    int length() {
        return next - 1 - start;
    }

    byte last() {
        return piece[next - 2];
    }

    boolean hasOtherThanAscii() {
        for (int i = start; i < next; i++) {
            if (piece[i] < 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is above, below or equal to another in the order of bytes. */
    int compareTo(byte[] other, int otherLength) {
        return Arrays.compareUnsigned(piece, start, start + length(), other, 0, otherLength);
    }

    /** Copies it; gives where to, which is the same array if it is large enough. */
    byte[] copyTo(byte[] array) {
        byte[] to = array.length >= length() ? array : new byte[2 * length()];
        System.arraycopy(piece, start, to, 0, length());
        return to;
    }

    /** How many lines there are in the file up to this one. */
    long number() {
        return number;
    }

    /** Where the next line begins. */
    long offset() {
        return pieceAt + next;
    }

    /** How many bytes at the end are no whole line. Asked at the end. */
    int rest() {
        return filled;
    }
}
