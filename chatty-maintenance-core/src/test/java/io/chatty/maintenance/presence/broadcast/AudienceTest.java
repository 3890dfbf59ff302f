package io.chatty.maintenance.presence.broadcast;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is told of whom, and that what is kept for it does not grow with members times subscribers. */
class AudienceTest implements PresenceSource {

    private static final List<String> USERS = List.of("ann", "bob", "cyd", "dan", "eve", "fay");

    private final Broadcaster broadcaster = new Broadcaster(this, Runnable::run, () -> {});
    private final Audience.Register register = new Audience.Register(this);

    @Override
    public int shards() {
        return 4;
    }

    @Override
    public int shardOf(String user) {
        return user.hashCode() & 3;
    }

    @Override
    public Presence read(String user) {
        return Presence.unknown(user, Instant.EPOCH);
    }

    @Override
    public long snapshot(int shard, @Nullable Collection<String> only, Consumer<Presence> consumer) {
        return 0;
    }

    private Subscription subscription(@Nullable String key) {
        Flow.Subscriber<PresenceEvent> nobody = new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                // asks for nothing
            }

            @Override
            public void onNext(PresenceEvent event) {
                // nothing comes
            }

            @Override
            public void onError(Throwable e) {
                throw new AssertionError(e);
            }

            @Override
            public void onComplete() {
                // nothing to do
            }
        };
        return new Subscription(broadcaster, new Scope(key, List::of), Sight.WHOLE, nobody, Runnable::run);
    }

    private Subscription added(@Nullable String key, String... members) {
        Subscription subscription = subscription(key);
        register.add(subscription);
        register.put(List.of(subscription), Set.of(members));
        return subscription;
    }

    private List<Subscription> toldOf(String user) {
        return register.ofUser(user).stream()
                .flatMap(audience -> audience.subscriptions().stream())
                .toList();
    }

    @Test
    void what_is_kept_of_a_room_is_kept_once_for_all_who_had_the_same_answer() {
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(added("room", "ann", "bob"));
        }
        assertThat(register.ofUser("ann")).hasSize(1).isEqualTo(register.ofUser("bob"));
        assertThat(toldOf("ann")).containsExactlyElementsOf(all);
        assertThat(register.ofKey("room")).hasSameElementsAs(all).hasSize(1_000);
        assertThat(register.size()).isEqualTo(1_000);

        register.put(all, Set.of("bob", "cyd"));
        assertThat(register.ofUser("ann")).isEmpty();
        assertThat(register.ofUser("cyd")).hasSize(1).isEqualTo(register.ofUser("bob"));
        assertThat(toldOf("cyd")).hasSameElementsAs(all);
    }

    @Test
    void one_that_had_another_answer_is_told_by_that_until_all_are_asked_again() {
        Subscription early = added("room", "ann");
        Subscription late = added("room", "ann", "bob");
        assertThat(toldOf("ann")).containsExactlyInAnyOrder(early, late);
        assertThat(toldOf("bob")).containsExactly(late);
        assertThat(register.ofKey("room")).containsExactlyInAnyOrder(early, late);

        register.put(register.ofKey("room"), Set.of("bob"));
        assertThat(register.ofUser("bob")).hasSize(1);
        assertThat(toldOf("bob")).containsExactlyInAnyOrder(early, late);
        assertThat(toldOf("ann")).isEmpty();
    }

    @Test
    void those_of_given_users_have_nothing_to_do_with_one_another() {
        Subscription one = added(null, "ann");
        Subscription other = added(null, "ann");
        assertThat(register.ofUser("ann")).hasSize(2);
        register.remove(one);
        assertThat(toldOf("ann")).containsExactly(other);
    }

    @Test
    void nothing_is_left_of_those_that_have_gone() {
        Subscription one = added("room", "ann", "bob");
        Subscription other = added("room", "ann", "bob");
        Subscription asked = subscription("room");
        register.add(asked);
        for (Subscription gone : List.of(one, asked, other, one)) {
            register.remove(gone);
        }
        assertThat(register.isEmpty()).isTrue();
        assertThat(register.ofKey("room")).isEmpty();
        assertThat(register.ofUser("ann")).isEmpty();
    }

    /** What a subscription is about, kept in the simplest way. */
    private record About(@Nullable String key, Set<String> members) {}

    @Test
    void each_is_told_of_its_own_whatever_others_do() {
        Random random = new Random(7);
        Map<Subscription, About> expected = new HashMap<>();
        List<Subscription> all = new ArrayList<>();
        for (int step = 0; step < 5_000; step++) {
            String key = List.of("room", "hall", "yard").get(random.nextInt(3));
            Set<String> members =
                    USERS.stream().filter(user -> random.nextInt(3) == 0).collect(toSet());
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    Subscription subscription = subscription(random.nextInt(4) == 0 ? null : key);
                    register.add(subscription);
                    all.add(subscription);
                    expected.put(subscription, new About(subscription.scope().key(), Set.of()));
                }
                case 2, 3 -> {
                    if (!all.isEmpty()) {
                        Subscription gone = all.remove(random.nextInt(all.size()));
                        register.remove(gone);
                        expected.remove(gone);
                    }
                }
                case 4 -> {
                    if (!all.isEmpty()) {
                        Subscription one = all.get(random.nextInt(all.size()));
                        register.put(List.of(one), members);
                        expected.put(one, new About(one.scope().key(), members));
                    }
                }
                default -> {
                    register.put(register.ofKey(key), members);
                    expected.replaceAll(
                            (one, about) -> Objects.equals(about.key, key) ? new About(key, members) : about);
                }
            }
            String user = USERS.get(random.nextInt(USERS.size()));
            Set<Subscription> told = new HashSet<>();
            Set<About> groups = new HashSet<>();
            int ofNoKey = 0;
            for (Map.Entry<Subscription, About> each : expected.entrySet()) {
                if (each.getValue().members.contains(user)) {
                    told.add(each.getKey());
                    ofNoKey += each.getValue().key == null ? 1 : 0;
                    groups.add(each.getValue());
                }
            }
            groups.removeIf(about -> about.key == null);
            assertThat(toldOf(user)).as("step " + step).containsExactlyInAnyOrderElementsOf(told);
            assertThat(register.ofUser(user)).as("kept at step " + step).hasSize(groups.size() + ofNoKey);
            assertThat(register.size()).isEqualTo(expected.size());
        }
    }
}
