package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.jdbc.TimeKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/**
 * A column that tells a time, and what stands for an instant in it.
 *
 * @param column the column
 * @param kind how it tells the time; a MariaDB TIMESTAMP is a local time in UTC, since its sessions are put to UTC
 * @param finest the finest unit in which the database keeps a time
 * @param earliest before this instant the database can tell none
 * @param indexed whether an index begins with it
 */
record TimeColumn(Column column, TimeKind kind, ChronoUnit finest, Instant earliest, boolean indexed) {

    /**
     * What to compare the column with by {@code <}, so that exactly the times before the cut-off are found; empty if there
     * can be none.
     */
    Optional<Object> cutOff(Instant instant) {
        if (instant.isBefore(earliest)) {
            return Optional.empty();
        }
        if (kind instanceof TimeKind.Local local) {
            return Optional.of(localCutOff(ceil(instant, finest), local.zone()));
        }
        if (kind instanceof TimeKind.EpochMillis) {
            return Optional.of(ceil(instant, ChronoUnit.MILLIS).toEpochMilli());
        }
        return Optional.of(ceil(instant, finest).atOffset(ZoneOffset.UTC));
    }

    /** Of an hour that the clock showed twice nobody knows which a row means: none is due before all of it is. */
    private static LocalDateTime localCutOff(Instant instant, ZoneId zone) {
        LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        boolean firstShowing =
                transition != null && transition.isOverlap() && instant.isBefore(transition.getInstant());
        return firstShowing ? transition.getDateTimeAfter() : local;
    }

    private static Instant ceil(Instant instant, ChronoUnit unit) {
        Instant floor = instant.truncatedTo(unit);
        return floor.equals(instant) ? floor : floor.plus(1, unit);
    }

    /** A value of this column as text, for a cursor. */
    String text(ResultSet row, int position) throws SQLException {
        if (kind instanceof TimeKind.Local) {
            return row.getObject(position, LocalDateTime.class).toString();
        }
        if (kind instanceof TimeKind.EpochMillis) {
            return Long.toString(row.getLong(position));
        }
        return row.getObject(position, OffsetDateTime.class).toString();
    }

    /** The value that this text stands for. */
    Object value(String text) {
        if (kind instanceof TimeKind.Local) {
            return LocalDateTime.parse(text);
        }
        if (kind instanceof TimeKind.EpochMillis) {
            return Long.valueOf(text);
        }
        return OffsetDateTime.parse(text);
    }
}
