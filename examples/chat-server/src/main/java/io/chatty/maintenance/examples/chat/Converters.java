package io.chatty.maintenance.examples.chat;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How arguments are read; each says what was given and what is allowed. */
final class Converters {

    private Converters() {}

    private static TypeConversionException refused(String given, String allowed) {
        return new TypeConversionException("\"" + given + "\" given, allowed is " + allowed);
    }

    /** An instant. */
    static final class ToInstant implements ITypeConverter<Instant> {

        private static final Instant FIRST = Instant.EPOCH;
        private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

        @Override
        public Instant convert(String given) {
            String allowed = "an ISO-8601 instant from " + FIRST + " to " + LAST + ", such as 2026-01-31T12:00:00Z";
            try {
                Instant instant = Instant.parse(given);
                if (!instant.isBefore(FIRST) && !instant.isAfter(LAST)) {
                    return instant;
                }
            } catch (DateTimeException e) {
                throw refused(given, allowed);
            }
            throw refused(given, allowed);
        }
    }

    /** A time span. */
    static final class ToDuration implements ITypeConverter<Duration> {

        private static final Duration LONGEST = Duration.ofDays(3_652_425);

        @Override
        public Duration convert(String given) {
            String allowed = "an ISO-8601 duration in days, hours, minutes and seconds, longer than zero and of 10,000"
                    + " years at most, such as P365D or PT36H";
            try {
                Duration duration = Duration.parse(given);
                if (!duration.isZero() && !duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
                    return duration;
                }
            } catch (DateTimeException | ArithmeticException e) {
                throw refused(given, allowed);
            }
            throw refused(given, allowed);
        }
    }

    /** A count. */
    static final class ToCount implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String given) {
            return number(given, Integer.MAX_VALUE);
        }
    }

    /** A port. */
    static final class ToPort implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String given) {
            return number(given, 65_535);
        }
    }

    private static int number(String given, int most) {
        try {
            int number = Integer.parseInt(given);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw refused(given, "a whole number from 0 to " + most);
        }
        throw refused(given, "a whole number from 0 to " + most);
    }
}
