package io.chatty.maintenance.jdbc.internal.database;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Where a walk stands, as one word of letters that URLs can have, and commas. */
public final class PositionText {

    private PositionText() {}

    /** A position as one word, {@code -} for none. */
    public static String of(List<String> position) {
        return position.isEmpty()
                ? "-"
                : position.stream()
                        .map(value -> URLEncoder.encode("=" + value, StandardCharsets.UTF_8))
                        .collect(Collectors.joining(","));
    }

    /** The position of such a word. */
    public static List<String> parse(String text) {
        return text.equals("-")
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .map(value ->
                                URLDecoder.decode(value, StandardCharsets.UTF_8).substring(1))
                        .toList();
    }
}
