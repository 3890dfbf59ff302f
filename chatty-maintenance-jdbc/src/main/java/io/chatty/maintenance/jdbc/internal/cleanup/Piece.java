package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.PositionText;
import java.util.List;

/**
 * A piece of a walk. Positions are the values of the walk's columns, or of the first of them alone: then of all rows that have
 * it there.
 *
 * @param after after which position it begins; empty for the walk's begin
 * @param upTo up to which position it goes, that one included; empty for the walk's end
 */
record Piece(List<String> after, List<String> upTo) {

    /** One word, of letters that URLs can have, and {@code ,} and {@code /}. */
    String text() {
        return PositionText.of(after) + "/" + PositionText.of(upTo);
    }

    static Piece parse(String text) {
        String[] ends = text.split("/", -1);
        return new Piece(PositionText.parse(ends[0]), PositionText.parse(ends[1]));
    }
}
