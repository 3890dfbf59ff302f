package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.Cursor;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a cleanup stands, as text: {@code pass all|locked step walk =value,=value due of cap}, with {@code -} for no position; names
 * and values are URL-encoded.
 *
 * @param pass 0 while it counts what is due, 1 while it removes it, 2 when it looks once more at what was locked
 * @param lockedRows whether rows were left out in this pass because the host had locked them
 * @param step the name of the step
 * @param walk the name of the step's walk
 * @param position the values of the walk's columns in the last row that was looked at; empty at the step's begin
 * @param due how many messages were counted as due so far, in pass 0
 * @param of how many messages the table has, in pass 0
 * @param cap how far it is with the size cap
 */
record CleanupCursor(
        int pass,
        boolean lockedRows,
        String step,
        String walk,
        List<String> position,
        long due,
        long of,
        CapState cap) {

    static final CleanupCursor COUNTING = new CleanupCursor(0, false, "", "", List.of(), 0, 0, CapState.NONE);
    static final CleanupCursor REMOVING = new CleanupCursor(1, false, "", "", List.of(), 0, 0, CapState.NONE);

    static CleanupCursor parse(Cursor cursor) {
        String[] words = cursor.text().split(" ", -1);
        return new CleanupCursor(
                Integer.parseInt(words[0]),
                words[1].equals("locked"),
                decode(words[2]),
                decode(words[3]),
                words[4].equals("-")
                        ? List.of()
                        : Arrays.stream(words[4].split(",", -1))
                                .map(value -> decode(value).substring(1))
                                .toList(),
                Long.parseLong(words[5]),
                Long.parseLong(words[6]),
                words.length > 7 ? CapState.parse(words[7]) : CapState.NONE);
    }

    Cursor toCursor() {
        String values = position.isEmpty()
                ? "-"
                : position.stream().map(value -> encode("=" + value)).collect(Collectors.joining(","));
        return new Cursor(pass + " " + (lockedRows ? "locked" : "all") + " " + encode(step) + " " + encode(walk) + " "
                + values + " " + due + " " + of
                + (cap.equals(CapState.NONE) ? "" : " " + cap.text()));
    }

    private static String encode(String word) {
        return URLEncoder.encode(word, StandardCharsets.UTF_8);
    }

    private static String decode(String word) {
        return URLDecoder.decode(word, StandardCharsets.UTF_8);
    }
}
