package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.Cursor;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a cleanup stands, as text: {@code pass all|locked step walk =value,=value due of cap =file,=last,=full,=value}, with {@code -} for no position; names
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
 * @param written what was written to a file behind the position, and is to be removed by the next batch; empty if nothing was
 */
record CleanupCursor(
        int pass,
        boolean lockedRows,
        String step,
        String walk,
        List<String> position,
        long due,
        long of,
        CapState cap,
        Optional<Written> written) {

    /**
     * Messages that stand in an archive file and may go.
     *
     * @param file its name
     * @param end the position of the last of them
     * @param last whether the step ends with them
     * @param full whether no more may go for the size cap
     */
    record Written(String file, List<String> end, boolean last, boolean full) {

        private List<String> words() {
            List<String> words = new ArrayList<>(List.of(file, last ? "last" : "", full ? "full" : ""));
            words.addAll(end);
            return words;
        }

        private static Written of(List<String> words) {
            return new Written(
                    words.get(0),
                    words.subList(3, words.size()),
                    words.get(1).equals("last"),
                    words.get(2).equals("full"));
        }
    }

    CleanupCursor(
            int pass,
            boolean lockedRows,
            String step,
            String walk,
            List<String> position,
            long due,
            long of,
            CapState cap) {
        this(pass, lockedRows, step, walk, position, due, of, cap, Optional.empty());
    }

    CleanupCursor with(Written file) {
        return new CleanupCursor(pass, lockedRows, step, walk, position, due, of, cap, Optional.of(file));
    }

    static final CleanupCursor COUNTING = new CleanupCursor(0, false, "", "", List.of(), 0, 0, CapState.NONE);
    static final CleanupCursor REMOVING = new CleanupCursor(1, false, "", "", List.of(), 0, 0, CapState.NONE);

    static CleanupCursor parse(Cursor cursor) {
        String[] words = cursor.text().split(" ", -1);
        return new CleanupCursor(
                Integer.parseInt(words[0]),
                words[1].equals("locked"),
                decode(words[2]),
                decode(words[3]),
                values(words[4]),
                Long.parseLong(words[5]),
                Long.parseLong(words[6]),
                words.length > 7 ? CapState.parse(words[7]) : CapState.NONE,
                words.length > 8 ? Optional.of(Written.of(values(words[8]))) : Optional.empty());
    }

    Cursor toCursor() {
        return new Cursor(pass + " " + (lockedRows ? "locked" : "all") + " " + encode(step) + " " + encode(walk) + " "
                + word(position) + " " + due + " " + of
                + (cap.equals(CapState.NONE) && written.isEmpty() ? "" : " " + cap.text())
                + written.map(file -> " " + word(file.words())).orElse(""));
    }

    private static String word(List<String> values) {
        return values.isEmpty()
                ? "-"
                : values.stream().map(value -> encode("=" + value)).collect(Collectors.joining(","));
    }

    private static List<String> values(String word) {
        return word.equals("-")
                ? List.of()
                : Arrays.stream(word.split(",", -1))
                        .map(value -> decode(value).substring(1))
                        .toList();
    }

    private static String encode(String word) {
        return URLEncoder.encode(word, StandardCharsets.UTF_8);
    }

    private static String decode(String word) {
        return URLDecoder.decode(word, StandardCharsets.UTF_8);
    }
}
