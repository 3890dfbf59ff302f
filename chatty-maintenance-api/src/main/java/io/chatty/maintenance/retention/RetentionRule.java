package io.chatty.maintenance.retention;

import java.time.Duration;
import java.util.Optional;

/** How long messages are kept. */
public sealed interface RetentionRule {

    /** For how long after it was sent a message is kept whatever else holds: empty for ever, zero if only a count keeps. */
    Optional<Duration> keptFor();

    /** How many of each room's latest messages are kept however old they are; 0 if none is. */
    int latest();

    /** Kept for ever. */
    static RetentionRule keepForever() {
        return KeepForever.INSTANCE;
    }

    /**
     * Kept for that time after they were sent. The cut-off is exclusive: a message exactly that old stays.
     *
     * @throws IllegalArgumentException if the time is zero or negative, or longer than 10,000 years
     */
    static KeepFor keepFor(Duration time) {
        return new KeepFor(time);
    }

    /**
     * The latest n of each room are kept, however old; the others go, however young, once they are sent: as for each rule, a
     * message that bears the time of asking or a later one stays. Those that a user deleted do not count. A message in no room is
     * kept for ever by it.
     *
     * @throws IllegalArgumentException if that is less than 1
     */
    static RetentionRule keepLatest(int n) {
        return new KeepLatest(n);
    }

    /** See {@link RetentionRule#keepForever()}. */
    enum KeepForever implements RetentionRule {
        /** The one instance. */
        INSTANCE;

        @Override
        public Optional<Duration> keptFor() {
            return Optional.empty();
        }

        @Override
        public int latest() {
            return 0;
        }

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

        /** @throws IllegalArgumentException if the time is zero or negative, or longer than 10,000 years */
        public KeepFor {
            KeptTime.checked("keepFor", time, "to keep for ever use keepForever()");
        }

        /**
         * Kept while either holds: they are not older than this time, or they are among the latest n of their room.
         *
         * @throws IllegalArgumentException if n is less than 1
         */
        public RetentionRule andLatest(int n) {
            return new KeepForAndLatest(time, n);
        }

        @Override
        public Optional<Duration> keptFor() {
            return Optional.of(time);
        }

        @Override
        public int latest() {
            return 0;
        }

        @Override
        public String toString() {
            return "keep for " + KeptTime.text(time);
        }
    }

    /**
     * See {@link RetentionRule#keepLatest(int)}.
     *
     * @param latest how many of each room
     */
    record KeepLatest(int latest) implements RetentionRule {

        /** @throws IllegalArgumentException if that is less than 1 */
        public KeepLatest {
            if (latest < 1) {
                throw new IllegalArgumentException("keepLatest: " + latest + " given, must be at least 1");
            }
        }

        @Override
        public Optional<Duration> keptFor() {
            return Optional.of(Duration.ZERO);
        }

        @Override
        public String toString() {
            return "keep the latest " + latest;
        }
    }

    /**
     * See {@link KeepFor#andLatest(int)}.
     *
     * @param time how long
     * @param latest how many of each room, however old
     */
    record KeepForAndLatest(Duration time, int latest) implements RetentionRule {

        /**
         * @throws IllegalArgumentException if the time is zero or negative, or longer than 10,000 years, or the count is less
         *     than 1
         */
        public KeepForAndLatest {
            KeptTime.checked("keepFor", time, "to keep for ever use keepForever()");
            if (latest < 1) {
                throw new IllegalArgumentException("andLatest: " + latest + " given, must be at least 1");
            }
        }

        @Override
        public Optional<Duration> keptFor() {
            return Optional.of(time);
        }

        @Override
        public String toString() {
            return "keep for " + KeptTime.text(time) + " and the latest " + latest;
        }
    }
}
