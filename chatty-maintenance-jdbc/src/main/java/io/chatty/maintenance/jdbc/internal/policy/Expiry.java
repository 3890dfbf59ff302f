package io.chatty.maintenance.jdbc.internal.policy;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.Scopes;
import io.chatty.maintenance.retention.RetentionDecision;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the policies say of the messages of some scopes, and how little they can say at all. Thread-safe.
 *
 * <p>Declared policies are asked directly; policies of the host's own aside, see {@link AskedPolicies}.
 */
public final class Expiry {

    /** More rooms than that make a statement's text too long. */
    private static final int MOST_ROOMS_IN_A_STATEMENT = 200;

    /** More policies than that are not counted one by one in runs. */
    private static final int MOST_REPORTED = 50;

    private static final int MOST_IN_A_NAME = 150;

    private final Database database;
    private final RetentionPolicies policies;
    private final AskedPolicies asked;
    private final Optional<Duration> shortest;
    private final boolean few;
    private volatile @Nullable Many many;

    public Expiry(Database database, RetentionPolicies policies, AskedPolicies asked) {
        this.database = database;
        this.policies = policies;
        this.asked = asked;
        this.shortest = shortest(policies);
        this.few = !policies.hasOwnPolicies()
                && Stream.of(RetentionScope.Level.values())
                                .mapToInt(level -> policies.ids(level).size())
                                .sum()
                        <= MOST_REPORTED;
    }

    /** The shortest time that any message is kept; empty if all are kept for ever. */
    private static Optional<Duration> shortest(RetentionPolicies policies) {
        if (policies.hasOwnPolicies()) {
            return Optional.of(policies.floor().orElse(Duration.ZERO));
        }
        List<RetentionScope> single = new ArrayList<>(List.of(RetentionScope.global()));
        policies.ids(RetentionScope.Level.TEAM).forEach(id -> single.add(RetentionScope.team(id)));
        policies.ids(RetentionScope.Level.ROOM).forEach(id -> single.add(RetentionScope.room(id)));
        policies.ids(RetentionScope.Level.USER).forEach(id -> single.add(RetentionScope.user(id)));
        return single.stream()
                .flatMap(scope -> policies.decide(scope).keptFor().stream())
                .min(Duration::compareTo);
    }

    public RetentionPolicies policies() {
        return policies;
    }

    /** Before when a message must have been sent to have expired, whatever it belongs to; empty if none expires. */
    public Optional<Instant> youngest(Instant now) {
        return shortest.map(now::minus);
    }

    /** Whether a condition in SQL can say what has expired: few rooms have a rule of their own, and nothing else decides. */
    public boolean isPlain() {
        return onlyRoomsDecide() && policies.ids(RetentionScope.Level.ROOM).size() <= MOST_ROOMS_IN_A_STATEMENT;
    }

    private boolean onlyRoomsDecide() {
        return !policies.hasOwnPolicies()
                && !policies.mayDecide(RetentionScope.Level.TEAM)
                && !policies.mayDecide(RetentionScope.Level.USER)
                && !policies.hasCounts()
                && policies.reviewing().isEmpty();
    }

    /** What many rooms have, and nothing else decides; empty where it is for {@link #isPlain}, or for no condition to say. */
    public Optional<RoomRules> manyRooms(HostTables tables) {
        if (isPlain() || !onlyRoomsDecide()) {
            return Optional.empty();
        }
        Many known = many;
        if (known == null || known.tables != tables) {
            known = new Many(tables, RoomRules.of(tables, policies));
            many = known;
        }
        return known.rules;
    }

    private record Many(HostTables tables, Optional<RoomRules> rules) {}

    /**
     * Under which name a run counts what was decided so: the policy's own where there are few, else the level's. What a run
     * counts is written with each of its batches.
     */
    public String reported(RetentionDecision decision) {
        if (few) {
            return named(decision.label());
        }
        return decision.from().isEmpty()
                ? "none"
                : decision.from().stream()
                        .map(source -> source.scope().level().name().toLowerCase(Locale.ROOT))
                        .distinct()
                        .collect(Collectors.joining("+"));
    }

    /** A name as a part of a count's, which has no white space and no equals sign. */
    public static String named(String text) {
        String name = text.replace(" + ", "+").replace(' ', ':');
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isWhitespace(c) || c == '=' || c == '%') {
                safe.append('%').append(Integer.toHexString(c));
            } else {
                safe.append(c);
            }
        }
        return safe.length() <= MOST_IN_A_NAME
                ? safe.toString()
                : safe.substring(0, MOST_IN_A_NAME - 9) + "~" + Integer.toHexString(text.hashCode());
    }

    /**
     * What holds for messages of each of those scopes; what is missing could not be had, and is to be kept.
     *
     * @param session the batch's own: rules that stand in a table of this database are read by it. A batch that waited for a
     *     second connection could wait for itself
     */
    public Map<Scopes, RetentionDecision> decide(Session session, Collection<Scopes> asks) {
        Set<Scopes> different = new LinkedHashSet<>(asks);
        Map<Scopes, RetentionDecision> decisions = new HashMap<>();
        if (policies.hasOwnPolicies()) {
            Set<RetentionScope> met = new LinkedHashSet<>(List.of(RetentionScope.global()));
            different.forEach(scopes -> met.addAll(scopes.all()));
            RetentionPolicies read = policies.with(policy ->
                    policy instanceof PolicyRows rows && rows.isIn(database) ? rows.read(session, met) : policy);
            AskedPolicies.Answers<Scopes, RetentionDecision> answers = asked.aboutAll(different, () -> {
                RetentionPolicies prepared = read.with(policy -> prepared(policy, met));
                return scopes -> prepared.decide(scopes.all());
            });
            different.forEach(scopes -> answers.about(scopes).ifPresent(decision -> decisions.put(scopes, decision)));
        } else {
            different.forEach(scopes -> decisions.put(scopes, policies.decide(scopes.all())));
        }
        return decisions;
    }

    /** One that cannot be prepared fails when it is asked, and only then: what others decide is theirs. */
    private static RetentionPolicy prepared(RetentionPolicy policy, Set<RetentionScope> scopes) {
        try {
            @Nullable RetentionPolicy prepared = policy.preparedFor(scopes);
            if (prepared == null) {
                throw new MaintenanceException("policy " + policy + " gave null as prepared");
            }
            return prepared;
        } catch (Throwable e) { // whatever it is, it is a plugin's
            return scope -> {
                throw new MaintenanceException("policy " + policy + " could not be prepared", e);
            };
        }
    }
}
