package io.chatty.maintenance.jdbc.internal.policy;

import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.retention.RetentionScope.Level;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Where rules stand in the host's tables, as the host named it.
 *
 * @param table the table that says what a rule is for
 * @param level what its rules are for
 * @param id its column that holds the id of that; empty for global rules
 * @param through the table that holds the rules themselves; empty if the same does
 * @param time the column of how long is kept; empty if only a count keeps
 * @param inDays whether that counts days, else milliseconds
 * @param latest the column of how many of each room are kept; empty for no such
 * @param forever which times stand for for ever
 * @param where which rows of the first table count; empty for all
 */
public record PolicySource(
        String table,
        Level level,
        Optional<String> id,
        Optional<Through> through,
        Optional<String> time,
        boolean inDays,
        Optional<String> latest,
        SortedSet<Long> forever,
        Optional<Match> where) {

    /**
     * A table that holds rules.
     *
     * @param column the first table's column that leads to it
     * @param table its name
     * @param key its column that is compared with that
     */
    public record Through(String column, String table, String key) {}
}
