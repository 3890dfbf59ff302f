package io.chatty.maintenance.testkit;

import io.chatty.maintenance.presence.LastSeenStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Keeps in memory when users were last seen, for tests: give the same one to a second tracker, and it finds what the first left
 * behind. It knows every user. Thread-safe.
 */
public final class InMemoryLastSeenStore implements LastSeenStore {

    private static final Comparator<String> BY_BYTES = (one, other) -> Arrays.compareUnsigned(bytes(one), bytes(other));

    private final Map<String, Instant> times = new HashMap<>(); // guarded by this
    private final Map<String, NavigableSet<String>> marks = new HashMap<>(); // guarded by this

    /** With nothing in it. */
    public InMemoryLastSeenStore() {}

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public synchronized void write(String node, Collection<Seen> seen) {
        LastSeenStore.check(node, seen);
        NavigableSet<String> marked = marks.computeIfAbsent(node, any -> new TreeSet<>(BY_BYTES));
        for (Seen each : seen) {
            if (each.isTimeKnown()) {
                times.merge(each.user(), each.at(), (one, other) -> one.isAfter(other) ? one : other);
            }
            if (each.online()) {
                marked.add(each.user());
            } else {
                marked.remove(each.user());
            }
        }
    }

    @Override
    public synchronized Map<String, Instant> find(Collection<String> users) {
        LastSeenStore.checkNumber(users.size());
        Map<String, Instant> found = new HashMap<>(times);
        found.keySet().retainAll(users);
        return Map.copyOf(found);
    }

    @Override
    public synchronized List<String> online(String node, String after, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most: " + most + " given, 1 or more allowed");
        }
        NavigableSet<String> marked = marks.getOrDefault(node, new TreeSet<>(BY_BYTES));
        return marked.tailSet(after, false).stream().limit(most).toList();
    }

    /** Whether any node says that it has the user. */
    public synchronized boolean isOnline(String user) {
        return marks.values().stream().anyMatch(marked -> marked.contains(user));
    }
}
