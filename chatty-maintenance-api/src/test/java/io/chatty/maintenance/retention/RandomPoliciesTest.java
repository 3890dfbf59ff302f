package io.chatty.maintenance.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random rules on all levels, with every precedence and with bounds, against a plain oracle that looks at one message after the
 * other: at its age in milliseconds and at how many of its room are younger. Ages lie on, just
 * below and just above what matters, and some messages are sent in a moment.
 */
class RandomPoliciesTest {

    private static final int POLICIES_A_SEED = 4000;
    private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789Z");
    private static final long[] TIMES = {1, 1000, 86_400_000L, 7 * 86_400_000L, 30 * 86_400_000L, 315_569_520_000_000L};
    private static final int[] COUNTS = {1, 2, 5};
    private static final String[] LEVELS = {"user", "room", "team", "global"};

    /** A rule as the oracle knows it: no time means for ever unless there is a count. */
    private record ToyRule(@Nullable Long millis, int count, boolean forever) {
        boolean keeps(ToyMessage message) {
            boolean young = message.age <= (millis != null ? millis : 0); // what is sent from now on never goes
            boolean counted = count > 0 && (!message.inRoom || message.younger < count);
            return forever || young || counted;
        }

        RetentionRule toRule() {
            if (forever) {
                return RetentionRule.keepForever();
            }
            if (millis == null) {
                return RetentionRule.keepLatest(count);
            }
            RetentionRule.KeepFor time = RetentionRule.keepFor(Duration.ofMillis(millis));
            return count > 0 ? time.andLatest(count) : time;
        }
    }

    private record ToyMessage(long age, int younger, boolean inRoom) {}

