package io.chatty.maintenance.jdbc.internal;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

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
        return text(after) + "/" + text(upTo);
    }

    static Piece parse(String text) {
        String[] ends = text.split("/", -1);
        return new Piece(position(ends[0]), position(ends[1]));
    }

    /** A position as one word, {@code -} for none. */
    static String text(List<String> position) {
        return position.isEmpty()
                ? "-"
                : position.stream()
                        .map(value -> URLEncoder.encode("=" + value, StandardCharsets.UTF_8))
                        .collect(Collectors.joining(","));
    }

    static List<String> position(String text) {
        return text.equals("-")
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .map(value ->
                                URLDecoder.decode(value, StandardCharsets.UTF_8).substring(1))
                        .toList();
    }
}
