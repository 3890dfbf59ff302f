package io.chatty.maintenance.schedule;

import io.chatty.maintenance.schedule.WeeklyHours.Span;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The off-peak hours of a week. Immutable and thread-safe; equal to a window of the same parts, in whichever order they were
 * joined.
 *
 * <pre>{@code
 * Window nights = Window.of(LocalTime.of(1, 0), LocalTime.of(5, 30), zone);
 * Window quiet = nights.and(Window.of(LocalTime.of(22, 0), LocalTime.of(9, 0), zone).on(SATURDAY, SUNDAY));
 * }</pre>
 *
 * <p>Around daylight saving: it opens and closes when the local clock shows the time first. A time that the clock leaps over
 * stands for the instant right after the leap; a window that the clock leaps over as a whole is open from there on for as long
 * as it is on other days.
 */
public final class Window {

    /** How far an open stretch is followed, so that every search for its edge ends. */
    private static final Duration LONGEST = Duration.ofDays(366);

    /** Where a joined window is tried for ever closing: fixed, so that the answer does not depend on the day. */
    private static final Instant TRIED_FROM = Instant.parse("2026-01-01T00:00:00Z");

    private final Set<WeeklyHours> parts;

    private Window(Set<WeeklyHours> parts) {
        this.parts = Collections.unmodifiableSet(parts);
    }

    /**
     * Open each day from a time to another (excluded), of the next day if that is not after the first. Midnight as the second
     * one is the end of the day.
     *
     * @throws IllegalArgumentException if the two are the same time
     */
    public static Window of(LocalTime from, LocalTime to, ZoneId zone) {
        return new Window(Set.of(new WeeklyHours(from, to, zone, EnumSet.allOf(DayOfWeek.class))));
    }

    /**
     * The same, only on those days; the day is the one on which it opens.
     *
     * @throws IllegalArgumentException if it does not open on any of them
     */
    public Window on(DayOfWeek first, DayOfWeek... more) {
        Set<DayOfWeek> days = EnumSet.of(first, more);
        Set<WeeklyHours> kept = new LinkedHashSet<>();
        parts.forEach(part -> part.on(days).ifPresent(kept::add));
        if (kept.isEmpty()) {
            throw new IllegalArgumentException(
                    "window: on " + days + " given, some of the days of " + this + " are allowed");
        }
        return new Window(kept);
    }

    /**
     * Open when this or the other is; two that meet or overlap are one.
     *
     * @throws IllegalArgumentException if the two together never close
     */
    public Window and(Window other) {
        Set<WeeklyHours> both = new LinkedHashSet<>(parts);
        both.addAll(other.parts);
        Window joined = new Window(both);
        if (joined.closing(TRIED_FROM).isAfter(TRIED_FROM.plus(LONGEST))) {
            throw new IllegalArgumentException(
                    "window: " + joined
                            + " given, which never closes; one that closes is allowed, for a task that may always run use none");
        }
        return joined;
    }

    /** Whether it is open at that instant: the opening belongs to it, the closing does not. */
    public boolean isOpen(Instant instant) {
        return around(instant).anyMatch(span -> !span.open().isAfter(instant) && instant.isBefore(span.close()));
    }

    /** That instant if it is open then, else the first opening after it. */
    public Instant firstOpen(Instant atOrAfter) {
        return isOpen(atOrAfter) ? atOrAfter : nextOpening(atOrAfter);
    }

    /** The first opening after that instant. */
    public Instant nextOpening(Instant after) {
        Instant closed = closing(after);
        return parts.stream()
                .flatMap(part -> part.spans(closed, 0, 8))
                .map(Span::open)
                .filter(closed::isBefore)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** The first closing after that instant. */
    public Instant nextClosing(Instant after) {
        return closing(firstOpen(after));
    }

    /** The last closing at or before that instant. */
    public Instant lastClosing(Instant atOrBefore) {
        Instant closed = isOpen(atOrBefore) ? opening(atOrBefore) : atOrBefore;
        return parts.stream()
                .flatMap(part -> part.spans(closed, -7, 1))
                .map(Span::close)
                .filter(close -> !close.isAfter(closed))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** The first instant from that one on at which it is closed. */
    private Instant closing(Instant from) {
        Instant limit = from.plus(LONGEST);
        Instant end = from;
        while (!end.isAfter(limit)) {
            Instant reached = end;
            Optional<Instant> close = around(reached)
                    .filter(span -> !span.open().isAfter(reached) && reached.isBefore(span.close()))
                    .map(Span::close)
                    .max(Comparator.naturalOrder());
            if (close.isEmpty()) {
                break;
            }
            end = close.get();
        }
        return end;
    }

    /** When the stretch opened that is open at that instant. */
    private Instant opening(Instant until) {
        Instant limit = until.minus(LONGEST);
        Instant start = until;
        while (!start.isBefore(limit)) {
            Instant reached = start;
            Optional<Instant> open = around(reached)
                    .filter(span -> span.open().isBefore(reached) && !reached.isAfter(span.close()))
                    .map(Span::open)
                    .min(Comparator.naturalOrder());
            if (open.isEmpty()) {
                break;
            }
            start = open.get();
        }
        return start;
    }

    /** All spans that have that instant in them or at an edge: a zone that went back by a day may be in tomorrow's. */
    private Stream<Span> around(Instant instant) {
        return parts.stream().flatMap(part -> part.spans(instant, -1, 1));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Window window && parts.equals(window.parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }

    /** Its parts, such as {@code 01:00-05:30 America/St_Johns on MON,TUE}, joined by {@code and}. */
    @Override
    public String toString() {
        return parts.stream().map(WeeklyHours::toString).collect(Collectors.joining(" and "));
    }
}
