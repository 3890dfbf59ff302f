package io.chatty.maintenance.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.chatty.maintenance.presence.PresenceSession;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Signs of life of many sessions, each visited once a round in a shuffled order, noted in five ways: by the session's handle; by an
 * opaque store into the object that a host would have without a tracker, with a user, a device and the time; by the same into an
 * object of nothing but the time; by a lookup of the former in a {@link ConcurrentHashMap} and an opaque store; and by a get of an
 * expiring Caffeine cache.
 */
final class Heartbeats {

    private static final VarHandle TICK;
    private static final VarHandle BARE_TICK;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TICK = lookup.findVarHandle(Plain.class, "tick", int.class);
            BARE_TICK = lookup.findVarHandle(Bare.class, "tick", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The least that is a session. They lie in memory as sessions do, among their names and the map that has them. */
    private static final class Plain {
        @SuppressWarnings("unused") // what it is for
        private final String user;

        @SuppressWarnings("unused") // what it is for
        private final String device;

        @SuppressWarnings("unused") // by its handle
        private int tick;

        private Plain(String user, String device) {
            this.user = user;
            this.device = device;
        }
    }

    /** A field, and no more: four of them lie in a line of the processor's cache. */
    private static final class Bare {
        @SuppressWarnings("unused") // by its handle
        private int tick;
    }

    /** A visit of some of the sessions. */
    @FunctionalInterface
    private interface Visit {
        void of(int from, int to);
    }

    private final PresenceSession[] sessions;
    private final Plain[] plain;
    private final Bare[] bare;
    private final String[] users;
    private final ConcurrentHashMap<String, Plain> map = new ConcurrentHashMap<>();
    private final Cache<String, Plain> cache =
            Caffeine.newBuilder().expireAfterAccess(Duration.ofSeconds(60)).build();

    Heartbeats(List<PresenceSession> connected) {
        List<PresenceSession> shuffled = new ArrayList<>(connected);
        Collections.shuffle(shuffled, new Random(1));
        sessions = shuffled.toArray(PresenceSession[]::new);
        users = shuffled.stream().map(PresenceSession::user).toArray(String[]::new);
        List<Plain> objects = new ArrayList<>();
        List<Bare> fields = new ArrayList<>();
        for (PresenceSession session : connected) {
            Plain object = new Plain(session.user(), session.device());
            objects.add(object);
            map.put(session.user(), object);
            cache.put(session.user(), object);
            fields.add(new Bare());
        }
        Collections.shuffle(objects, new Random(1));
        Collections.shuffle(fields, new Random(1));
        plain = objects.toArray(Plain[]::new);
        bare = fields.toArray(Bare[]::new);
    }

    /** Heartbeats a second. */
    double byHandle(int threads) throws Exception {
        return perSecond(threads, (from, to) -> {
            for (int i = from; i < to; i++) {
                if (!sessions[i].heartbeat()) {
                    throw new IllegalStateException("a session that beats has ended");
                }
            }
        });
    }

    /** Opaque stores a second. */
    double byOpaqueStore(int threads) throws Exception {
        return perSecond(threads, (from, to) -> {
            for (int i = from; i < to; i++) {
                TICK.setOpaque(plain[i], i);
            }
        });
    }

    /** Opaque stores a second into objects of one field. */
    double byBareStore(int threads) throws Exception {
        return perSecond(threads, (from, to) -> {
            for (int i = from; i < to; i++) {
                BARE_TICK.setOpaque(bare[i], i);
            }
        });
    }

    /** Lookups with a store a second. */
    double byMap(int threads) throws Exception {
        return perSecond(threads, (from, to) -> {
            for (int i = from; i < to; i++) {
                TICK.setOpaque(Objects.requireNonNull(map.get(users[i])), i);
            }
        });
    }

    /** Gets a second. */
    double byCaffeine(int threads) throws Exception {
        return perSecond(threads, (from, to) -> {
            for (int i = from; i < to; i++) {
                if (cache.getIfPresent(users[i]) == null) {
                    throw new IllegalStateException("an entry that is read has expired");
                }
            }
        });
    }

    /** Each thread visits its part of the sessions, as often as it takes for half a second or more. */
    private double perSecond(int threads, Visit visit) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long visits = 0;
            long start = System.nanoTime();
            do {
                List<Future<?>> parts = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    int from = (int) ((long) sessions.length * i / threads);
                    int to = (int) ((long) sessions.length * (i + 1) / threads);
                    parts.add(executor.submit(() -> visit.of(from, to)));
                }
                for (Future<?> part : parts) {
                    part.get();
                }
                visits += sessions.length;
            } while (System.nanoTime() - start < 500_000_000);
            return visits * 1e9 / (System.nanoTime() - start);
        } finally {
            executor.shutdown();
        }
    }
}
