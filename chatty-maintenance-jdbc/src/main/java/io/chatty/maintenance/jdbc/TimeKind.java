package io.chatty.maintenance.jdbc;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** How a column tells a time. */
public sealed interface TimeKind {

    /** A timestamp with a time zone; on MariaDB a {@code TIMESTAMP}, which is kept in UTC. */
    static TimeKind zoned() {
        return Zoned.INSTANCE;
    }

    /**
     * A date and time without a zone, as that zone's clock showed it. Of an hour that the clock showed twice, nothing is due
     * before all of it is.
     */
    static TimeKind local(ZoneId zone) {
        return new Local(zone);
    }

    /** A whole number: milliseconds since 1970-01-01T00:00Z. Zero or less tells no time. */
    static TimeKind epochMillis() {
        return EpochMillis.INSTANCE;
    }

    /** A whole number: seconds since 1970-01-01T00:00Z. Zero or less tells no time. */
    static TimeKind epochSeconds() {
        return EpochSeconds.INSTANCE;
    }

    /**
     * Text: milliseconds since 1970-01-01T00:00Z, filled up with zeros on the left. What is no such text tells no time, nor
     * do zeros alone.
     *
     * @param digits how many digits each has, 13 to 19
     * @throws IllegalArgumentException if there are fewer or more
     */
    static TimeKind epochMillisText(int digits) {
        return new EpochMillisText(digits);
    }

    /**
     * Text that sorts as the times do, such as {@code uuuu-MM-dd HH:mm:ss} or {@code uuuu-MM-dd'T'HH:mm:ss.SSS'Z'}. What does
     * not look like it tells no time.
     *
     * @param pattern as {@link DateTimeFormatter} has it: from the year down to the second or its parts, each as wide in
     *     every value
     * @param zone whose clock it shows; of an hour that the clock showed twice, nothing is due before all of it is
     * @throws IllegalArgumentException if the pattern is none, or such texts do not sort as their times
     */
    static TimeKind text(String pattern, ZoneId zone) {
        return new Text(pattern, zone);
    }

    /** See {@link TimeKind#zoned()}. */
    enum Zoned implements TimeKind {
        /** The one instance. */
        INSTANCE
    }

    /**
     * See {@link TimeKind#local(ZoneId)}.
     *
     * @param zone whose clock
     */
    record Local(ZoneId zone) implements TimeKind {
        /** A zone must be given. */
        public Local {
            Objects.requireNonNull(zone, "zone");
        }
    }

    /** See {@link TimeKind#epochMillis()}. */
    enum EpochMillis implements TimeKind {
        /** The one instance. */
        INSTANCE
    }

    /** See {@link TimeKind#epochSeconds()}. */
    enum EpochSeconds implements TimeKind {
        /** The one instance. */
        INSTANCE
    }

    /**
     * See {@link TimeKind#epochMillisText(int)}.
     *
     * @param digits how many each has
     */
    record EpochMillisText(int digits) implements TimeKind {
        /** @throws IllegalArgumentException if there are fewer than 13 or more than 19 */
        public EpochMillisText {
            if (digits < 13 || digits > 19) {
                throw new IllegalArgumentException("epochMillisText: " + digits + " digits given, 13 to 19 allowed");
            }
        }
    }

    /**
     * See {@link TimeKind#text(String, ZoneId)}.
     *
     * @param pattern as {@link DateTimeFormatter} has it
     * @param zone whose clock
     */
    record Text(String pattern, ZoneId zone) implements TimeKind {

        private static final List<LocalDateTime> RISING = List.of(
                LocalDateTime.of(1999, 12, 31, 23, 59, 59, 0),
                LocalDateTime.of(2009, 1, 31, 12, 0, 0, 0),
                LocalDateTime.of(2009, 2, 9, 9, 9, 9, 0),
                LocalDateTime.of(2009, 2, 9, 9, 9, 10, 0),
                LocalDateTime.of(2009, 2, 9, 9, 10, 8, 0),
                LocalDateTime.of(2009, 2, 9, 10, 8, 7, 0),
                LocalDateTime.of(2009, 2, 9, 22, 7, 6, 0),
                LocalDateTime.of(2009, 2, 10, 1, 6, 5, 0),
                LocalDateTime.of(2009, 10, 1, 0, 5, 4, 0),
                LocalDateTime.of(2010, 1, 1, 0, 0, 0, 0));

        /** @throws IllegalArgumentException if the pattern is none, or such texts do not sort as their times */
        public Text {
            Objects.requireNonNull(zone, "zone");
            List<String> texts;
            try {
                DateTimeFormatter formatter = DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
                texts = RISING.stream().map(formatter::format).toList();
            } catch (DateTimeException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "text: \"" + pattern + "\" is no pattern of a date and time: " + e.getMessage(), e);
            }
            for (int i = 1; i < texts.size(); i++) {
                if (texts.get(i).length() != texts.get(0).length()
                        || texts.get(i).compareTo(texts.get(i - 1)) <= 0) {
                    throw new IllegalArgumentException("text: \"" + pattern
                            + "\" given, but such texts do not sort as their times (" + texts.get(i - 1) + ", "
                            + texts.get(i)
                            + "); allowed are year to second, largest first, each as wide in every value");
                }
            }
        }

        /** How a date and time is written. */
        public DateTimeFormatter formatter() {
            return DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
        }
    }
}
