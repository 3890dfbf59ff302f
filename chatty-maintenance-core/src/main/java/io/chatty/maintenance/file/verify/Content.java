package io.chatty.maintenance.file.verify;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;

/** The content of a file, which is read piece by piece. Not thread-safe. */
final class Content implements Closeable {

    private static final int PIECE = 64 * 1024;

    private final InputStream in;
    private final MessageDigest digest = sha256();
    private final byte[] piece = new byte[PIECE];
    private long read;
    private boolean ended;

    Content(InputStream in) {
        this.in = in;
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
     * @param most how many bytes, about
     * @param enough whether to stop, asked after each piece
     * @return how many were read
     */
    long read(long most, BooleanSupplier enough) throws IOException {
        long now = 0;
        while (!ended && now < most && !enough.getAsBoolean()) {
            int count = in.read(piece);
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
    boolean isAtEnd() {
        return ended;
    }

    /** How many bytes were read in all. */
    long size() {
        return read;
    }

    /** The SHA-256 of what was read, in 64 hexadecimal digits. Asked once. */
    String hash() {
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
