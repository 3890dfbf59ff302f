package io.chatty.maintenance.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes out of the parser's messages what they quote of a file: it may be a part of a password whose quotes were forgotten.
 * Single signs stay, since they are what mistakes are about, and so do the names of variables.
 */
final class Quotation {

    private static final Pattern VALUES = Pattern.compile("(?s), \\w+\\(.*\\) and \\w+\\(.*\\) are not compatible");
    private static final Pattern QUOTED = Pattern.compile("(?s)'(.*?)'(?=[\\s:,.)]|$)");
    private static final String RENAME = ", or you may be able to rename the file .properties rather than .conf";
    private static final Pattern TRACE = Pattern.compile("(?s) Trace: .*");

    private Quotation() {}

    /** The message without them, and without advice and traces that lead nobody anywhere. */
    static String masked(String message) {
        String text = VALUES.matcher(message.replace(RENAME, "")).replaceAll("");
        text = QUOTED.matcher(text)
                .replaceAll(
                        quoted -> isSign(quoted.group(1)) ? Matcher.quoteReplacement(quoted.group()) : Secrets.MASK);
        return TRACE.matcher(text).replaceAll("");
    }

    private static boolean isSign(String quoted) {
        return quoted.length() <= 1 || quoted.equals("newline");
    }
}
