package io.chatty.maintenance.engine;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * Times of a local clock on the time line of a zone. Immutable.
 *
 * <p>Between two transitions of the zone the local clock is as good as one without a zone, so the times are looked up there,
 * stretch by stretch; what a transition leaves out or shows twice is decided at the transition.
 *
 * @param repeats whether a time that the clock shows twice is due both times, or the first time only
 * @param makesUp whether times that the clock leaps over are due, as one, right after the leap, or not at all
 */
record ZonedTimes(ZoneId zone, LocalTimes times, boolean repeats, boolean makesUp) {

    /** Fixed times of the day: due once each day, whatever the clock does. */
    static ZonedTimes fixed(ZoneId zone, LocalTimes times) {
        return new ZonedTimes(zone, times, false, true);
    }

    /** The first due time strictly after that instant; empty if there is none any more. */
    Optional<Instant> next(Instant after) {
        ZoneRules rules = zone.getRules();
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime from = LocalDateTime.ofInstant(after, offset);
        ZoneOffsetTransition shown = rules.getTransition(from);
        if (!repeats
                && shown != null
                && shown.isOverlap()
                && shown.getOffsetAfter().equals(offset)) {
            from = justBefore(shown.getDateTimeBefore());
        }
        ZoneOffsetTransition transition = rules.nextTransition(after);
        while (true) {
            Optional<LocalDateTime> due = times.next(from);
            if (due.isEmpty()) {
                return Optional.empty();
            }
            LocalDateTime time = due.get();
            if (transition == null || time.isBefore(transition.getDateTimeBefore())) {
                return Optional.of(time.toInstant(offset));
            }
            if (makesUp && transition.isGap() && time.isBefore(transition.getDateTimeAfter())) {
                return Optional.of(transition.getInstant());
            }
            from = justBefore(
                    repeats || transition.isGap() ? transition.getDateTimeAfter() : transition.getDateTimeBefore());
            offset = transition.getOffsetAfter();
            transition = rules.nextTransition(transition.getInstant());
        }
    }

    private static LocalDateTime justBefore(LocalDateTime time) {
        return time.minusNanos(1);
    }
}
