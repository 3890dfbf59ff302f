package io.chatty.maintenance.jdbc.internal.presence;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The table that tells when users were last seen, as the catalogue knows it. In statements it is called {@code m}.
 *
 * @param dialect the database's
 * @param sqlTable the table, for SQL
 * @param user the column of the user's key, which is unique
 * @param seenAt the column of when the user was last seen
 * @param online the column of whether the user is online; null if there is none
 * @param canHold which texts the key can hold
 * @param isOurs whether it is the library's own, where rows are inserted
 */
record SeenTable(
        Dialect dialect,
        String sqlTable,
        Column user,
        TimeColumn seenAt,
        @Nullable OnlineColumn online,
        Predicate<String> canHold,
        boolean isOurs) {

    /**
     * A column that tells who is online.
     *
     * @param column the column
     * @param yes what stands in it for who is online
     * @param no what stands in it for others
     */
    record OnlineColumn(Column column, Object yes, Object no) {

        Object value(boolean online) {
            return online ? yes : no;
        }

        /** What a row says; empty if it says something else, or nothing. */
        Optional<Boolean> read(ResultSet row, int position) throws SQLException {
            Object value;
            if (yes instanceof Boolean) {
                boolean truth = row.getBoolean(position);
                value = row.wasNull() ? "" : truth;
            } else {
                String text = column.text(row, position);
                value = text == null ? "" : column.value(text).orElse("");
            }
            return value.equals(yes) ? Optional.of(true) : value.equals(no) ? Optional.of(false) : Optional.empty();
        }
    }

    String of(Column column) {
        return dialect.column("m", column);
    }

    /** The key that a user's name is; empty if it can be none here. */
    Optional<Object> key(String name) {
        boolean whole =
                name.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(name);
        return whole && canHold.test(name) ? user.value(name) : Optional.empty();
    }

    /** The key as {@link #exactly} compares it, which is told apart letter for letter. */
    String exactKey() {
        return dialect.exact(of(user), user);
    }

    /** A condition: the key is one of those, so that the index serves, and maybe what the database takes for equal. */
    Sql isOneOf(Collection<String> users) {
        return dialect.isOneOf(of(user), user, keys(users));
    }

    /** A condition: the key is one of those, letter for letter. */
    Sql exactly(Collection<String> users) {
        Sql condition = isOneOf(users);
        return user.isText()
                ? condition.add(" AND ").add(dialect.isExactlyOneOf(exactKey(), user, keys(users)))
                : condition;
    }

    private List<Object> keys(Collection<String> users) {
        return users.stream().map(name -> key(name).orElseThrow()).toList();
    }

    String name(ResultSet row, int position) throws SQLException {
        return Objects.requireNonNull(user.text(row, position));
    }

    Optional<Instant> time(ResultSet row, int position) throws SQLException {
        return Optional.ofNullable(seenAt.read(row, position)).map(seenAt::earlierInstant);
    }
}
