package io.chatty.maintenance.retention;

import static io.chatty.maintenance.retention.RetentionRule.keepFor;
import static io.chatty.maintenance.retention.RetentionRule.keepForever;
import static io.chatty.maintenance.retention.RetentionRule.keepLatest;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.task.MaintenanceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FingerprintTest {

    private record Plans(String fingerprint) implements RetentionPolicy {
        @Override
        public Optional<RetentionRule> ruleFor(RetentionScope scope) {
            return Optional.empty();
        }
    }

    private static String of(Consumer<RetentionPolicies.Builder> given) {
        RetentionPolicies.Builder builder = RetentionPolicies.builder();
        given.accept(builder);
        return builder.build().fingerprint();
    }

    @Test
    void it_is_sixteen_hexadecimal_digits_that_stay_the_same_from_release_to_release() {
        assertThat(of(none -> {})).isEqualTo("32abc0c1813cab82");
        assertThat(of(all -> all.global(keepFor(ofDays(30)))
                        .team("free", keepLatest(7))
                        .room("café", keepFor(ofDays(1)).andLatest(2))
                        .user("ann", keepForever())
                        .policy(new Plans("v1"))
                        .precedence(Precedence.LONGEST)
                        .floor(ofDays(1))
                        .ceiling(ofDays(90))))
                .isEqualTo("8fad292119621adc");
    }

    @Test
    void the_order_in_which_things_were_given_does_not_matter() {
        List<Consumer<RetentionPolicies.Builder>> given = new ArrayList<>(List.of(
                builder -> builder.global(keepFor(ofDays(30))),
                builder -> builder.team("free", keepLatest(7)),
                builder -> builder.team("paid", keepLatest(8)),
                builder -> builder.room("lobby", keepFor(ofDays(1))),
                builder -> builder.room("legal", keepForever()),
                builder -> builder.user("ann", keepForever()),
                builder -> builder.policy(new Plans("v1")),
                builder -> builder.policy(new Plans("v2")),
                builder -> builder.floor(ofDays(1)),
                builder -> builder.ceiling(ofDays(90)),
                builder -> builder.precedence(Precedence.LONGEST)));
        Random random = new Random(7);
        String first = of(builder -> given.forEach(each -> each.accept(builder)));
        for (int i = 0; i < 100; i++) {
            Collections.shuffle(given, random);
            assertThat(of(builder -> given.forEach(each -> each.accept(builder))))
                    .isEqualTo(first);
        }
    }

    @Test
    void each_single_change_gives_another() {
        Map<String, String> seen = new LinkedHashMap<>();
        Map<String, Consumer<RetentionPolicies.Builder>> each = new LinkedHashMap<>();
        each.put("none", builder -> {});
        each.put("global", builder -> builder.global(keepFor(ofDays(1))));
        each.put("another time", builder -> builder.global(keepFor(ofDays(1).plusNanos(1))));
        each.put("for ever", builder -> builder.global(keepForever()));
        each.put("count", builder -> builder.global(keepLatest(1)));
        each.put("another count", builder -> builder.global(keepLatest(2)));
        each.put("both", builder -> builder.global(keepFor(ofDays(1)).andLatest(1)));
        each.put("team", builder -> builder.team("a", keepFor(ofDays(1))));
        each.put("room", builder -> builder.room("a", keepFor(ofDays(1))));
        each.put("user", builder -> builder.user("a", keepFor(ofDays(1))));
        each.put("another id", builder -> builder.room("A", keepFor(ofDays(1))));
        each.put("an id that looks like a count", builder -> builder.room("a1", keepLatest(1)));
        each.put("a count that looks like an id", builder -> builder.room("a", keepLatest(11)));
        each.put("an id with what stands between parts", builder -> builder.room("a8:keep", keepLatest(1)));
        each.put("two rooms", builder -> builder.room("a", keepFor(ofDays(1))).room("b", keepFor(ofDays(1))));
        each.put("floor", builder -> builder.floor(ofDays(1)));
        each.put("another floor", builder -> builder.floor(ofDays(2)));
        each.put("ceiling", builder -> builder.ceiling(ofDays(1)));
        each.put("longest", builder -> builder.precedence(Precedence.LONGEST));
        each.put("shortest", builder -> builder.precedence(Precedence.SHORTEST));
        each.put("policy", builder -> builder.policy(new Plans("v1")));
        each.put("another policy", builder -> builder.policy(new Plans("v2")));
        each.put("policy twice", builder -> builder.policy(new Plans("v1")).policy(new Plans("v1")));
        each.put("a policy that looks like two", builder -> builder.policy(new Plans("v16:policy2:v1")));
        each.forEach((what, change) -> {
            String before = seen.put(of(change), what);
            assertThat(before).as("the same as of " + what).isNull();
        });
        each.forEach((what, change) -> assertThat(seen).as(what).containsEntry(of(change), what));
    }

    @Test
    void a_policy_that_says_nothing_about_itself_is_told_by_its_class() {
        RetentionPolicy lambda = scope -> Optional.empty();
        RetentionPolicy anonymous = new RetentionPolicy() {
            @Override
            public Optional<RetentionRule> ruleFor(RetentionScope scope) {
                return Optional.empty();
            }
        };
        assertThat(lambda.fingerprint())
                .as("the same each time that the program starts, so without what the JVM makes up")
                .isEqualTo("io.chatty.maintenance.retention.FingerprintTest");
        assertThat(anonymous.fingerprint()).isEqualTo("io.chatty.maintenance.retention.FingerprintTest$1");
    }

    @Test
    void what_a_policy_says_now_counts() {
        List<String> version = new ArrayList<>(List.of("v1"));
        RetentionPolicy loaded = new RetentionPolicy() {
            @Override
            public Optional<RetentionRule> ruleFor(RetentionScope scope) {
                return Optional.empty();
            }

            @Override
            public String fingerprint() {
                return version.get(0);
            }
        };
        RetentionPolicies policies = RetentionPolicies.builder().policy(loaded).build();
        String before = policies.fingerprint();
        version.set(0, "v2");
        assertThat(policies.fingerprint()).isNotEqualTo(before);
        version.set(0, "v1");
        assertThat(policies.fingerprint()).isEqualTo(before);
    }

    @Test
    @SuppressWarnings("NullAway") // a host's policy may break its contract
    void a_policy_that_gives_null_is_refused_by_name() {
        RetentionPolicies policies =
                RetentionPolicies.builder().policy(new Plans(null)).build();
        assertThatThrownBy(policies::fingerprint)
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("Plans", "null", "fingerprint");
    }
}
