package io.chatty.maintenance.presence;

import java.time.Duration;
import java.util.Objects;

/**
 * How a tracker tells who is online. Immutable. Times are kept by a tick: a fiftieth of the shortest of {@link #sessionTimeout},
 * {@link #awayAfter} and {@link #reconnectGrace} (if that is not 0), but 10 ms to 1 s; 200 ms by default. What they bring about comes up to
 * three ticks later, never earlier.
 */
public final class PresenceSettings {

    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration DAY = Duration.ofDays(1);

    private final Duration sessionTimeout;
    private final Duration reconnectGrace;
    private final Duration awayAfter;
    private final Duration quietTime;
    private final Duration eventWindow;
    private final Duration lastSeenGrain;
    private final Duration lastSeenEvery;
    private final int maxSessions;
    private final int maxSessionsOfUser;
    private final Duration choiceEvery;
    private final int choiceBurst;

    private PresenceSettings(Builder builder) {
        sessionTimeout = builder.sessionTimeout;
        reconnectGrace = builder.reconnectGrace;
        awayAfter = builder.awayAfter;
        quietTime = builder.quietTime;
        eventWindow = builder.eventWindow;
        lastSeenGrain = builder.lastSeenGrain;
        lastSeenEvery = builder.lastSeenEvery;
        maxSessions = builder.maxSessions;
        maxSessionsOfUser = builder.maxSessionsOfUser;
        choiceEvery = builder.choiceEvery;
        choiceBurst = builder.choiceBurst;
    }

    /** The defaults. */
    public static PresenceSettings defaults() {
        return new Builder().build();
    }

    /** A builder that starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** After how long without a heartbeat a session has timed out. Default: 60 s. */
    public Duration sessionTimeout() {
        return sessionTimeout;
    }

    /** How often a host should see to a heartbeat of each connection: 5/12 of the timeout, 25 s by default. */
    public Duration heartbeatInterval() {
        return sessionTimeout.multipliedBy(5).dividedBy(12);
    }

    /** How long a session that was lost goes on counting. Default: 10 s. */
    public Duration reconnectGrace() {
        return reconnectGrace;
    }

    /** After how long without activity a session is away. Default: 5 minutes. */
    public Duration awayAfter() {
        return awayAfter;
    }

    /** How long after its start a tracker takes nobody offline for silence or a lost connection. Default: 30 s. */
    public Duration quietTime() {
        return quietTime;
    }

    /** For how long changes are gathered into an event. Default: 500 ms. */
    public Duration eventWindow() {
        return eventWindow;
    }

    /** What times of last seen are cut to, for privacy, and since when a user is offline. Default: 1 minute. */
    public Duration lastSeenGrain() {
        return lastSeenGrain;
    }

    /**
     * How often it is written when users who stay online were seen; those who come and go are written at the next run of the
     * flush. Spread over the time, each user at their own moment. Default: 10 minutes.
     */
    public Duration lastSeenEvery() {
        return lastSeenEvery;
    }

    /** How many sessions a node has at most. Default: 10,000,000. */
    public int maxSessions() {
        return maxSessions;
    }

    /** How many sessions a user has at most. Default: 100. */
    public int maxSessionsOfUser() {
        return maxSessionsOfUser;
    }

    /** How often a user's choice of a status takes effect, once {@link #choiceBurst} are used up. Default: every 10 s. */
    public Duration choiceEvery() {
        return choiceEvery;
    }

    /** How many choices of a user take effect at once. Default: 5. */
    public int choiceBurst() {
        return choiceBurst;
    }

    /** Builds {@link PresenceSettings}. Values that are not allowed are refused with an {@link IllegalArgumentException}. */
    public static final class Builder {

        private Duration sessionTimeout = Duration.ofSeconds(60);
        private Duration reconnectGrace = Duration.ofSeconds(10);
        private Duration awayAfter = Duration.ofMinutes(5);
        private Duration quietTime = Duration.ofSeconds(30);
        private Duration eventWindow = Duration.ofMillis(500);
        private Duration lastSeenGrain = Duration.ofMinutes(1);
        private Duration lastSeenEvery = Duration.ofMinutes(10);
        private int maxSessions = 10_000_000;
        private int maxSessionsOfUser = 100;
        private Duration choiceEvery = Duration.ofSeconds(10);
        private int choiceBurst = 5;

        private Builder() {}

        /** See {@link PresenceSettings#sessionTimeout()}; 100 ms to a day. */
        public Builder sessionTimeout(Duration timeout) {
            sessionTimeout = between("sessionTimeout", timeout, LEAST, DAY);
            return this;
        }

        /** See {@link PresenceSettings#reconnectGrace()}; 0, for none, to a day. */
        public Builder reconnectGrace(Duration grace) {
            reconnectGrace = between("reconnectGrace", grace, Duration.ZERO, DAY);
            return this;
        }

        /** See {@link PresenceSettings#awayAfter()}; 100 ms to a day. */
        public Builder awayAfter(Duration after) {
            awayAfter = between("awayAfter", after, LEAST, DAY);
            return this;
        }

        /** See {@link PresenceSettings#quietTime()}; 0, for none, to a day. */
        public Builder quietTime(Duration time) {
            quietTime = between("quietTime", time, Duration.ZERO, DAY);
            return this;
        }

        /** See {@link PresenceSettings#eventWindow()}; 1 ms to an hour. */
        public Builder eventWindow(Duration window) {
            eventWindow = between("eventWindow", window, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /** See {@link PresenceSettings#lastSeenGrain()}; 1 ms to a day. */
        public Builder lastSeenGrain(Duration grain) {
            lastSeenGrain = between("lastSeenGrain", grain, Duration.ofMillis(1), DAY);
            return this;
        }

        /** See {@link PresenceSettings#lastSeenEvery()}; 1 s to a day. */
        public Builder lastSeenEvery(Duration every) {
            lastSeenEvery = between("lastSeenEvery", every, Duration.ofSeconds(1), DAY);
            return this;
        }

        /** See {@link PresenceSettings#maxSessions()}; 1 or more. */
        public Builder maxSessions(int most) {
            maxSessions = between("maxSessions", most, Integer.MAX_VALUE);
            return this;
        }

        /** See {@link PresenceSettings#maxSessionsOfUser()}; 1 to 10,000. */
        public Builder maxSessionsOfUser(int most) {
            maxSessionsOfUser = between("maxSessionsOfUser", most, 10_000);
            return this;
        }

        /** See {@link PresenceSettings#choiceEvery()} and {@link PresenceSettings#choiceBurst()}; 0, for no limit, to a day; 1 to 1,000. */
        public Builder choices(int burst, Duration every) {
            choiceBurst = between("choices.burst", burst, 1_000);
            choiceEvery = between("choices.every", every, Duration.ZERO, DAY);
            return this;
        }

        /** The settings. */
        public PresenceSettings build() {
            return new PresenceSettings(this);
        }

        private static Duration between(String name, Duration value, Duration least, Duration most) {
            if (Objects.requireNonNull(value, name).compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        name + ": " + value + " given, " + least + " to " + most + " allowed");
            }
            return value;
        }

        private static int between(String name, int value, int most) {
            if (value < 1 || value > most) {
                throw new IllegalArgumentException(name + ": " + value + " given, 1 to " + most + " allowed");
            }
            return value;
        }
    }
}
