package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.internal.database.Column;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A message's key as one text: as it is where it has one part, else its parts URL-encoded, with a comma between two. */
public final class KeyText {

    private KeyText() {}

    public static String of(List<Object> key) {
        return key.size() == 1
                ? key.get(0).toString()
                : key.stream()
                        .map(part -> URLEncoder.encode(part.toString(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining(","));
    }

    public static List<String> parts(String text, int size) {
        return size == 1
                ? List.of(text)
                : Arrays.stream(text.split(",", -1))
                        .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                        .toList();
    }

    public static List<Object> values(String text, List<Column> key) {
        List<String> parts = parts(text, key.size());
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            String part = parts.get(i);
            Column column = key.get(i);
            values.add(column.value(part)
                    .orElseThrow(() -> new IllegalStateException("\"" + part + "\" is no value of " + column)));
        }
        return values;
    }
}
