package io.chatty.maintenance.jdbc.internal.file;

import java.util.ArrayList;
import java.util.List;

/**
 * The texts and numbers in a JSON text, at any depth, or in an array as PostgreSQL writes it. It takes no offence at what is no
 * JSON: its words are given then, since one that is overlooked could cost a file.
 */
final class JsonTexts {

    private static final String BETWEEN = "{}[],:";

    private final String text;
    private int at;

    private JsonTexts(String text) {
        this.text = text;
    }

    /**
     * Its values.
     *
     * @param names whether those of fields count, too
     */
    static List<String> of(String text, boolean names) {
        return new JsonTexts(text).read(names);
    }

    private List<String> read(boolean names) {
        List<String> found = new ArrayList<>();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                String quoted = quoted();
                if (names || !isName()) {
                    found.add(quoted);
                }
            } else if (isBetween(c)) {
                at++;
            } else {
                String word = word();
                if (!word.equals("null") && !word.equals("NULL") && !word.equals("true") && !word.equals("false")) {
                    found.add(word);
                }
            }
        }
        return found;
    }

    private static boolean isBetween(char c) {
        return Character.isWhitespace(c) || BETWEEN.indexOf(c) >= 0;
    }

    /** Whether what was just read names a field. */
    private boolean isName() {
        int next = at;
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
        return next < text.length() && text.charAt(next) == ':';
    }

    private String word() {
        int begin = at;
        while (at < text.length() && !isBetween(text.charAt(at)) && text.charAt(at) != '"') {
            at++;
        }
        return text.substring(begin, at);
    }

    private String quoted() {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            value.append(c == '\\' && at < text.length() ? escaped() : c);
        }
        at++;
        return value.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> {
                int code = at + 4 <= text.length() ? code(text.substring(at, at + 4)) : -1;
                at += code < 0 ? 0 : 4;
                yield code < 0 ? c : (char) code;
            }
            default -> c;
        };
    }

    private static int code(String digits) {
        int code = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = Character.digit(digits.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            code = code * 16 + digit;
        }
        return code;
    }
}
