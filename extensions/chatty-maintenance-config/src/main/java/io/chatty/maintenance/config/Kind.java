package io.chatty.maintenance.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How a value is read. */
@FunctionalInterface
interface Kind<T> {

    Pattern WHOLE = Pattern.compile("[+-]?\\d+");

    /** Without what else Java takes for a number: NaN, Infinity, 0x1p3, 1d. */
    Pattern DECIMAL = Pattern.compile("[+-]?(\\d+\\.?|\\d*\\.\\d+)([eE][+-]?\\d+)?");

    Kind<String> TEXT = value -> {
        String text = plain(value, "a text");
        if (text.isBlank()) {
            throw new IllegalArgumentException("a text that is not blank");
        }
        return text;
    };

    /** Names of columns: one, or several of which none is given twice. */
    Kind<List<String>> COLUMNS = several("the name of a column, or a list of such names");

    Kind<Long> WHOLE_NUMBER = value -> {
        String text = plain(value, "a whole number");
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException("a whole number");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a whole number that is not that large", e);
        }
    };

    Kind<Integer> COUNT = value -> {
        long number = WHOLE_NUMBER.read(value);
        if (number != (int) number) {
            throw new IllegalArgumentException("a whole number up to " + Integer.MAX_VALUE);
        }
        return (int) number;
    };

    Kind<Double> NUMBER = value -> {
        String text = plain(value, "a number");
        double number = DECIMAL.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("a number, such as 0.75");
        }
        return number;
    };

    Kind<Boolean> FLAG = value -> {
        if (value.valueType() == ConfigValueType.BOOLEAN) {
            return (Boolean) value.unwrapped();
        }
        return switch (plain(value, "true or false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false");
        };
    };

    Kind<Duration> DURATION = value -> Units.duration(plain(value, Units.DURATION));

    Kind<Long> BYTES = value -> Units.bytes(plain(value, Units.SIZE));

    Kind<LocalTime> TIME_OF_DAY = value -> {
        String allowed = "a time of day in quotes, \"00:00\" to \"23:59:59\"";
        try {
            return LocalTime.parse(plain(value, allowed));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(allowed, e);
        }
    };

    Kind<ZoneId> ZONE = value -> {
        String text = plain(value, "the id of a time zone, such as Europe/Berlin");
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "the id of a time zone, such as Europe/Berlin" + Nearest.hint(text, ZoneId.getAvailableZoneIds()),
                    e);
        }
    };

    Kind<Path> PATH = value -> {
        try {
            return Path.of(TEXT.read(value));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("the path of a file or folder", e);
        }
    };

    /** A directory of a store of files, or all of it. */
    Kind<String> DIRECTORY = value -> {
        if (value.unwrapped() instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(
                "a directory of the store with / at its end, such as uploads/, or \"\" for all of it");
    };

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it cannot be; its message is what is allowed
     */
    T read(ConfigValue value);

    /**
     * One text, or several of which none is given twice.
     *
     * @param allowed what a person is told
     */
    static Kind<List<String>> several(String allowed) {
        return value -> {
            List<String> texts = new ArrayList<>();
            for (ConfigValue each : value instanceof ConfigList list ? list : List.of(value)) {
                try {
                    texts.add(TEXT.read(each));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(allowed + ", each " + e.getMessage(), e);
                }
            }
            if (texts.isEmpty()) {
                throw new IllegalArgumentException(allowed + " with at least one in it");
            }
            if (Set.copyOf(texts).size() < texts.size()) {
                throw new IllegalArgumentException(
                        allowed + ", each of them once, but not " + String.join(", ", texts));
            }
            return List.copyOf(texts);
        };
    }

    /** One of some words: constants of an enum, in lower case and with {@code -}. */
    static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : Objects.requireNonNull(type.getEnumConstants())) {
            words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        String allowed = String.join(", ", words.keySet());
        return value -> {
            String text = plain(value, allowed);
            E found = words.get(text);
            if (found == null) {
                throw new IllegalArgumentException(allowed + Nearest.hint(text, words.keySet()));
            }
            return found;
        };
    }

    private static String plain(ConfigValue value, String allowed) {
        return switch (value.valueType()) {
            case STRING -> (String) value.unwrapped();
            case NUMBER -> asWritten(value);
            default -> throw new IllegalArgumentException(allowed);
        };
    }

    /** A number as it was written: the room 007 is not the room 7. Neither render() nor unwrapped() tell the two apart. */
    static String asWritten(ConfigValue number) {
        return number.atKey("number").getString("number");
    }

    /** What was given at that path, for a person: without what is secret, and not too long. */
    static String given(String path, ConfigValue value) {
        // Masked first: a part of a URL is not always known as one.
        String text = Secrets.masked(path, whole(value));
        return text.length() <= 100 ? text : text.substring(0, 97) + "…";
    }

    private static String whole(ConfigValue value) {
        return switch (value.valueType()) {
            case STRING -> "\"" + value.unwrapped() + "\"";
            case OBJECT ->
                "an object {"
                        + ((ConfigObject) value).keySet().stream().sorted().collect(Collectors.joining(", "))
                        + "}";
            case LIST -> "a list of " + ((ConfigList) value).size();
            case NULL -> "null";
            case NUMBER -> asWritten(value);
            default -> value.render();
        };
    }
}
