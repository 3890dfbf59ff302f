package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.PositionText;
import io.chatty.maintenance.task.Cursor;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a cleanup stands, as text: {@code pass all|locked step walk =value,=value due of cap pieces
 * =file,=last,=full,=value}, with {@code -} for what is none, left away at the end; names and values are URL-encoded.
 *
 * @param pass 0 while it counts what is due, 1 while it removes it, 2 when it looks once more at what was locked
 * @param lockedRows whether rows were left out in this pass because the host had locked them
 * @param step the name of the step
 * @param walk the name of the step's walk
 * @param position the values of the walk's columns in the last row that was looked at; empty at the step's begin
 * @param due how many messages were counted as due so far, in pass 0
 * @param of how many messages the table has, in pass 0
 * @param cap how far it is with the size cap
 * @param upTo up to where the walk goes on from the position, see {@link Piece}; empty for its end
 * @param others pieces of the walk that are left beside that one
 * @param written what was written to a file behind the position, and is to be removed by the next batch; empty if nothing was
 */
public record CleanupCursor(
        int pass,
        boolean lockedRows,
        String step,
        String walk,
        List<String> position,
        long due,
        long of,
        CapState cap,
        List<String> upTo,
        List<Piece> others,
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

        private String text() {
            List<String> words = new ArrayList<>(List.of(file, last ? "last" : "", full ? "full" : ""));
            words.addAll(end);
            return PositionText.of(words);
        }

        private static Written parse(String text) {
            List<String> words = PositionText.parse(text);
            return new Written(
                    words.get(0),
                    words.subList(3, words.size()),
                    words.get(1).equals("last"),
                    words.get(2).equals("full"));
        }
    }

    /** For a walk that is in one piece. */
    public CleanupCursor(
            int pass,
            boolean lockedRows,
            String step,
            String walk,
            List<String> position,
            long due,
            long of,
            CapState cap) {
        this(pass, lockedRows, step, walk, position, due, of, cap, List.of(), List.of(), Optional.empty());
    }

    static final CleanupCursor COUNTING = new CleanupCursor(0, false, "", "", List.of(), 0, 0, CapState.NONE);
    static final CleanupCursor REMOVING = new CleanupCursor(1, false, "", "", List.of(), 0, 0, CapState.NONE);

    public static CleanupCursor parse(Cursor cursor) {
        String[] words = cursor.text().split(" ", -1);
        List<Piece> pieces = words.length > 8 && !words[8].equals("-")
                ? Stream.of(words[8].split(";", -1)).map(Piece::parse).toList()
                : List.of();
        return new CleanupCursor(
                Integer.parseInt(words[0]),
                words[1].equals("locked"),
                decode(words[2]),
                decode(words[3]),
                PositionText.parse(words[4]),
                Long.parseLong(words[5]),
                Long.parseLong(words[6]),
                words.length > 7 && !words[7].equals("-") ? CapState.parse(words[7]) : CapState.NONE,
                pieces.isEmpty() ? List.of() : pieces.get(0).upTo(),
                pieces.isEmpty() ? List.of() : pieces.subList(1, pieces.size()),
                words.length > 9 ? Optional.of(Written.parse(words[9])) : Optional.empty());
    }

    CleanupCursor with(Written file) {
        return new CleanupCursor(pass, lockedRows, step, walk, position, due, of, cap, upTo, others, Optional.of(file));
    }

    /** The same, to go on with the first of those pieces. */
    CleanupCursor with(List<Piece> pieces) {
        return new CleanupCursor(
                pass,
                lockedRows,
                step,
                walk,
                pieces.get(0).after(),
                due,
                of,
                cap,
                pieces.get(0).upTo(),
                List.copyOf(pieces.subList(1, pieces.size())),
                written);
    }

    public Cursor toCursor() {
        StringBuilder text = new StringBuilder(pass + " " + (lockedRows ? "locked" : "all") + " " + encode(step) + " "
                + encode(walk) + " " + PositionText.of(position) + " " + due + " " + of);
        boolean inPieces = !upTo.isEmpty() || !others.isEmpty();
        if (!cap.equals(CapState.NONE) || inPieces || written.isPresent()) {
            text.append(' ').append(cap.equals(CapState.NONE) ? "-" : cap.text());
        }
        if (inPieces) {
            text.append(' ').append(new Piece(List.of(), upTo).text()); // it begins at the position
            others.forEach(piece -> text.append(';').append(piece.text()));
        } else if (written.isPresent()) {
            text.append(" -");
        }
        written.ifPresent(file -> text.append(' ').append(file.text()));
        return new Cursor(text.toString());
    }

    private static String encode(String word) {
        return URLEncoder.encode(word, StandardCharsets.UTF_8);
    }

    private static String decode(String word) {
        return URLDecoder.decode(word, StandardCharsets.UTF_8);
    }
}
