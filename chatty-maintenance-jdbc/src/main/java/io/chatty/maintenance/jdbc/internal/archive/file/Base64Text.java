package io.chatty.maintenance.jdbc.internal.archive.file;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Bytes as text. */
final class Base64Text {

    private Base64Text() {}

    static @Nullable String of(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }

    static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : Base64.getDecoder().decode(text);
    }
}
