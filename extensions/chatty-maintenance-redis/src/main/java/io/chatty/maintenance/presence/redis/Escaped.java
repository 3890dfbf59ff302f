package io.chatty.maintenance.presence.redis;

/**
 * Texts of hosts and users without the {@code |} that separates fields, and without half characters, which UTF-8 cannot tell
 * apart: these, and {@code %}, are written as {@code %} and four hexadecimal digits.
 */
final class Escaped {

    private Escaped() {}

    static String of(String text) {
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                if (escaped != null) {
                    escaped.append(c).append(text.charAt(i + 1));
                }
                i++;
            } else if (c == '|' || c == '%' || Character.isSurrogate(c)) {
                if (escaped == null) {
                    escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
                }
                escaped.append(String.format("%%%04x", (int) c));
            } else if (escaped != null) {
                escaped.append(c);
            }
        }
        return escaped == null ? text : escaped.toString();
    }

    static String undo(String escaped) {
        int at = escaped.indexOf('%');
        if (at < 0) {
            return escaped;
        }
        StringBuilder text = new StringBuilder(escaped.length());
        int from = 0;
        while (at >= 0) {
            text.append(escaped, from, at).append((char) Integer.parseInt(escaped.substring(at + 1, at + 5), 16));
            from = at + 5;
            at = escaped.indexOf('%', from);
        }
        return text.append(escaped, from, escaped.length()).toString();
    }
}
