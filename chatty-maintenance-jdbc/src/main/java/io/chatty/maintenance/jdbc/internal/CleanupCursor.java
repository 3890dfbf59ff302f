package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.Cursor;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a cleanup stands, as text: {@code pass all|locked step walk =value,=value}, with {@code -} for no position; names and
 * values are URL-encoded.
 *
 * @param pass 1, or 2 when it looks once more at what was locked in the first
 * @param lockedRows whether rows were left out in this pass because the host had locked them
 * @param step the name of the step
 * @param walk the name of the step's walk
 * @param position the values of the walk's columns in the last row that was looked at; empty at the step's begin
 */
record CleanupCursor(int pass, boolean lockedRows, String step, String walk, List<String> position) {

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
                                .toList());
    }

    Cursor toCursor() {
        String values = position.isEmpty()
                ? "-"
                : position.stream().map(value -> encode("=" + value)).collect(Collectors.joining(","));
        return new Cursor(
                pass + " " + (lockedRows ? "locked" : "all") + " " + encode(step) + " " + encode(walk) + " " + values);
    }

    private static String encode(String word) {
        return URLEncoder.encode(word, StandardCharsets.UTF_8);
    }

    private static String decode(String word) {
        return URLDecoder.decode(word, StandardCharsets.UTF_8);
    }
}
