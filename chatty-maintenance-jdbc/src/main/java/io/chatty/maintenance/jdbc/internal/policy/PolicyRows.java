package io.chatty.maintenance.jdbc.internal.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.retention.RetentionScope.Level;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.SettingsException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A policy whose rules stand in a table. What it read of a scope, that there is no rule too, it holds for a while, in a cache of
 * bounded size. Thread-safe.
 */
public final class PolicyRows implements RetentionPolicy {

    private static final Logger LOG = LoggerFactory.getLogger(MessageCleanup.class);

    /** So many wrong rows are told of each time that rows are read. */
    private static final int MOST_TOLD = 5;

    /** A table of more rules has no fingerprint. */
    private static final int MOST_ROWS = 1_000_000;

    /** An engine waits five seconds for a task's fingerprint. */
    private static final int MOST_SECONDS = 4;

    private final Database database;
    private final @Nullable String schema;
    private final PolicySource source;
    private final Cache<String, PolicyAnswer> cache;
    private volatile @Nullable PolicyQuery query;

    /**
     * For that database.
     *
     * @param schema where the tables are; null for the connection's own
     * @param cacheSize for how many scopes answers are held
     * @param cachedFor for how long
     * @param ticker tells nanoseconds
     */
    public PolicyRows(
            Database database,
            @Nullable String schema,
            PolicySource source,
            long cacheSize,
            Duration cachedFor,
            LongSupplier ticker) {
        this.database = database;
        this.schema = schema;
        this.source = source;
        this.cache = Caffeine.newBuilder()
                .maximumSize(cacheSize)
                .expireAfterWrite(cachedFor)
                .ticker(ticker::getAsLong)
                .executor(Runnable::run) // no thread of ours, and none of the host's
                .recordStats()
                .build();
    }

    public boolean isIn(Database other) {
        return database == other;
    }

    public Level level() {
        return source.level();
    }

    public boolean hasCounts() {
        return source.latest().isPresent();
    }

    /** What the cache has seen. */
    public CacheStats stats() {
        return cache.stats();
    }

    /** For about how many scopes answers are held. */
    public long size() {
        cache.cleanUp();
        return cache.estimatedSize();
    }

    /** What is wrong with the table, and with the rights on it. */
    public List<String> problems() {
        return database.asBatch(this::problems);
    }

    public List<String> problems(Session session) throws SQLException {
        List<String> problems = new ArrayList<>();
        PolicyQuery found = PolicyQuery.of(session, schema, source, problems).orElse(null);
        if (found != null) {
            problems.addAll(found.missingRights(session));
        }
        query = problems.isEmpty() ? found : null;
        return problems;
    }

    private PolicyQuery query(Session session) {
        PolicyQuery known = query;
        if (known == null) {
            List<String> problems = new ArrayList<>();
            try {
                known = PolicyQuery.of(session, schema, source, problems).orElse(null);
            } catch (SQLException e) {
                throw new DatabaseException(e);
            }
            if (known == null) {
                throw new SettingsException(problems);
            }
            query = known;
        }
        return known;
    }

    @Override
    public Optional<RetentionRule> ruleFor(RetentionScope scope) {
        return preparedFor(Set.of(scope)).ruleFor(scope);
    }

    /** By a connection of its own: what holds one already goes by {@link #read}. */
    @Override
    public RetentionPolicy preparedFor(Collection<RetentionScope> scopes) {
        return prepared(scopes, missing -> database.statements(session -> load(session, missing)));
    }

    /** This policy for those scopes, read by that session, whose transaction goes on if that fails. */
    RetentionPolicy read(Session session, Collection<RetentionScope> scopes) {
        try {
            return prepared(scopes, missing -> session.orUndo(() -> load(session, missing)));
        } catch (RuntimeException e) {
            return scope -> {
                if (scope.level() == source.level()) {
                    throw new MaintenanceException(this + " could not be read: " + e.getMessage(), e);
                }
                return Optional.empty();
            };
        }
    }

    private RetentionPolicy prepared(
            Collection<RetentionScope> scopes, Function<Set<? extends String>, Map<String, PolicyAnswer>> load) {
        Set<String> ids = new LinkedHashSet<>();
        scopes.forEach(scope -> id(scope).ifPresent(ids::add));
        // Not what the cache has afterwards: that may be less than was asked for.
        Map<String, PolicyAnswer> answers = ids.isEmpty() ? Map.of() : cache.getAll(ids, load);
        return scope -> id(scope).flatMap(id -> {
            PolicyAnswer answer = answers.get(id);
            return answer == null ? ruleFor(scope) : answer.rule();
        });
    }

    private Map<String, PolicyAnswer> load(Session session, Set<? extends String> ids) {
        Map<String, PolicyAnswer> answers = query(session).answers(session, List.copyOf(ids));
        answers.values().stream()
                .flatMap(answer -> answer.wrong().stream())
                .limit(MOST_TOLD)
                .forEach(LOG::warn);
        return answers;
    }

    /** The id by which the table is asked; empty if it has nothing to say of that scope. */
    private Optional<String> id(RetentionScope scope) {
        if (scope.level() != source.level()) {
            return Optional.empty();
        }
        if (scope instanceof RetentionScope.Team team) {
            return Optional.of(team.id());
        }
        if (scope instanceof RetentionScope.Room room) {
            return Optional.of(room.id());
        }
        return Optional.of(scope instanceof RetentionScope.User user ? user.id() : "");
    }

    /**
     * What all rules in the table come to now: read row by row, whatever the order, past the cache.
     *
     * @throws MaintenanceException if there are too many, or they cannot be read soon
     */
    @Override
    public String fingerprint() {
        Content content = new Content();
        try {
            database.readOnly(session -> {
                query(session).each(session, MOST_SECONDS, MOST_ROWS + 1, content::add);
                return true;
            });
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new MaintenanceException(this + " could not be read: " + e.getMessage(), e);
        }
        if (content.rows > MOST_ROWS) {
            throw new MaintenanceException(this + " has more than " + MOST_ROWS
                    + " rules, too many to tell whether they have changed; leave rows out by where(match), or set the"
                    + " columns to NULL where the rule is that of the level above");
        }
        return source + " " + content.rows + " " + Long.toHexString(content.high) + " " + Long.toHexString(content.low);
    }

    /** A sum of hashes: the same whatever the order, so that nothing has to be sorted. */
    private static final class Content {
        private final MessageDigest digest = sha256();
        private long rows;
        private long high;
        private long low;

        void add(String row) {
            byte[] hash = digest.digest(row.getBytes(StandardCharsets.UTF_8));
            rows++;
            for (int i = 0; i < Long.BYTES; i++) {
                high += (hash[i] & 0xFFL) << (8 * i);
                low += (hash[Long.BYTES + i] & 0xFFL) << (8 * i);
            }
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }

    @Override
    public String toString() {
        return "policyTable " + source.table() + " (" + source.level().name().toLowerCase(Locale.ROOT) + ")";
    }
}
