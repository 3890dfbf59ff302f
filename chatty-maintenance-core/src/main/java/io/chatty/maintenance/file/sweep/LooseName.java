package io.chatty.maintenance.file.sweep;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * A form of a name that is the same for all names that people, and some systems, take for the same: in other case, in another
 * Unicode form, percent-encoded or not, with {@code +} for a space, with a slash before it.
 */
final class LooseName {

    private LooseName() {}

    static String of(String name) {
        String decoded = name;
        for (int i = 0; i < 2 && decoded.indexOf('%') >= 0; i++) { // encoded twice is seen, too
            decoded = decode(decoded);
        }
        String relative = way(decoded.replace('+', ' ')
                .replace('\\', '/')
                .replace("&amp;", "&") // out of a text in HTML
                .strip());
        if (isAscii(relative)) {
            return relative.toLowerCase(Locale.ROOT);
        }
        // Upper case first, so that ß, ſ and the like meet; NFKC, so that full-width letters do.
        return Normalizer.normalize(
                Normalizer.normalize(relative, Normalizer.Form.NFKC)
                        .toUpperCase(Locale.ROOT)
                        .toLowerCase(Locale.ROOT),
                Normalizer.Form.NFC);
    }

    /** The shortest way to the same file. */
    private static String way(String path) {
        if (isShortest(path)) {
            return path;
        }
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    private static boolean isShortest(String path) {
        char before = '/';
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (before == '/' && (c == '/' || c == '.')) {
                return false;
            }
            before = c;
        }
        return before != '/';
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Decodes what is percent-encoded UTF-8, and leaves the rest as it is. */
    private static String decode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] decoded = new byte[bytes.length];
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            int value = bytes[i] == '%' && i + 2 < bytes.length ? hex(bytes[i + 1]) * 16 + hex(bytes[i + 2]) : -1;
            if (value >= 0 && hex(bytes[i + 1]) >= 0 && hex(bytes[i + 2]) >= 0) {
                decoded[length++] = (byte) value;
                i += 2;
            } else {
                decoded[length++] = bytes[i];
            }
        }
        return new String(decoded, 0, length, StandardCharsets.UTF_8);
    }

    private static int hex(byte digit) {
        return Character.digit(digit, 16);
    }
}
