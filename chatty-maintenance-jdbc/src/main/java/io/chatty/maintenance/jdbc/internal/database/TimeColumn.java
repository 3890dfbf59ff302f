package io.chatty.maintenance.jdbc.internal.database;

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
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A column that tells a time, and what stands for an instant in it.
 *
 * @param column the column
 * @param kind how it tells the time; a MariaDB TIMESTAMP is a local time in UTC, since its sessions are put to UTC
 * @param finest the finest unit in which the database keeps a time
 * @param earliest before this instant the database can tell none
 * @param latestYear after this year the database can tell no date and time without a zone
 * @param indexed whether an index begins with it
 */
public record TimeColumn(
        Column column, TimeKind kind, ChronoUnit finest, Instant earliest, int latestYear, boolean indexed) {

    /** The last year that a text can tell. */
    private static final int FOUR_DIGITS = 9999;

    /** From then on it is the year 9999, or 10,000, somewhere. */
    private static final Instant LAST_YEAR = Instant.parse("9999-01-01T00:00:00Z");

    /**
     * What to compare the column with by {@code <}, so that exactly the times before the cut-off are found; empty if there
     * can be none.
     */
    public Optional<Object> cutOff(Instant instant) {
        if (instant.isBefore(earliest)) {
            return Optional.empty();
        }
        if (kind instanceof TimeKind.Local local) {
            LocalDateTime cutOff = localCutOff(ceil(instant, finest), local.zone());
            return Optional.of(cutOff.getYear() > latestYear ? endOf(latestYear) : cutOff);
        }
        if (kind instanceof TimeKind.Text text) {
            return Optional.of(textCutOff(instant, text));
        }
        if (kind instanceof TimeKind.EpochMillis) {
            return Optional.of(millis(instant));
        }
        if (kind instanceof TimeKind.EpochSeconds) {
            return Optional.of(ceil(instant, ChronoUnit.SECONDS).getEpochSecond());
        }
        if (kind instanceof TimeKind.EpochMillisText text) {
            String digits = Long.toString(Math.max(0, millis(instant)));
            return digits.length() > text.digits()
                    ? Optional.of("9".repeat(text.digits()))
                    : Optional.of("0".repeat(text.digits() - digits.length()) + digits);
        }
        return Optional.of(ceil(instant, finest).atOffset(ZoneOffset.UTC));
    }

    /** All that the column can tell is before that, but for its very last moment. */
    private static LocalDateTime endOf(int year) {
        return LocalDateTime.of(year, 12, 31, 23, 59, 59, 999_999_000);
    }

    private static long millis(Instant instant) {
        return ceil(instant, ChronoUnit.MILLIS).toEpochMilli();
    }

    /** Of an hour that the clock showed twice nobody knows which a row means: none is due before all of it is. */
    private static LocalDateTime localCutOff(Instant instant, ZoneId zone) {
        LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        boolean firstShowing =
                transition != null && transition.isOverlap() && instant.isBefore(transition.getInstant());
        return firstShowing ? transition.getDateTimeAfter() : local;
    }

    /**
     * What the texts leave out, such as parts of a second, could be anything: they are due when the whole of it is. A year of
     * five digits would sort before all others: nines alone sort after all.
     */
    private static String textCutOff(Instant instant, TimeKind.Text text) {
        LocalDateTime cutOff = localCutOff(instant, text.zone());
        return cutOff.getYear() > FOUR_DIGITS
                ? endOf(FOUR_DIGITS).format(text.formatter()).replaceAll("[0-9]", "9")
                : cutOff.format(text.formatter());
    }

    private static Instant ceil(Instant instant, ChronoUnit unit) {
        Instant floor = instant.truncatedTo(unit);
        return floor.equals(instant) ? floor : floor.plus(1, unit);
    }

    /** A condition that holds of values that tell a time, and is neither true nor false of NULL; empty if all others do. */
    public Optional<Sql> tells(Dialect dialect, String expression) {
        if (kind instanceof TimeKind.EpochMillis || kind instanceof TimeKind.EpochSeconds) {
            return Optional.of(Sql.of(expression + " > 0"));
        }
        if (kind instanceof TimeKind.EpochMillisText text) {
            return Optional.of(dialect.looksLike(expression, "^[0-9]{" + text.digits() + "}$")
                    .add(" AND " + expression + " > '" + "0".repeat(text.digits()) + "'"));
        }
        if (kind instanceof TimeKind.Text text) {
            return Optional.of(dialect.looksLike(expression, "^" + shape(text) + "$"));
        }
        return dialect.tellsTime(expression, this).map(Sql::of);
    }

    private static String shape(TimeKind.Text text) {
        return TextTimes.shape(text.pattern());
    }

    /** The column tells a time, and one before that. */
    public Sql before(Dialect dialect, String expression, Object cutOff) {
        Sql condition = Sql.of("");
        tells(dialect, expression).ifPresent(tells -> condition.add(tells).add(" AND "));
        return condition.add(expression + " < " + dialect.mark(column), cutOff);
    }

    /** The column tells no time, said so that it is true or false. */
    public Sql tellsNone(Dialect dialect, String expression) {
        Sql condition = Sql.of("(" + expression + " IS NULL");
        tells(dialect, expression)
                .ifPresent(tells -> condition.add(" OR NOT (").add(tells).add(")"));
        return condition.add(")");
    }

    /** A value of this column, to be compared by {@link #isBefore}; null if it tells no time. */
    public @Nullable Object read(ResultSet row, int position) throws SQLException {
        if (kind instanceof TimeKind.Local) {
            LocalDateTime time = row.getObject(position, LocalDateTime.class);
            return time == null || time.getYear() < 1 ? null : time;
        }
        if (kind instanceof TimeKind.EpochMillis || kind instanceof TimeKind.EpochSeconds) {
            long number = column.number(row, position);
            return number > 0 ? number : null;
        }
        if (kind instanceof TimeKind.EpochMillisText digits) {
            String text = column.text(row, position);
            boolean tells = text != null && text.matches("[0-9]{" + digits.digits() + "}") && !text.matches("0*");
            return tells ? text : null;
        }
        if (kind instanceof TimeKind.Text pattern) {
            String text = column.text(row, position);
            return text != null && text.matches(shape(pattern)) ? text : null;
        }
        return row.getObject(position, OffsetDateTime.class);
    }

    /** Whether a value that was {@linkplain #read read} comes before a {@linkplain #cutOff cut-off}. */
    public static boolean isBefore(Object value, Object cutOff) {
        if (value instanceof OffsetDateTime time) {
            return time.toInstant().isBefore(((OffsetDateTime) cutOff).toInstant());
        }
        if (value instanceof LocalDateTime time) {
            return time.isBefore((LocalDateTime) cutOff);
        }
        if (value instanceof Long number) {
            return number < (Long) cutOff;
        }
        return ((String) value).compareTo((String) cutOff) < 0;
    }

    /** The instant that a value which was {@linkplain #read read} stands for; of a local time the later one that it can be. */
    public Instant instant(Object value) {
        return instant(value, TimeColumn::later);
    }

    /** As {@link #instant}; of a local time the earlier one that it can be. */
    public Instant earlierInstant(Object value) {
        return instant(value, TimeColumn::earlier);
    }

    private Instant instant(Object value, BiFunction<LocalDateTime, ZoneId, Instant> ofLocal) {
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (kind instanceof TimeKind.Local local) {
            return ofLocal.apply((LocalDateTime) value, local.zone());
        }
        if (kind instanceof TimeKind.Text text) {
            return ofLocal.apply(LocalDateTime.parse((String) value, text.formatter()), text.zone());
        }
        if (kind instanceof TimeKind.EpochSeconds) {
            return Instant.ofEpochSecond((Long) value);
        }
        return Instant.ofEpochMilli(value instanceof Long number ? number : Long.parseLong((String) value));
    }

    private static Instant later(LocalDateTime time, ZoneId zone) {
        return time.atZone(zone).withLaterOffsetAtOverlap().toInstant();
    }

    private static Instant earlier(LocalDateTime time, ZoneId zone) {
        return time.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    }

    /** What to write so that the column tells an instant, cut to what it can tell; empty if it can tell none there. */
    public Optional<Object> telling(Instant instant) {
        if (instant.isBefore(earliest) || !instant.isBefore(LAST_YEAR)) {
            return Optional.empty();
        }
        Instant cut = instant.truncatedTo(ChronoUnit.MICROS); // finer ones are rounded, up as well
        if (kind instanceof TimeKind.Local local) {
            return Optional.of(LocalDateTime.ofInstant(cut, local.zone()));
        }
        if (kind instanceof TimeKind.Text text) {
            return Optional.of(LocalDateTime.ofInstant(cut, text.zone()).format(text.formatter()));
        }
        if (kind instanceof TimeKind.Zoned) {
            return Optional.of(cut.atOffset(ZoneOffset.UTC));
        }
        long number = kind instanceof TimeKind.EpochSeconds ? cut.getEpochSecond() : cut.toEpochMilli();
        if (number <= 0) {
            return Optional.empty(); // which tells no time
        }
        return Optional.of(
                kind instanceof TimeKind.EpochMillisText text
                        ? String.format(Locale.ROOT, "%0" + text.digits() + "d", number)
                        : (Object) number);
    }

    /** A value of this column as text, for a cursor. */
    public String text(ResultSet row, int position) throws SQLException {
        if (kind instanceof TimeKind.Local) {
            return row.getObject(position, LocalDateTime.class).toString();
        }
        if (kind instanceof TimeKind.EpochMillis || kind instanceof TimeKind.EpochSeconds) {
            return Long.toString(column.number(row, position));
        }
        if (kind instanceof TimeKind.EpochMillisText || kind instanceof TimeKind.Text) {
            return row.getString(position);
        }
        return row.getObject(position, OffsetDateTime.class).toString();
    }

    /** The value that this text stands for. */
    public Object value(String text) {
        if (kind instanceof TimeKind.Local) {
            return LocalDateTime.parse(text);
        }
        if (kind instanceof TimeKind.EpochMillis || kind instanceof TimeKind.EpochSeconds) {
            return Long.valueOf(text);
        }
        if (kind instanceof TimeKind.EpochMillisText || kind instanceof TimeKind.Text) {
            return text;
        }
        return OffsetDateTime.parse(text);
    }

    /** A time halfway between two that were given as {@link #text}. */
    public Optional<String> between(String low, String high) {
        if (kind instanceof TimeKind.EpochMillis || kind instanceof TimeKind.EpochSeconds) {
            return Halves.ofNumbers(low, high);
        }
        if (kind instanceof TimeKind.EpochMillisText digits) {
            return Halves.ofNumbers(low, high)
                    .map(number -> "0".repeat(Math.max(0, digits.digits() - number.length())) + number);
        }
        if (kind instanceof TimeKind.Text) {
            return Optional.empty(); // a time halfway could be one that the pattern cannot tell
        }
        return Halves.ofTimes(utc(low), utc(high), finest)
                .map(half -> kind instanceof TimeKind.Local
                        ? LocalDateTime.ofInstant(half, ZoneOffset.UTC).toString()
                        : half.atOffset(ZoneOffset.UTC).toString());
    }

    /** How far it is between two that were given as {@link #text}, in a unit of its own. */
    public double distance(String low, String high) {
        if (kind instanceof TimeKind.Text) {
            return 0;
        }
        boolean number = !(kind instanceof TimeKind.Local) && !(value(low) instanceof OffsetDateTime);
        return number ? Halves.distanceOfNumbers(low, high) : Halves.distanceOfTimes(utc(low), utc(high));
    }

    /** Of a local time what it would be in UTC, to reckon with. */
    private Instant utc(String text) {
        return value(text) instanceof LocalDateTime local
                ? local.toInstant(ZoneOffset.UTC)
                : ((OffsetDateTime) value(text)).toInstant();
    }
}
