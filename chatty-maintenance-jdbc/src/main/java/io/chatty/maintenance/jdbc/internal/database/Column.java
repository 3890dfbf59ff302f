package io.chatty.maintenance.jdbc.internal.database;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column as the catalogue knows it.
 *
 * @param table its table, as the catalogue spells it
 * @param name its name, as the catalogue spells it
 * @param jdbcType one of {@link Types}
 * @param typeName the database's own name of the type
 * @param whole whether a decimal can hold whole numbers alone
 * @param nullable whether it can be NULL
 * @param generated whether the database computes it from others
 */
public record Column(
        String table, String name, int jdbcType, String typeName, boolean whole, boolean nullable, boolean generated) {

    private static final Pattern TEXT =
            Pattern.compile("(tiny|medium|long)?text|n?(var)?char.*|bpchar|name|character.*", Pattern.CASE_INSENSITIVE);

    /** Whether values of this column can be keys: told from one another, put in order, and written as text and back. */
    public boolean canBeKey() {
        return isWholeNumber() || isText() || isUuid() || isDecimal();
    }

    public boolean isWholeNumber() {
        return switch (jdbcType) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> true;
            default -> false;
        };
    }

    public boolean isText() {
        return switch (jdbcType) {
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR ->
                TEXT.matcher(typeName).matches(); // no enumeration, say
            default -> false;
        };
    }

    /** H2's own type: it would take for one what the other column tells apart. */
    private boolean ignoresCase() {
        return typeName.equalsIgnoreCase("VARCHAR_IGNORECASE");
    }

    /** Whether it holds whole numbers, of whatever size. */
    public boolean isNumber() {
        return isWholeNumber() || isDecimal();
    }

    private boolean isDecimal() {
        // 1 and 1.00 would be two texts for one value
        return isUnsignedLong() || (whole && (jdbcType == Types.NUMERIC || jdbcType == Types.DECIMAL));
    }

    /** MariaDB's own: its values reach beyond what a long can hold, so that as keys they are taken for decimals. */
    private boolean isUnsignedLong() {
        return jdbcType == Types.BIGINT && typeName.toUpperCase(Locale.ROOT).contains("UNSIGNED");
    }

    /** Whether all of its values are whole numbers that a long can hold. */
    public boolean isLong() {
        return isWholeNumber() && !isUnsignedLong();
    }

    /** A whole number of this column, the greatest long for those beyond; {@code wasNull} of the row tells NULL from 0. */
    public long number(ResultSet row, int position) throws SQLException {
        if (isLong()) {
            return row.getLong(position);
        }
        BigDecimal number = row.getBigDecimal(position);
        return number == null
                ? 0
                : number.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
    }

    private boolean isUuid() {
        return typeName.equalsIgnoreCase("uuid");
    }

    public boolean isTruth() {
        boolean bits = typeName.equals("bit"); // PostgreSQL's string of bits; its bool is a BIT to the driver as well
        return !bits && (jdbcType == Types.BOOLEAN || jdbcType == Types.BIT || jdbcType == Types.TINYINT);
    }

    /** Whether its values are as long as what stands in them. */
    boolean isVariable() {
        return switch (jdbcType) {
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB, Types.CLOB -> true;
            default -> isText();
        };
    }

    /** Whether an empty text can stand in it. */
    public boolean canBeEmpty() {
        return isText() || jdbcType == Types.CLOB || typeName.equalsIgnoreCase("citext");
    }

    public boolean hasZone() {
        return jdbcType == Types.TIMESTAMP_WITH_TIMEZONE || typeName.equalsIgnoreCase("timestamptz");
    }

    public boolean isTimestamp() {
        return jdbcType == Types.TIMESTAMP && !hasZone();
    }

    /** The same column, taken as another type of the database. */
    Column as(String otherTypeName) {
        return new Column(table, name, jdbcType, otherTypeName, whole, nullable, generated);
    }

    /** Whether both hold the same kind of value, so that one can refer to the other. */
    public boolean comparesWith(Column other) {
        return (isText() && other.isText() && ignoresCase() == other.ignoresCase())
                || (isUuid() && other.isUuid())
                || (isNumber() && other.isNumber());
    }

    /** A value of this column as text; null for NULL. */
    public @Nullable String text(ResultSet row, int position) throws SQLException {
        if (isLong()) { // which could be shown with zeros before it
            long number = row.getLong(position);
            return row.wasNull() ? null : Long.toString(number);
        }
        String text = row.getString(position);
        return text != null && jdbcType == Types.CHAR && !isUuid() ? text.stripTrailing() : text;
    }

    /** The value that this text stands for; empty if none does, or not letter for letter. */
    public Optional<Object> value(String text) {
        try {
            Object value;
            if (isLong()) {
                value = Long.valueOf(text);
            } else if (isDecimal()) {
                value = new BigDecimal(text);
            } else if (isUuid()) {
                value = UUID.fromString(text);
            } else {
                value = text;
            }
            return (value instanceof BigDecimal number ? number.toPlainString() : value.toString()).equals(text)
                    ? Optional.of(value)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "column \"" + name + "\" of table \"" + table + "\" (" + typeName.toUpperCase(Locale.ROOT) + ")";
    }
}
