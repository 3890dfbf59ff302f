package io.chatty.maintenance.task;

import java.nio.charset.StandardCharsets;

/**
 * Where a run goes on: text that only its task understands.
 *
 * @param text at most 4 KB as UTF-8
 */
public record Cursor(String text) {

    /** The most that a cursor may take, in bytes of UTF-8. */
    public static final int MAX_BYTES = 4096;

    /** @throws IllegalArgumentException if the text is over {@value #MAX_BYTES} bytes */
    public Cursor {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("cursor: " + bytes + " bytes given, at most " + MAX_BYTES + " allowed");
        }
    }
}
