package io.chatty.maintenance.file.sweep;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Patterns of file names, as shells have them. */
final class NamePattern {

    private NamePattern() {}

    /**
     * What matches the pattern below a prefix.
     *
     * @throws IllegalArgumentException if the pattern is blank, or a brace is not closed
     */
    static Predicate<String> of(String prefix, String pattern) {
        if (pattern.isBlank()) {
            throw new IllegalArgumentException("pattern: \"" + pattern + "\" given; use ** for all files");
        }
        Pattern regex = Pattern.compile(regex(pattern));
        int from = prefix.length();
        return name ->
                regex.matcher(name.substring(Math.min(from, name.length()))).matches();
    }

    private static String regex(String pattern) {
        StringBuilder regex = new StringBuilder("(?:.*/)?"); // in any directory below
        boolean braces = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*') {
                boolean two = i + 1 < pattern.length() && pattern.charAt(i + 1) == '*';
                regex.append(two ? ".*" : "[^/]*");
                i += two ? 1 : 0;
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '{' && !braces) {
                braces = true;
                regex.append("(?:");
            } else if (c == '}' && braces) {
                braces = false;
                regex.append(')');
            } else if (c == ',' && braces) {
                regex.append('|');
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        if (braces) {
            throw new IllegalArgumentException("pattern: \"" + pattern + "\" given, with a brace that is not closed");
        }
        return regex.toString();
    }
}
