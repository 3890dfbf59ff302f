package io.chatty.maintenance.examples.chat.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a message's text says beside its words: what it links to, and whom it is for. */
public final class MessageText {

    private MessageText() {}

    /** Each {@code http://} or {@code https://} that is followed by something, up to the next white space. */
    public static List<String> urls(String text) {
        List<String> urls = new ArrayList<>();
        int from = 0;
        while (true) {
            int start = text.indexOf("http", from);
            if (start < 0) {
                return urls;
            }
            int rest = afterScheme(text, start);
            if (rest < 0 || rest == text.length() || isWhiteSpace(text.charAt(rest))) {
                from = start + 1;
                continue;
            }
            int end = rest;
            while (end < text.length() && !isWhiteSpace(text.charAt(end))) {
                end++;
            }
            urls.add(text.substring(start, end));
            from = end;
        }
    }

    private static int afterScheme(String text, int start) {
        for (String scheme : List.of("http://", "https://")) {
            if (text.startsWith(scheme, start)) {
                return start + scheme.length();
            }
        }
        return -1;
    }

    /** What stands before the first {@code :} or {@code ,} that is followed by white space or by the end. */
    public static Optional<String> addressee(String text) {
        for (int i = 0; i < text.length(); i++) {
            char mark = text.charAt(i);
            if ((mark == ':' || mark == ',') && (i + 1 == text.length() || isWhiteSpace(text.charAt(i + 1)))) {
                return Optional.of(text.substring(0, i));
            }
        }
        return Optional.empty();
    }

    /** White space of any script: no-break spaces and NEL too, which Java's own answer leaves out. */
    private static boolean isWhiteSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
