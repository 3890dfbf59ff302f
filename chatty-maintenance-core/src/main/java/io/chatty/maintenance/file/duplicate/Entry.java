package io.chatty.maintenance.file.duplicate;

import java.util.HexFormat;

/**
 * A file, and what is known of it so far: two of the same key may have the same content.
 *
 * @param key the size in 16 hexadecimal digits, and a hash in 64 once there is one
 * @param name its name
 */
record Entry(String key, String name) {

    private static final int SIZE = 16;
    private static final int HASH = 64;

    static Entry of(long size, String name) {
        return new Entry(HexFormat.of().toHexDigits(size), name);
    }

    /** The same file with a hash, in the place of that which it had, if any. */
    Entry with(String hash) {
        return new Entry(key.substring(0, SIZE) + hash, name);
    }

    /** The file's size in bytes. */
    long size() {
        return Long.parseUnsignedLong(key, 0, SIZE, 16);
    }

    /** The hash, which it has. */
    String hash() {
        return key.substring(SIZE);
    }

    /** As a text, by which it is sorted by key and name. */
    String text() {
        return key + name;
    }

    /** @param hashed whether it has a hash */
    static Entry parse(String text, boolean hashed) {
        int length = SIZE + (hashed ? HASH : 0);
        return new Entry(text.substring(0, length), text.substring(length));
    }
}
