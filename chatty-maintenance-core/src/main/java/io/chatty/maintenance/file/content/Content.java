package io.chatty.maintenance.file.content;

import io.chatty.maintenance.task.TaskRates;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;

/** The content of a file, which is read piece by piece. Not thread-safe. */
public final class Content implements Closeable {

    /** How fast content is read unless the host says otherwise: 50 MB a second. */
    public static final TaskRates DEFAULT_RATE = TaskRates.bytes(50_000_000);

    private static final int PIECE = 64 * 1024;

    private final InputStream in;
    private final MessageDigest digest = sha256();
    private final byte[] piece;
    private long read;
    private boolean ended;

    /** What a stream gives, which it closes. */
    public Content(InputStream in) {
        this(in, PIECE);
    }

    /**
     * The same, read in pieces of a size.
     *
     * @param piece how many bytes are read at once, at most; 1 or more
     */
    public Content(InputStream in, int piece) {
        this.in = in;
        this.piece = new byte[piece];
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each Java has it
        }
    }

    /**
     * Reads on.
     *
     * @param most how many bytes, at most
     * @param enough whether to stop, asked after each piece
     * @return how many were read
     */
    public long read(long most, BooleanSupplier enough) throws IOException {
        long now = 0;
        while (!ended && now < most && !enough.getAsBoolean()) {
            int count = in.read(piece, 0, (int) Math.min(piece.length, most - now));
            if (count < 0) {
                ended = true;
            } else {
                digest.update(piece, 0, count);
                now += count;
            }
        }
        read += now;
        return now;
    }

    /** Whether all was read. */
    public boolean isAtEnd() {
        return ended;
    }

    /** How many bytes were read in all. */
    public long size() {
        return read;
    }

    /** The SHA-256 of what was read, in 64 hexadecimal digits. Asked once. */
    public String hash() {
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
