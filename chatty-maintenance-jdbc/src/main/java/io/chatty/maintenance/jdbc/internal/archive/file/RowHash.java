package io.chatty.maintenance.jdbc.internal.archive.file;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What tells rows apart by all that they hold: a SHA-256 of table, columns and values, in lower-case hexadecimal digits. */
public final class RowHash {

    private RowHash() {}

    /** That of a row. */
    public static String of(ArchivedRow row) {
        MessageDigest digest = Checksum.digest();
        add(digest, row.table().name());
        for (int i = 0; i < row.values().size(); i++) {
            add(digest, row.table().columns().get(i).name());
            add(digest, row.values().get(i));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** That of a message and its children, in whatever order they come. */
    public static String of(ArchivedMessage message) {
        MessageDigest digest = Checksum.digest();
        add(digest, of(message.row()));
        message.children().stream().map(RowHash::of).sorted().forEach(child -> add(digest, child));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** With its length before it, so that no two lists of texts come to the same bytes. */
    private static void add(MessageDigest digest, @Nullable String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES)
                .putInt(text == null ? -1 : bytes.length)
                .flip());
        digest.update(bytes);
    }
}
