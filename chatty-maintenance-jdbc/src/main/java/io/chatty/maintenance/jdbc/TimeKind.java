package io.chatty.maintenance.jdbc;

import java.time.ZoneId;
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

    /** A whole number: milliseconds since 1970-01-01T00:00Z. */
    static TimeKind epochMillis() {
        return EpochMillis.INSTANCE;
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
}
