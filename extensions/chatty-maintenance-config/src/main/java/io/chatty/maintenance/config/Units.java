package io.chatty.maintenance.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes, as a file writes them. Texts that can be taken for two things are refused. */
final class Units {

    static final String DURATION =
            "a duration: a whole number and one of ms, s, min, h, days, weeks, such as 30 s; or ISO-8601, such as PT30S";
    static final String SIZE = "a size: a whole number and one of B, KiB, MiB, GiB, such as 64 MiB";

    private static final Pattern PARTS = Pattern.compile("([+-]?\\d+)\\s*([A-Za-z]*)");
    private static final Pattern ISO = Pattern.compile("\\bP(?=[-T\\d])[-\\dDTHMS.]*[DHMS]\\b");

    private static final Map<String, ChronoUnit> TIMES = new LinkedHashMap<>();
    private static final Map<String, Long> SIZES = Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    static {
        List.of("ms", "milli", "millis", "millisecond", "milliseconds").forEach(u -> TIMES.put(u, ChronoUnit.MILLIS));
        List.of("s", "sec", "second", "seconds").forEach(u -> TIMES.put(u, ChronoUnit.SECONDS));
        List.of("min", "minute", "minutes").forEach(u -> TIMES.put(u, ChronoUnit.MINUTES));
        List.of("h", "hour", "hours").forEach(u -> TIMES.put(u, ChronoUnit.HOURS));
        List.of("d", "day", "days").forEach(u -> TIMES.put(u, ChronoUnit.DAYS));
        List.of("w", "week", "weeks").forEach(u -> TIMES.put(u, ChronoUnit.WEEKS));
    }

    private Units() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException otherwise; its message is what is allowed
     */
    static Duration duration(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(DURATION, e);
            }
        }
        String unit = parts.group(2);
        ChronoUnit known = TIMES.get(unit);
        if (known == null) {
            throw new IllegalArgumentException(DURATION + whyNot(unit));
        }
        try {
            return known.getDuration().multipliedBy(Long.parseLong(parts.group(1)));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("a duration that is not that long", e);
        }
    }

    private static String whyNot(String unit) {
        return switch (unit) {
            case "" -> "; a number without a unit is none";
            case "m", "M" -> "; \"" + unit + "\" can be minutes or months, write min or days";
            case "mo", "month", "months", "y", "year", "years" -> "; \"" + unit + "\" has no fixed length, write days";
            default -> Nearest.hint(unit, TIMES.keySet());
        };
    }

    /**
     * Reads a size in bytes.
     *
     * @throws IllegalArgumentException otherwise; its message is what is allowed
     */
    static long bytes(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(SIZE);
        }
        Long factor = SIZES.get(parts.group(2));
        if (factor == null) {
            throw new IllegalArgumentException(SIZE
                    + (parts.group(2).isEmpty()
                            ? "; a number without a unit is none"
                            : Nearest.hint(parts.group(2), SIZES.keySet())));
        }
        try {
            return Math.multiplyExact(factor, Long.parseLong(parts.group(1)));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("a size that is not that large", e);
        }
    }

    /** A duration as a file would write it. */
    static String words(Duration duration) {
        if (duration.isZero()) {
            return "0 s";
        }
        Map<String, Duration> units = new LinkedHashMap<>();
        units.put("days", Duration.ofDays(1));
        units.put("h", Duration.ofHours(1));
        units.put("min", Duration.ofMinutes(1));
        units.put("s", Duration.ofSeconds(1));
        units.put("ms", Duration.ofMillis(1));
        for (Map.Entry<String, Duration> unit : units.entrySet()) {
            long count = duration.dividedBy(unit.getValue());
            if (unit.getValue().multipliedBy(count).equals(duration)) {
                return count + " " + (count == 1 && unit.getKey().equals("days") ? "day" : unit.getKey());
            }
        }
        return duration.toString();
    }

    /** A text whose ISO-8601 durations are replaced by what a file would write. */
    static String inWords(String text) {
        return ISO.matcher(text).replaceAll(found -> Matcher.quoteReplacement(word(found)));
    }

    private static String word(MatchResult found) {
        try {
            return words(Duration.parse(found.group()));
        } catch (DateTimeParseException e) {
            return found.group();
        }
    }
}
