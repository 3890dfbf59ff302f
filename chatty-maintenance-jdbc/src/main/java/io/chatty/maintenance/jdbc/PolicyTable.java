package io.chatty.maintenance.jdbc;

import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.policy.PolicyMeters;
import io.chatty.maintenance.jdbc.internal.policy.PolicyRows;
import io.chatty.maintenance.jdbc.internal.policy.PolicySource;
import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.retention.RetentionScope.Level;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A policy whose rules stand in a table of the host's own; made by {@link ChatDatabase#policyTable}. Thread-safe.
 *
 * <p>NULL is no rule: a less specific one decides. What is neither a time nor declared as for ever, such as 0 or a negative
 * number, never lets anything go: it is told in the log, and what it would decide is kept and counted as
 * {@code skipped.policyFailed}. So is what two different rows say of one id.
 *
 * <p>A batch reads the rules of all scopes that it meets by one statement (one for each 4,096), on its own connection. What was
 * read is held in a cache, and so is that there was nothing; a change in the table is seen within the time for which it is held.
 * A cleanup looks the names up when it starts, and tells as its {@code problems()} what is wrong.
 *
 * <p>{@link #fingerprint()} reads all rules in the table past the cache, one after the other: 1,000,000 of them at most, within
 * four seconds; else it fails, and so does the run that would begin.
 */
public final class PolicyTable implements RetentionPolicy {

    private final PolicyRows rows;

    private PolicyTable(PolicyRows rows) {
        this.rows = rows;
    }

    PolicyRows rows() {
        return rows;
    }

    /** What the table says, by a connection of its own where that is not at hand. */
    @Override
    public Optional<RetentionRule> ruleFor(RetentionScope scope) {
        return rows.ruleFor(scope);
    }

    @Override
    public RetentionPolicy preparedFor(Collection<RetentionScope> scopes) {
        return rows.preparedFor(scopes);
    }

    @Override
    public String fingerprint() {
        return rows.fingerprint();
    }

    /** What the cache has seen up to now. */
    public CacheUse cacheUse() {
        CacheStats stats = rows.stats();
        return new CacheUse(
                stats.hitCount(),
                stats.missCount(),
                stats.loadSuccessCount(),
                stats.loadFailureCount(),
                stats.evictionCount(),
                rows.size());
    }

    /**
     * What a cache has seen.
     *
     * @param hits answers that were at hand
     * @param misses answers that had to be read
     * @param reads how many times the table was read
     * @param failedReads how many times that failed
     * @param evictions answers that were let go, for their age or for want of room
     * @param size for how many scopes answers are held now
     */
    public record CacheUse(long hits, long misses, long reads, long failedReads, long evictions, long size) {}

    @Override
    public String toString() {
        return rows.toString();
    }

    /** Collects the description. Not thread-safe. */
    public static final class Builder {

        private final Database database;
        private final ChatSchema schema;
        private final String table;
        private @Nullable Level level;
        private @Nullable String id;
        private PolicySource.@Nullable Through through;
        private @Nullable String time;
        private boolean inDays;
        private @Nullable String latest;
        private final SortedSet<Long> forever = new TreeSet<>();
        private @Nullable Match where;
        private long cacheSize = 100_000;
        private Duration cachedFor = Duration.ofMinutes(1);
        private LongSupplier ticker = System::nanoTime;
        private @Nullable MeterRegistry meters;

        Builder(Database database, ChatSchema schema, String table) {
            this.database = database;
            this.schema = schema;
            this.table = table;
        }

        /** Its rules are for teams, whose ids stand in that column. */
        public Builder team(String column) {
            return level(Level.TEAM, column);
        }

        /** Its rules are for rooms, whose ids stand in that column. */
        public Builder room(String column) {
            return level(Level.ROOM, column);
        }

        /** Its rules are for users, whose ids stand in that column. */
        public Builder user(String column) {
            return level(Level.USER, column);
        }

        /** Its one row has the rule for all that nothing more specific decides about. */
        public Builder global() {
            return level(Level.GLOBAL, null);
        }

        private Builder level(Level which, @Nullable String column) {
            if (level != null) {
                throw wrong("is for two levels", "call one of team, room, user and global, once");
            }
            level = which;
            id = column == null ? null : ChatSchema.name("policyTable", column);
            return this;
        }

        /**
         * The rules themselves stand in another table, such as one of policies that rooms are assigned to.
         *
         * @param column this table's column that leads to it
         * @param other its name
         * @param key its column that is compared with that
         */
        public Builder through(String column, String other, String key) {
            through = new PolicySource.Through(
                    ChatSchema.name("policyTable", column),
                    ChatSchema.name("policyTable", other),
                    ChatSchema.name("policyTable", key));
            return this;
        }

        /** For how many days messages are kept: a column of whole numbers. */
        public Builder keepDays(String column) {
            return time(column, true);
        }

        /** For how many milliseconds messages are kept: a column of whole numbers. */
        public Builder keepMillis(String column) {
            return time(column, false);
        }

        private Builder time(String column, boolean days) {
            if (time != null) {
                throw wrong("has two times", "call one of keepDays and keepMillis, once");
            }
            time = ChatSchema.name("policyTable", column);
            inDays = days;
            return this;
        }

        /**
         * How many of a room's latest messages are kept beside: a column of whole numbers. NULL is none. Where there is a column
         * of times, too, a count beside a time that is NULL is no rule, and treated as wrong.
         */
        public Builder keepLatest(String column) {
            latest = ChatSchema.name("policyTable", column);
            return this;
        }

        /** Which numbers in the column of times stand for for ever, such as -1. Default: none. */
        public Builder forever(long... values) {
            for (long value : values) {
                forever.add(value);
            }
            return this;
        }

        /** Which rows of this table count. Default: all. */
        public Builder where(Match match) {
            where = Objects.requireNonNull(match, "match");
            return this;
        }

        /**
         * For how many scopes answers are held. Default: 100,000.
         *
         * @throws IllegalArgumentException if that is less than 1
         */
        public Builder cacheSize(long scopes) {
            if (scopes < 1) {
                throw new IllegalArgumentException("cacheSize: " + scopes + " given, must be at least 1");
            }
            cacheSize = scopes;
            return this;
        }

        /**
         * For how long answers are held, so that a change is seen that late at most. Default: a minute.
         *
         * @throws IllegalArgumentException if that is less than a second or more than a day
         */
        public Builder cachedFor(Duration time) {
            if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("cachedFor: " + time + " given, a second to a day is allowed");
            }
            cachedFor = time;
            return this;
        }

        /** Tells nanoseconds, by which answers grow old; for tests. Default: {@link System#nanoTime()}. */
        public Builder ticker(LongSupplier nanos) {
            ticker = Objects.requireNonNull(nanos, "nanos");
            return this;
        }

        /**
         * Where to register meters of the cache: {@code chatty.maintenance.policy.cache.gets}, {@code .reads},
         * {@code .evictions}, {@code .size}, each with this table's name. Default: nowhere.
         */
        public Builder meters(MeterRegistry registry) {
            meters = Objects.requireNonNull(registry, "registry");
            return this;
        }

        private IllegalArgumentException wrong(String what, String instead) {
            return new IllegalArgumentException("policyTable: \"" + table + "\" " + what + "; " + instead);
        }

        PolicyTable build() {
            if (level == null) {
                throw wrong("is given without what its rules are for", "call team, room or user(column), or global()");
            }
            if (time == null && latest == null) {
                throw wrong("is given without a rule", "call keepDays, keepMillis or keepLatest(column)");
            }
            if (latest != null && level == Level.USER) {
                throw wrong("has a count for users, but the latest are counted by room", "leave keepLatest out");
            }
            if (time == null && !forever.isEmpty()) {
                throw wrong("has forever" + forever + ", but no time", "leave it out, or call keepDays(column)");
            }
            PolicySource source = new PolicySource(
                    table,
                    level,
                    Optional.ofNullable(id),
                    Optional.ofNullable(through),
                    Optional.ofNullable(time),
                    inDays,
                    Optional.ofNullable(latest),
                    Collections.unmodifiableSortedSet(new TreeSet<>(forever)),
                    Optional.ofNullable(where));
            PolicyRows rows =
                    new PolicyRows(database, schema.schema().orElse(null), source, cacheSize, cachedFor, ticker);
            if (meters != null) {
                PolicyMeters.register(meters, rows, table);
            }
            return new PolicyTable(rows);
        }
    }
}
