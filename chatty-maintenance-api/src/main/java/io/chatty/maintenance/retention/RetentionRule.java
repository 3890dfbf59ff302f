package io.chatty.maintenance.retention;

import java.time.Duration;

/** How long messages are kept. */
public sealed interface RetentionRule {

    /** Kept for ever. */
    static RetentionRule keepForever() {
        return KeepForever.INSTANCE;
    }

    /**
     * Kept for that time after they were sent. The cut-off is exclusive: a message exactly that old stays.
     *
     * @throws IllegalArgumentException if the time is zero or negative, or longer than 10,000 years
     */
    static RetentionRule keepFor(Duration time) {
        return new KeepFor(time);
    }

    /** See {@link RetentionRule#keepForever()}. */
    enum KeepForever implements RetentionRule {
        /** The one instance. */
        INSTANCE;

        @Override
        public String toString() {
            return "keep forever";
        }
    }

    /**
     * See {@link RetentionRule#keepFor(Duration)}.
     *
     * @param time how long
     */
    record KeepFor(Duration time) implements RetentionRule {

        private static final Duration LONGEST = Duration.ofDays(3_652_425);

        /** @throws IllegalArgumentException if the time is zero or negative, or longer than 10,000 years */
        public KeepFor {
            if (time.isZero() || time.isNegative()) {
                throw new IllegalArgumentException("keepFor: " + time + " given, must be longer than zero; to keep for"
                        + " ever use keepForever()");
            }
            if (time.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("keepFor: " + time
                        + " given, at most 10,000 years allowed; to keep for ever use keepForever()");
            }
        }

        @Override
        public String toString() {
            return "keep for " + time;
        }
    }
}
