package io.chatty.maintenance.schedule;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The same hours on some days of the week: one part of a {@link Window}. */
record WeeklyHours(LocalTime from, LocalTime to, ZoneId zone, Set<DayOfWeek> days) {

    WeeklyHours {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(zone, "zone");
        if (from.equals(to)) {
            throw new IllegalArgumentException("window: from " + from + " to " + to
                    + " given, two different times are allowed; for a whole day join its halves by Window.and, for every"
                    + " day use no window");
        }
        days = Collections.unmodifiableSet(EnumSet.copyOf(days));
    }

    /** The same on those of its days; empty if it has none of them. */
    Optional<WeeklyHours> on(Set<DayOfWeek> some) {
        EnumSet<DayOfWeek> both = EnumSet.copyOf(days);
        both.retainAll(some);
        return both.isEmpty() ? Optional.empty() : Optional.of(new WeeklyHours(from, to, zone, both));
    }

    /**
     * When it is open on the days around an instant, each by the day on which it opens.
     *
     * @param first days from the instant's local day to the first one, mostly negative
     * @param last days from the instant's local day to the last one
     */
    Stream<Span> spans(Instant around, int first, int last) {
        LocalDate today = LocalDate.ofInstant(around, zone);
        return IntStream.rangeClosed(first, last)
                .mapToObj(today::plusDays)
                .filter(day -> days.contains(day.getDayOfWeek()))
                .map(this::span);
    }

    private Span span(LocalDate day) {
        LocalDateTime opens = day.atTime(from);
        LocalDateTime closes = (to.isAfter(from) ? day : day.plusDays(1)).atTime(to);
        Instant open = firstAt(opens);
        Instant close = firstAt(closes);
        // The clock may leap over all of it.
        return new Span(open, close.isAfter(open) ? close : open.plus(Duration.between(opens, closes)));
    }

    /** The first instant at which the local clock shows that time or, having leapt over it, a later one. */
    private Instant firstAt(LocalDateTime local) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        return transition != null && transition.isGap()
                ? transition.getInstant()
                : local.atZone(zone).toInstant();
    }

    @Override
    public String toString() {
        String hours = from + "-" + to + " " + zone;
        return days.size() == 7
                ? hours
                : hours + " on "
                        + days.stream().map(day -> day.name().substring(0, 3)).collect(Collectors.joining(","));
    }

    /**
     * A stretch of time.
     *
     * @param open its first instant
     * @param close the first instant after it
     */
    record Span(Instant open, Instant close) {}
}