    /** The rules of one message, from the most specific level to the least; null where a level has none. */
    private record ToyPolicies(
            List<@Nullable ToyRule> rules,
            String precedence,
            @Nullable Long floor,
            @Nullable Long ceiling) {
        boolean keeps(ToyMessage message) {
            List<ToyRule> given = new ArrayList<>();
            for (ToyRule rule : rules) {
                if (rule != null) {
                    given.add(rule);
                }
            }
            if (given.isEmpty()) {
                return true;
            }
            if (ceiling != null && message.age > ceiling) {
                return false;
            }
            return (floor != null && message.age <= floor) || byPrecedence(given, message);
        }

        private boolean byPrecedence(List<ToyRule> given, ToyMessage message) {
            if (precedence.equals("MOST_SPECIFIC")) {
                return given.get(0).keeps(message);
            }
            boolean any = false;
            boolean all = true;
            for (ToyRule rule : given) {
                any |= rule.keeps(message);
                all &= rule.keeps(message);
            }
            return precedence.equals("LONGEST") ? any : all;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void what_is_decided_keeps_exactly_the_messages_that_the_rules_keep(long seed) {
        Random random = new Random(seed);
        int gone = 0;
        int kept = 0;
        for (int round = 0; round < POLICIES_A_SEED; round++) {
            ToyPolicies toy = toy(random);
            boolean inRoom = toy.rules.get(1) != null || random.nextBoolean();
            List<RetentionScope> asked = new ArrayList<>();
            RetentionPolicies policies = policies(random, toy, asked, inRoom);
            RetentionDecision decision = policies.decide(asked);
            Optional<Instant> shown = policies.visibleSince(NOW, asked.toArray(RetentionScope[]::new));
            for (ToyMessage message : messages(random, toy, inRoom)) {
                boolean expected = toy.keeps(message);
                assertThat(keeps(decision, message))
                        .as("seed %s, round %s: %s, %s says %s", seed, round, policies, message, decision)
                        .isEqualTo(expected);
                ToyMessage atBest = new ToyMessage(message.age, 0, message.inRoom);
                assertThat(isShown(shown, message))
                        .as("seed %s, round %s: %s, %s shown since %s", seed, round, policies, message, shown)
                        .isEqualTo(toy.keeps(atBest));
                gone += expected ? 0 : 1;
                kept += expected ? 1 : 0;
            }
        }
        assertThat(gone).as("messages that go").isGreaterThan(10_000);
        assertThat(kept).as("messages that stay").isGreaterThan(10_000);
    }

    private static boolean keeps(RetentionDecision decision, ToyMessage message) {
        Instant sentAt = NOW.minusMillis(message.age);
        boolean old = decision.cutOff(NOW).filter(sentAt::isBefore).isPresent();
        boolean tooOld = decision.cutOffOfLatest(NOW).filter(sentAt::isBefore).isPresent();
        boolean among = decision.latest() > 0 && (!message.inRoom || message.younger < decision.latest());
        return !old || (among && !tooOld);
    }

    private static boolean isShown(Optional<Instant> since, ToyMessage message) {
        return since.isEmpty() || !NOW.minusMillis(message.age).isBefore(since.get());
    }

    private static ToyPolicies toy(Random random) {
        String precedence = new String[] {"MOST_SPECIFIC", "LONGEST", "SHORTEST"}[random.nextInt(3)];
        List<@Nullable ToyRule> rules = new ArrayList<>();
        for (String level : LEVELS) {
            boolean counts = !precedence.equals("SHORTEST") && !level.equals("user");
            rules.add(random.nextInt(3) == 0 ? null : rule(random, counts));
        }
        Long floor = random.nextInt(3) == 0 ? time(random) : null;
        Long ceiling = random.nextInt(3) == 0 ? time(random) : null;
        if (floor != null && ceiling != null && floor > ceiling) {
            ceiling = floor;
        }
        return new ToyPolicies(rules, precedence, floor, ceiling);
    }

    private static Long time(Random random) {
        return TIMES[random.nextInt(TIMES.length)];
    }

    private static ToyRule rule(Random random, boolean counts) {
        int kind = random.nextInt(counts ? 4 : 2);
        int count = COUNTS[random.nextInt(COUNTS.length)];
        return switch (kind) {
            case 0 -> new ToyRule(null, 0, true);
            case 1 -> new ToyRule(time(random), 0, false);
            case 2 -> new ToyRule(null, count, false);
            default -> new ToyRule(time(random), count, false);
        };
    }

    /** Half of the rules are declared, half come from policies of the host's own; others stand beside that do not matter. */
    private static RetentionPolicies policies(
            Random random, ToyPolicies toy, List<RetentionScope> asked, boolean inRoom) {
        RetentionPolicies.Builder builder = RetentionPolicies.builder().precedence(Precedence.valueOf(toy.precedence));
        Map<RetentionScope, RetentionRule> own = new HashMap<>();
        builder.room("beside", RetentionRule.keepFor(Duration.ofMillis(1)))
                .team("room-1", RetentionRule.keepFor(Duration.ofMillis(1)))
                .user("room-1", RetentionRule.keepFor(Duration.ofMillis(1)));
        RetentionScope[] scopes = {
            RetentionScope.user("user-1"),
            RetentionScope.room("room-1"),
            RetentionScope.team("team-1"),
            RetentionScope.global()
        };
        for (int i = 0; i < scopes.length; i++) {
            ToyRule given = toy.rules.get(i);
            boolean meant = i != 1 || inRoom;
            if (meant && (given != null || random.nextBoolean())) {
                asked.add(scopes[i]);
            }
            if (given != null) {
                RetentionRule rule = given.toRule();
                switch (random.nextBoolean() ? i : -1) {
                    case 0 -> builder.user("user-1", rule);
                    case 1 -> builder.room("room-1", rule);
                    case 2 -> builder.team("team-1", rule);
                    case 3 -> builder.global(rule);
                    default -> own.put(scopes[i], rule);
                }
            }
        }
        Collections.shuffle(asked, random);
        Optional.ofNullable(toy.floor).map(Duration::ofMillis).ifPresent(builder::floor);
        Optional.ofNullable(toy.ceiling).map(Duration::ofMillis).ifPresent(builder::ceiling);
        return builder.policy(scope -> Optional.ofNullable(own.get(scope))).build();
    }

    private static List<ToyMessage> messages(Random random, ToyPolicies toy, boolean inRoom) {
        List<Long> edges = new ArrayList<>(List.of(0L, 400_000_000_000_000L));
        for (ToyRule rule : toy.rules) {
            if (rule != null && rule.millis != null) {
                edges.add(rule.millis);
            }
        }
        Optional.ofNullable(toy.floor).ifPresent(edges::add);
        Optional.ofNullable(toy.ceiling).ifPresent(edges::add);
        List<ToyMessage> messages = new ArrayList<>();
        for (long edge : edges) {
            for (long age = edge - 1; age <= edge + 1; age++) {
                messages.add(new ToyMessage(age, random.nextInt(7), inRoom));
            }
        }
        return messages;
    }
}
