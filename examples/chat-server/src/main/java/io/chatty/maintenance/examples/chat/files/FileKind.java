package io.chatty.maintenance.examples.chat.files;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** What a file is, by its first bytes: what whoever sends it says of it counts for nothing. */
public enum FileKind {
    /** A picture. */
    PNG("\u0089PNG\r\n\u001a\n", ".png", "image/png"),
    /** A picture. */
    JPEG("\u00ff\u00d8\u00ff", ".jpg", "image/jpeg"),
    /** A picture. */
    GIF("GIF8", ".gif", "image/gif"),
    /** Anything else; browsers are told to save it, never to show it. */
    OTHER("", ".bin", "application/octet-stream");

    /** How many bytes it takes to tell. */
    public static final int FIRST_BYTES = 8;

    private final String beginning;
    private final String ending;
    private final String contentType;

    FileKind(String beginning, String ending, String contentType) {
        this.beginning = beginning;
        this.ending = ending;
        this.contentType = contentType;
    }

    /** Of a file that begins so. */
    public static FileKind of(byte[] content) {
        String first = new String(content, 0, Math.min(content.length, FIRST_BYTES), StandardCharsets.ISO_8859_1);
        return Arrays.stream(values())
                .filter(kind -> first.startsWith(kind.beginning))
                .findFirst()
                .orElse(OTHER);
    }

    /** How the name of such a file ends. */
    public String ending() {
        return ending;
    }

    /** How such a file is served. */
    public String contentType() {
        return contentType;
    }

    /** Whether it is a picture. */
    public boolean isPicture() {
        return this != OTHER;
    }

    String format() {
        return name().toLowerCase(Locale.ROOT);
    }
}
