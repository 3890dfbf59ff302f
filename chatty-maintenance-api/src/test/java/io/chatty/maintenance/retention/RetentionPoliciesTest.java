package io.chatty.maintenance.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.retention.RetentionScope.Level;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionPoliciesTest {

    private static final RetentionRule MONTH = RetentionRule.keepFor(Duration.ofDays(30));
    private static final RetentionRule WEEK = RetentionRule.keepFor(Duration.ofDays(7));
    private static final RetentionRule DAY = RetentionRule.keepFor(Duration.ofDays(1));

    private static RetentionPolicy forScope(RetentionScope scope, RetentionRule rule) {
        return asked -> asked.equals(scope) ? Optional.of(rule) : Optional.empty();
    }

    private static RetentionPolicy named(String name, RetentionPolicy policy) {
        return new RetentionPolicy() {
            @Override
            public Optional<RetentionRule> ruleFor(RetentionScope scope) {
                return policy.ruleFor(scope);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    @Test
    void without_any_policy_everything_is_kept_for_ever() {
        RetentionPolicies none = RetentionPolicies.builder().build();
        assertThat(none.decide(RetentionScope.room("lobby")).keptFor()).isEmpty();
        assertThat(none.decide().keptFor()).isEmpty();
        assertThat(none.mayDecide(Level.ROOM)).isFalse();
        assertThat(none.hasOwnPolicies()).isFalse();
    }

    @Test
    void a_room_beats_the_global_rule_whether_it_keeps_shorter_or_longer() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(WEEK)
                .room("lobby", DAY)
                .room("legal", RetentionRule.keepForever())
                .build();
        assertThat(policies.decide(RetentionScope.room("lobby")).keptFor()).contains(Duration.ofDays(1));
        assertThat(policies.decide(RetentionScope.room("legal")).keptFor()).isEmpty();
        assertThat(policies.decide(RetentionScope.room("other")).keptFor()).contains(Duration.ofDays(7));
        assertThat(policies.decide().keptFor()).contains(Duration.ofDays(7));
        assertThat(policies.ids(Level.ROOM)).containsExactlyInAnyOrder("lobby", "legal");
    }

    @Test
    void a_room_is_known_by_its_id_letter_for_letter() {
        RetentionPolicies policies =
                RetentionPolicies.builder().room("lobby", DAY).build();
        assertThat(policies.decide(RetentionScope.room("Lobby")).keptFor()).isEmpty();
        assertThat(policies.decide(RetentionScope.room("lobby ")).keptFor()).isEmpty();
        assertThat(policies.decide().keptFor()).isEmpty();
    }

    @Test
    void a_policy_of_the_host_decides_for_its_scopes_and_leaves_the_others_alone() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(MONTH)
                .policy(forScope(RetentionScope.room("lobby"), DAY))
                .build();
        assertThat(policies.decide(RetentionScope.room("lobby")).keptFor()).contains(Duration.ofDays(1));
        assertThat(policies.decide(RetentionScope.room("other")).keptFor()).contains(Duration.ofDays(30));
        assertThat(policies.mayDecide(Level.ROOM)).isTrue();
        assertThat(policies.hasOwnPolicies()).isTrue();
        assertThat(policies.ids(Level.ROOM)).isEmpty();
    }

    @Test
    void a_global_rule_of_a_host_policy_is_for_rooms_without_one() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .room("lobby", DAY)
                .policy(forScope(RetentionScope.global(), MONTH))
                .build();
        assertThat(policies.decide(RetentionScope.room("lobby")).keptFor()).contains(Duration.ofDays(1));
        assertThat(policies.decide(RetentionScope.room("other")).keptFor()).contains(Duration.ofDays(30));
        assertThat(policies.decide().keptFor()).contains(Duration.ofDays(30));
    }

    @Test
    void the_most_specific_rule_decides_whether_it_keeps_shorter_or_longer() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(MONTH)
                .team("free", WEEK)
                .room("lobby", DAY)
                .user("ann", RetentionRule.keepForever())
                .build();
        RetentionScope team = RetentionScope.team("free");
        RetentionScope room = RetentionScope.room("lobby");
        RetentionScope ann = RetentionScope.user("ann");
        assertThat(policies.decide()).hasToString("global: keep for 30 days");
        assertThat(policies.decide(team)).hasToString("team free: keep for 7 days");
        assertThat(policies.decide(team, room)).hasToString("room lobby: keep for 1 day");
        assertThat(policies.decide(ann, team, room)).hasToString("user ann: keep forever");
        assertThat(policies.decide(RetentionScope.user("bob"), RetentionScope.room("other"), team))
                .hasToString("team free: keep for 7 days");
        assertThat(policies.decide(RetentionScope.team("lobby"), RetentionScope.room("ann")))
                .as("an id counts on its own level alone")
                .hasToString("global: keep for 30 days");
    }

    @Test
    void the_order_in_which_scopes_are_given_and_whether_the_global_one_is_does_not_matter() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(MONTH)
                .team("free", WEEK)
                .room("lobby", DAY)
                .precedence(Precedence.LONGEST)
                .build();
        RetentionScope team = RetentionScope.team("free");
        RetentionScope room = RetentionScope.room("lobby");
        assertThat(List.of(
                        policies.decide(team, room),
                        policies.decide(room, team),
                        policies.decide(RetentionScope.global(), room, team),
                        policies.decide(Set.of(team, room))))
                .containsOnly(policies.decide(room, RetentionScope.global(), team));
    }

    @Test
    void two_scopes_of_one_level_are_refused() {
        RetentionPolicies policies = RetentionPolicies.builder().global(DAY).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policies.decide(RetentionScope.room("a"), RetentionScope.room("b")))
                .withMessageContainingAll("room a", "room b", "at most one of a level");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policies.visibleSince(
                        Instant.EPOCH, RetentionScope.user("a"), RetentionScope.team("t"), RetentionScope.user("a")))
                .withMessageContainingAll("user a and user a", "at most one of a level");
    }

    @Test
    void the_longest_rule_decides_when_asked_and_the_largest_count_holds_beside_it() {
        assertThat(decideOnAll(Precedence.LONGEST, MONTH, WEEK, DAY))
                .hasToString("global: keep for 30 days")
                .returns(Optional.of(Duration.ofDays(30)), RetentionDecision::keptFor);
        assertThat(decideOnAll(Precedence.LONGEST, DAY, RetentionRule.keepForever(), WEEK))
                .hasToString("team free: keep forever")
                .returns(Optional.empty(), RetentionDecision::keptFor);
        assertThat(decideOnAll(Precedence.LONGEST, MONTH, RetentionRule.keepLatest(7), DAY))
                .returns("team free + global", RetentionDecision::label)
                .returns(Optional.of(Duration.ofDays(30)), RetentionDecision::keptFor)
                .returns(7, RetentionDecision::latest)
                .returns(Optional.empty(), RetentionDecision::longest);
        assertThat(decideOnAll(Precedence.LONGEST, RetentionRule.keepLatest(7), DAY, WEEK))
                .returns("room lobby + global", RetentionDecision::label);
        assertThat(decideOnAll(
                        Precedence.LONGEST,
                        RetentionRule.keepLatest(7),
                        RetentionRule.keepFor(Duration.ofDays(8)).andLatest(9),
                        WEEK))
                .returns("team free", RetentionDecision::label);
        assertThat(decideOnAll(
                        Precedence.LONGEST,
                        RetentionRule.keepFor(Duration.ofDays(7)).andLatest(9),
                        DAY,
                        WEEK))
                .as("where one rule says all of it, that one is named")
                .returns("global", RetentionDecision::label);
        assertThat(decideOnAll(
                        Precedence.LONGEST,
                        RetentionRule.keepForever(),
                        RetentionRule.keepLatest(7),
                        RetentionRule.keepLatest(8)))
                .as("beside for ever a count has nothing left to keep")
                .hasToString("global: keep forever")
                .returns(0, RetentionDecision::latest);
    }

    @Test
    void the_shortest_rule_decides_when_asked_and_one_for_ever_gives_way_to_any_other() {
        assertThat(decideOnAll(Precedence.SHORTEST, DAY, WEEK, MONTH)).hasToString("global: keep for 1 day");
        assertThat(decideOnAll(Precedence.SHORTEST, MONTH, WEEK, RetentionRule.keepForever()))
                .hasToString("team free: keep for 7 days");
        RetentionRule forever = RetentionRule.keepForever();
        assertThat(decideOnAll(Precedence.SHORTEST, forever, forever, forever)).hasToString("room lobby: keep forever");
    }

    @Test
    void of_equal_rules_the_most_specific_one_is_named() {
        for (Precedence precedence : Precedence.values()) {
            assertThat(decideOnAll(precedence, DAY, DAY, DAY).label()).isEqualTo("room lobby");
        }
    }

    private static RetentionDecision decideOnAll(
            Precedence precedence, RetentionRule global, RetentionRule team, RetentionRule room) {
        return RetentionPolicies.builder()
                .precedence(precedence)
                .global(global)
                .team("free", team)
                .room("lobby", room)
                .build()
                .decide(RetentionScope.team("free"), RetentionScope.room("lobby"), RetentionScope.user("ann"));
    }

    @Test
    void shortest_refuses_rules_with_a_count_since_they_cannot_be_compared() {
        RetentionPolicies.Builder declared =
                RetentionPolicies.builder().precedence(Precedence.SHORTEST).team("free", RetentionRule.keepLatest(7));
        assertThatIllegalArgumentException()
                .isThrownBy(declared::build)
                .withMessageContainingAll("precedence", "team free", "keep the latest 7", "where the shortest decides");
        RetentionPolicies own = RetentionPolicies.builder()
                .precedence(Precedence.SHORTEST)
                .global(DAY)
                .policy(forScope(RetentionScope.room("lobby"), RetentionRule.keepLatest(7)))
                .build();
        assertThatThrownBy(() -> own.decide(RetentionScope.room("lobby")))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("precedence", "room lobby", "keep the latest 7", "where the shortest decides");
        assertThat(own.decide(RetentionScope.room("other")).label()).isEqualTo("global");
    }

    @Test
    void rules_with_a_count_are_refused_for_users_since_the_latest_are_counted_by_room() {
        RetentionRule both = RetentionRule.keepFor(Duration.ofDays(1)).andLatest(7);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionPolicies.builder().user("ann", both))
                .withMessageContainingAll("user ann", both.toString(), "counted by room");
        RetentionPolicies own = RetentionPolicies.builder()
                .policy(named("plans", forScope(RetentionScope.user("ann"), both)))
                .build();
        assertThatThrownBy(() -> own.decide(RetentionScope.user("ann")))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("plans", "user ann", both.toString(), "counted by room");
        assertThat(own.decide(RetentionScope.user("bob")).label()).isEqualTo("none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // rule | floor | ceiling | kept for | latest | longest | bounds
                "keep for 7 days|         |         | P7D  | 0 | P7D  |",
                "keep for 7 days| P7D     | P7D     | P7D  | 0 | P7D  |",
                "keep for 7 days| PT168H1S|         | PT168H1S | 0 | PT168H1S | at least PT168H1S (floor)",
                "keep for 7 days| P30D    |         | P30D | 0 | P30D | at least 30 days (floor)",
                "keep for 7 days| P3D     |         | P7D  | 0 | P7D  |",
                "keep for 7 days|         | P3D     | P3D  | 0 | P3D  | at most 3 days (ceiling)",
                "keep for 7 days|         | P30D    | P7D  | 0 | P7D  |",
                "keep for 7 days| P30D    | P30D    | P30D | 0 | P30D | at least 30 days (floor)",
                "keep forever   | P30D    |         |      | 0 |      |",
                "keep forever   |         | P30D    | P30D | 0 | P30D | at most 30 days (ceiling)",
                "latest 5       |         |         | P0D  | 5 |      |",
                "latest 5       | P3D     |         | P3D  | 5 |      | at least 3 days (floor)",
                "latest 5       |         | P30D    | P0D  | 5 | P30D | at most 30 days (ceiling)",
                "latest 5       | P3D     | P30D    | P3D  | 5 | P30D | at least 3 days (floor)/at most 30 days (ceiling)",
                "latest 5       | P3D     | P3D     | P3D  | 0 | P3D  | at least 3 days (floor)/at most 3 days (ceiling)",
                "7 days, latest 5 |       |         | P7D  | 5 |      |",
                "7 days, latest 5 |       | P30D    | P7D  | 5 | P30D | at most 30 days (ceiling)",
                "7 days, latest 5 |       | P7D     | P7D  | 0 | P7D  | at most 7 days (ceiling)",
                "7 days, latest 5 |       | P3D     | P3D  | 0 | P3D  | at most 3 days (ceiling)",
                "7 days, latest 5 | P30D  |         | P30D | 5 |      | at least 30 days (floor)",
            })
    void the_floor_applies_first_then_the_ceiling_which_takes_the_latest_too(
            String given,
            @Nullable Duration floor,
            @Nullable Duration ceiling,
            @Nullable Duration keptFor,
            int latest,
            @Nullable Duration longest,
            @Nullable String bounds) {
        Map<String, RetentionRule> rules = Map.of(
                "keep for 7 days", WEEK,
                "keep forever", RetentionRule.keepForever(),
                "latest 5", RetentionRule.keepLatest(5),
                "7 days, latest 5", RetentionRule.keepFor(Duration.ofDays(7)).andLatest(5));
        RetentionPolicies.Builder builder =
                RetentionPolicies.builder().room("lobby", Objects.requireNonNull(rules.get(given)));
        Optional.ofNullable(floor).ifPresent(builder::floor);
        Optional.ofNullable(ceiling).ifPresent(builder::ceiling);
        RetentionPolicies policies = builder.build();
        RetentionDecision decision = policies.decide(RetentionScope.room("lobby"));
        assertThat(decision.keptFor()).isEqualTo(Optional.ofNullable(keptFor));
        assertThat(decision.latest()).isEqualTo(latest);
        assertThat(decision.longest()).isEqualTo(Optional.ofNullable(longest));
        assertThat(decision.bounds()).isEqualTo(bounds == null ? List.of() : List.of(bounds.split("/")));
        assertThat(decision.label()).isEqualTo("room lobby");
        assertThat(policies.decide(RetentionScope.room("other")))
                .as("without a rule there is nothing to bound")
                .hasToString("no rule: keep forever")
                .returns("none", RetentionDecision::label)
                .returns(Optional.empty(), RetentionDecision::keptFor)
                .returns(Optional.empty(), RetentionDecision::longest);
    }

    @Test
    void bounds_apply_to_what_precedence_has_found_not_to_each_rule() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .precedence(Precedence.SHORTEST)
                .global(MONTH)
                .room("lobby", DAY)
                .floor(Duration.ofDays(7))
                .build();
        assertThat(policies.decide(RetentionScope.room("lobby")))
                .hasToString("room lobby: keep for 1 day, at least 7 days (floor)");
    }

    @Test
    void bounds_that_make_no_sense_are_refused() {
        RetentionPolicies.Builder builder = RetentionPolicies.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.floor(Duration.ZERO))
                .withMessageContainingAll("floor", "PT0S", "longer than zero", "set none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.ceiling(Duration.ofDays(-1)))
                .withMessageContainingAll("ceiling", "PT-24H", "longer than zero", "set none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.floor(Duration.ofDays(3_652_426)))
                .withMessageContainingAll("floor", "10,000 years");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.ceiling(Duration.ofDays(3_652_426)))
                .withMessageContainingAll("ceiling", "10,000 years");
        builder.floor(Duration.ofDays(7)).ceiling(Duration.ofDays(7).minusMillis(1));
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContainingAll("floor: 7 days", "ceiling of PT167H59M59.999S");
        assertThat(builder.ceiling(Duration.ofDays(7)).build().ceiling()).contains(Duration.ofDays(7));
    }

    @ParameterizedTest
    @CsvSource({"-1, false", "0, true", "1, true"})
    void a_message_exactly_as_old_as_it_is_kept_for_is_still_shown(long millis, boolean shown) {
        Instant now = Instant.parse("2026-01-31T00:00:00Z");
        RetentionPolicies policies = RetentionPolicies.builder().global(MONTH).build();
        Instant sentAt = Instant.parse("2026-01-01T00:00:00Z").plusMillis(millis);
        assertThat(sentAt.isBefore(policies.visibleSince(now).orElseThrow())).isEqualTo(!shown);
        assertThat(sentAt.isBefore(policies.decide().cutOff(now).orElseThrow())).isEqualTo(!shown);
    }

    @Test
    void what_a_count_keeps_is_shown() {
        Instant now = Instant.parse("2026-01-31T00:00:00Z");
        RetentionPolicies.Builder builder = RetentionPolicies.builder()
                .global(RetentionRule.keepFor(Duration.ofDays(7)).andLatest(3))
                .room("lobby", RetentionRule.keepLatest(2))
                .room("legal", RetentionRule.keepForever());
        RetentionPolicies policies = builder.build();
        assertThat(policies.visibleSince(now)).isEmpty();
        assertThat(policies.visibleSince(now, RetentionScope.room("lobby"))).isEmpty();
        assertThat(policies.visibleSince(now, RetentionScope.room("legal"))).isEmpty();
        RetentionPolicies bounded = builder.ceiling(Duration.ofDays(30)).build();
        Instant monthAgo = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(bounded.visibleSince(now)).contains(monthAgo);
        assertThat(bounded.visibleSince(now, RetentionScope.room("lobby"))).contains(monthAgo);
        assertThat(bounded.decide(RetentionScope.room("lobby")).cutOff(now)).contains(now);
        assertThat(bounded.decide(RetentionScope.room("lobby")).cutOffOfLatest(now))
                .contains(monthAgo);
    }

    @Test
    void which_levels_can_have_a_rule_is_known() {
        RetentionPolicies declared = RetentionPolicies.builder()
                .team("b", DAY)
                .team("a", DAY)
                .user("ann", DAY)
                .build();
        assertThat(declared.ids(Level.TEAM)).containsExactly("a", "b");
        assertThat(declared.ids(Level.USER)).containsExactly("ann");
        assertThat(declared.ids(Level.ROOM)).isEmpty();
        assertThat(declared.ids(Level.GLOBAL)).isEmpty();
        assertThat(Level.values()).filteredOn(declared::mayDecide).containsExactly(Level.TEAM, Level.USER);
        assertThat(declared.hasOwnPolicies()).isFalse();
        RetentionPolicies global = RetentionPolicies.builder().global(DAY).build();
        assertThat(Level.values()).filteredOn(global::mayDecide).containsExactly(Level.GLOBAL);
        RetentionPolicies own =
                RetentionPolicies.builder().policy(scope -> Optional.empty()).build();
        assertThat(Level.values()).allMatch(own::mayDecide);
        assertThat(own.hasOwnPolicies()).isTrue();
    }

    @Test
    void declared_counts_are_known() {
        assertThat(RetentionPolicies.builder().global(DAY).build().hasCounts()).isFalse();
        assertThat(RetentionPolicies.builder()
                        .global(DAY)
                        .team("free", RetentionRule.keepLatest(1))
                        .build()
                        .hasCounts())
                .isTrue();
    }

    @Test
    void reviewing_policies_are_told_from_the_others_and_have_no_rule_unless_they_give_one() {
        ReviewingPolicy starred = message -> Verdict.keep("starred");
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(DAY)
                .policy(scope -> Optional.empty())
                .policy(starred)
                .build();
        assertThat(policies.reviewing()).containsExactly(starred);
        assertThat(policies.decide(RetentionScope.room("lobby")).label()).isEqualTo("global");
        assertThat(starred.columns()).isEmpty();
    }

    @Test
    void policies_say_all_that_they_hold() {
        assertThat(RetentionPolicies.builder().build()).hasToString("global: none");
        assertThat(RetentionPolicies.builder()
                        .user("ann", DAY)
                        .room("b", RetentionRule.keepLatest(3))
                        .room("a", RetentionRule.keepFor(Duration.ofHours(1)).andLatest(3))
                        .team("free", RetentionRule.keepForever())
                        .global(MONTH)
                        .policy(named("plans", scope -> Optional.empty()))
                        .precedence(Precedence.LONGEST)
                        .floor(Duration.ofDays(1))
                        .ceiling(Duration.ofDays(3650))
                        .build())
                .hasToString(
                        "global: keep for 30 days, team free: keep forever, room a: keep for PT1H and the latest 3,"
                                + " room b: keep the latest 3, user ann: keep for 1 day, policy plans, precedence: LONGEST,"
                                + " floor: 1 day, ceiling: 3650 days");
    }

    @Test
    void two_rules_for_one_scope_are_refused_when_they_are_given() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionPolicies.builder().global(DAY).global(WEEK))
                .withMessageContainingAll("global", WEEK.toString(), DAY.toString(), "at most one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionPolicies.builder().room("lobby", DAY).room("lobby", WEEK))
                .withMessageContainingAll("room lobby", WEEK.toString(), DAY.toString(), "at most one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionPolicies.builder().team("x", DAY).team("x", WEEK))
                .withMessageContaining("team x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionPolicies.builder().user("x", DAY).user("x", WEEK))
                .withMessageContaining("user x");
    }

    @Test
    void two_rules_of_policies_for_one_scope_are_refused_when_they_are_met_even_if_they_are_equal() {
        RetentionPolicies twoRooms = RetentionPolicies.builder()
                .room("lobby", DAY)
                .policy(forScope(RetentionScope.room("lobby"), DAY))
                .build();
        assertThatThrownBy(() -> twoRooms.decide(RetentionScope.room("lobby")))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("room lobby", DAY.toString(), "at most one");
        assertThat(twoRooms.decide(RetentionScope.room("other")).keptFor()).isEmpty();

        RetentionPolicies twoGlobals = RetentionPolicies.builder()
                .policy(forScope(RetentionScope.global(), DAY))
                .policy(forScope(RetentionScope.global(), WEEK))
                .build();
        assertThatThrownBy(twoGlobals::decide)
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("global", DAY.toString(), WEEK.toString());
        assertThatThrownBy(() -> twoGlobals.decide(RetentionScope.room("lobby")))
                .isInstanceOf(MaintenanceException.class);
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
        assertThatThrownBy(() -> policies.decide(RetentionScope.room("lobby")))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("plan-policy", "null", "room lobby", "Optional.empty()");
        assertThatThrownBy(policies::decide).isInstanceOf(MaintenanceException.class);
    }

    @Test
    void what_a_policy_throws_is_not_swallowed() {
        RetentionPolicies policies = RetentionPolicies.builder()
                .global(DAY)
                .policy(scope -> {
                    throw new IllegalStateException("the plan service is down");
                })
                .build();
        assertThatThrownBy(() -> policies.decide(RetentionScope.room("lobby"))).hasMessage("the plan service is down");
    }

    @Test
    @SuppressWarnings("NullAway") // what a host without null checks may do
    void missing_rules_and_policies_are_refused() {
        RetentionPolicies.Builder builder = RetentionPolicies.builder();
        assertThatNullPointerException().isThrownBy(() -> builder.global(null));
        assertThatNullPointerException().isThrownBy(() -> builder.room("lobby", null));
        assertThatNullPointerException().isThrownBy(() -> builder.team("free", null));
        assertThatNullPointerException().isThrownBy(() -> builder.user("ann", null));
        assertThatNullPointerException().isThrownBy(() -> builder.policy(null));
        assertThatNullPointerException().isThrownBy(() -> builder.precedence(null));
        assertThatNullPointerException().isThrownBy(() -> builder.floor(null));
        assertThatNullPointerException().isThrownBy(() -> builder.ceiling(null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.room("", DAY))
                .withMessageContaining("room: an empty id");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.team("", DAY))
                .withMessageContaining("team: an empty id");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.user("", DAY))
                .withMessageContaining("user: an empty id");
    }

    @Test
    void what_the_builder_is_told_later_does_not_reach_what_it_has_built() {
        RetentionPolicies.Builder builder = RetentionPolicies.builder().global(DAY);
        RetentionPolicies built = builder.build();
        builder.room("lobby", WEEK).policy(scope -> Optional.empty());
        assertThat(built.ids(Level.ROOM)).isEmpty();
        assertThat(built.decide(RetentionScope.room("lobby")).keptFor()).contains(Duration.ofDays(1));
        assertThat(built.mayDecide(Level.ROOM)).isFalse();
    }
}
