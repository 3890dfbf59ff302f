package io.chatty.maintenance.examples.chat.history;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** The time in a log, which tells the day once and then only what the clock shows: when that goes back, a day has begun. */
final class IrcClock {

    private LocalDate day;
    private LocalTime time = LocalTime.MIDNIGHT;

    /** At the start of that day. */
    IrcClock(LocalDate day) {
        this.day = day;
    }

    /** Moves on to when the clock next shows that. */
    Instant moveTo(LocalTime shown) {
        if (shown.isBefore(time)) {
            day = day.plusDays(1);
        }
        time = shown;
        return now();
    }

    Instant now() {
        return day.atTime(time).toInstant(ZoneOffset.UTC);
    }
}
