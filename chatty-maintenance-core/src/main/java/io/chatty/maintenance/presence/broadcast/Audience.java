package io.chatty.maintenance.presence.broadcast;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Subscriptions to the same room, or to the contacts of the same user, that had the same answer to who that is: what is kept of the
 * members is kept once, and not for each subscriber, who are mostly the members themselves. Guarded by the {@link Broadcaster}.
 */
final class Audience {

    private final Object key;
    private final Set<String> members;
    private final Map<Integer, List<String>> byShard;
    private final Set<Subscription> subscriptions = new LinkedHashSet<>();

    private Audience(Object key, Set<String> members, PresenceSource source) {
        this.key = key;
        this.members = members;
        this.byShard = members.stream().collect(Collectors.groupingBy(source::shardOf));
    }

    /** Those who are told of the members, as they are now. */
    Collection<Subscription> subscriptions() {
        return subscriptions;
    }

    /** All that there are. A key has several while subscribers had different answers. */
    static final class Register {

        private final PresenceSource source;
        private final Map<Object, Set<Audience>> byKey = new HashMap<>();
        private final Map<String, Set<Audience>> byUser = new HashMap<>();
        private final Map<Subscription, Audience> bySubscription = new HashMap<>();

        Register(PresenceSource source) {
            this.source = source;
        }

        boolean isEmpty() {
            return bySubscription.isEmpty();
        }

        int size() {
            return bySubscription.size();
        }

        boolean contains(Subscription subscription) {
            return bySubscription.containsKey(subscription);
        }

        Collection<Subscription> subscriptions() {
            return bySubscription.keySet();
        }

        List<Subscription> ofKey(String key) {
            return byKey.getOrDefault(key, Set.of()).stream()
                    .flatMap(audience -> audience.subscriptions.stream())
                    .toList();
        }

        Collection<Audience> ofUser(String user) {
            return byUser.getOrDefault(user, Set.of());
        }

        /** One that is told of nobody until it is {@linkplain #put put} where it belongs. */
        void add(Subscription subscription) {
            String key = subscription.scope().key();
            put(subscription, of(key == null ? subscription : key, Set.of()));
        }

        /** Those are whom subscriptions of one key are about. */
        void put(List<Subscription> subscriptions, Set<String> members) {
            if (subscriptions.isEmpty()) {
                return;
            }
            Audience before = Objects.requireNonNull(bySubscription.get(subscriptions.get(0)));
            Audience now = of(before.key, members);
            for (Subscription subscription : subscriptions) {
                if (bySubscription.get(subscription) != now) {
                    remove(subscription);
                    put(subscription, now);
                }
            }
        }

        private void put(Subscription subscription, Audience audience) {
            audience.subscriptions.add(subscription);
            bySubscription.put(subscription, audience);
            subscription.setMembers(audience.byShard);
        }

        private Audience of(Object key, Set<String> members) {
            Set<Audience> known = byKey.computeIfAbsent(key, none -> new LinkedHashSet<>());
            for (Audience audience : known) {
                if (audience.members.equals(members)) {
                    return audience;
                }
            }
            Audience audience = new Audience(key, members, source);
            known.add(audience);
            members.forEach(user ->
                    byUser.computeIfAbsent(user, none -> new HashSet<>(2)).add(audience));
            return audience;
        }

        void remove(Subscription subscription) {
            Audience audience = bySubscription.remove(subscription);
            if (audience == null) {
                return;
            }
            audience.subscriptions.remove(subscription);
            if (audience.subscriptions.isEmpty()) {
                take(byKey, audience.key, audience);
                audience.members.forEach(user -> take(byUser, user, audience));
            }
        }

        private static <K> void take(Map<K, Set<Audience>> from, K key, Audience audience) {
            from.computeIfPresent(key, (none, known) -> known.remove(audience) && known.isEmpty() ? null : known);
        }
    }
}
