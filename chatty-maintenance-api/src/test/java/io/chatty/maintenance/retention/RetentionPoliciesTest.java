package io.chatty.maintenance.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetentionPoliciesTest {

    private static final RetentionRule MONTH = RetentionRule.keepFor(Duration.ofDays(30));
    private static final RetentionRule WEEK = RetentionRule.keepFor(Duration.ofDays(7));
    private static final RetentionRule DAY = RetentionRule.keepFor(Duration.ofDays(1));

    private static RetentionPolicy forScope(RetentionScope scope, RetentionRule rule) {
        return asked -> asked.equals(scope) ? Optional.of(rule) : Optional.empty();
    }

    @Test
    void without_any_policy_everything_is_kept_for_ever() {
        RetentionPolicies none = RetentionPolicies.builder().build();
        assertThat(none.ruleForRoom("lobby")).isEqualTo(RetentionRule.keepForever());
        assertThat(none.ruleWithoutRoom()).isEqualTo(RetentionRule.keepForever());
        assertThat(none.dependsOnRoom()).isFalse();
        assertThat(none.mayDecideAnyRoom()).isFalse();
    }

    @Test
    void a_room_beats_the_global_rule_whether_it_keeps_shorter_or_longer() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(WEEK)
                .room("lobby", DAY)
                .room("legal", RetentionRule.keepForever())
                .build();
        assertThat(policies.ruleForRoom("lobby")).isEqualTo(DAY);
        assertThat(policies.ruleForRoom("legal")).isEqualTo(RetentionRule.keepForever());
        assertThat(policies.ruleForRoom("other")).isEqualTo(WEEK);
        assertThat(policies.ruleWithoutRoom()).isEqualTo(WEEK);
        assertThat(policies.rooms()).containsExactlyInAnyOrder("lobby", "legal");
    }

    @Test
    void a_room_is_known_by_its_id_letter_for_letter() {
        RetentionPolicies policies =
                RetentionPolicies.builder().room("lobby", DAY).build();
        assertThat(policies.ruleForRoom("Lobby")).isEqualTo(RetentionRule.keepForever());
        assertThat(policies.ruleForRoom("lobby ")).isEqualTo(RetentionRule.keepForever());
        assertThat(policies.ruleWithoutRoom()).isEqualTo(RetentionRule.keepForever());
    }

    @Test
    void a_policy_of_the_host_decides_for_its_scopes_and_leaves_the_others_alone() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(MONTH)
                .policy(forScope(RetentionScope.room("lobby"), DAY))
                .build();
        assertThat(policies.ruleForRoom("lobby")).isEqualTo(DAY);
        assertThat(policies.ruleForRoom("other")).isEqualTo(MONTH);
        assertThat(policies.dependsOnRoom()).isTrue();
        assertThat(policies.mayDecideAnyRoom()).isTrue();
        assertThat(policies.rooms()).isEmpty();
    }

    @Test
    void a_global_rule_of_a_host_policy_is_for_rooms_without_one() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .room("lobby", DAY)
                .policy(forScope(RetentionScope.global(), MONTH))
                .build();
        assertThat(policies.ruleForRoom("lobby")).isEqualTo(DAY);
        assertThat(policies.ruleForRoom("other")).isEqualTo(MONTH);
        assertThat(policies.ruleWithoutRoom()).isEqualTo(MONTH);
    }

    @Test
    void two_rules_for_one_scope_are_refused_when_they_are_given() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionPolicies.builder().global(DAY).global(WEEK))
                .withMessageContainingAll("global", WEEK.toString(), DAY.toString(), "at most one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionPolicies.builder().room("lobby", DAY).room("lobby", WEEK))
                .withMessageContainingAll("room lobby", WEEK.toString(), DAY.toString(), "at most one");
    }

    @Test
    void two_rules_of_policies_for_one_scope_are_refused_when_they_are_met_even_if_they_are_equal() {
        RetentionPolicies twoRooms = RetentionPolicies.builder()
                .room("lobby", DAY)
                .policy(forScope(RetentionScope.room("lobby"), DAY))
                .build();
        assertThatThrownBy(() -> twoRooms.ruleForRoom("lobby"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("room lobby", DAY.toString(), "at most one");
        assertThat(twoRooms.ruleForRoom("other")).isEqualTo(RetentionRule.keepForever());

        RetentionPolicies twoGlobals = RetentionPolicies.builder()
                .policy(forScope(RetentionScope.global(), DAY))
                .policy(forScope(RetentionScope.global(), WEEK))
                .build();
        assertThatThrownBy(twoGlobals::ruleWithoutRoom)
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("global", DAY.toString(), WEEK.toString());
        assertThatThrownBy(() -> twoGlobals.ruleForRoom("lobby")).isInstanceOf(MaintenanceException.class);
    }

    @Test
    @SuppressWarnings("NullAway") // a host's policy may break its contract
    void a_policy_that_gives_null_is_refused_by_name_rather_than_taken_for_an_answer() {
        RetentionPolicy broken = new RetentionPolicy() {
            @Override
            public Optional<RetentionRule> ruleFor(RetentionScope scope) {
                return null;
            }

            @Override
            public String toString() {
                return "plan-policy";
            }
        };
        RetentionPolicies policies =
                RetentionPolicies.builder().global(DAY).policy(broken).build();
        assertThatThrownBy(() -> policies.ruleForRoom("lobby"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("plan-policy", "null", "room lobby", "Optional.empty()");
        assertThatThrownBy(policies::ruleWithoutRoom).isInstanceOf(MaintenanceException.class);
    }

    @Test
    void what_a_policy_throws_is_not_swallowed() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(DAY)
                .policy(scope -> {
                    throw new IllegalStateException("the plan service is down");
                })
                .build();
        assertThatThrownBy(() -> policies.ruleForRoom("lobby")).hasMessage("the plan service is down");
    }

    @Test
    @SuppressWarnings("NullAway") // what a host without null checks may do
    void missing_rules_and_policies_are_refused() {
        RetentionPolicies.Builder builder = RetentionPolicies.builder();
        assertThatNullPointerException().isThrownBy(() -> builder.global(null));
        assertThatNullPointerException().isThrownBy(() -> builder.room("lobby", null));
        assertThatNullPointerException().isThrownBy(() -> builder.policy(null));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.room("", DAY));
    }

    @Test
    void what_the_builder_is_told_later_does_not_reach_what_it_has_built() {
        RetentionPolicies.Builder builder = RetentionPolicies.builder().global(DAY);
        RetentionPolicies built = builder.build();
        builder.room("lobby", WEEK).policy(scope -> Optional.empty());
        assertThat(built.rooms()).isEmpty();
        assertThat(built.ruleForRoom("lobby")).isEqualTo(DAY);
        assertThat(built.dependsOnRoom()).isFalse();
    }
}
