package io.chatty.maintenance.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.chatty.maintenance.presence.PresenceSession;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
 * opaque store into the object that a host would have without a tracker, with the same facts and names of its own; by the same into an
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

    /** A session without a tracker. They lie in memory as the tracker's do, among their names and what finds them. */
    @SuppressWarnings("unused") // what they are for, and by a handle
    private static final class Plain {
        private final String user;
        private final String device;
        private final long incarnation;
        private final long since;
        private int tick;
        private int activity;

        private Plain(PresenceSession session) {
            this.user = copy(session.user());
            this.device = copy(session.device());
            this.incarnation = session.incarnation();
            this.since = session.incarnation();
        }

        private static String copy(String name) {
            return new String(name.toCharArray());
        }
    }

    /** A field, and no more: four of them lie in a line of the processor's cache. */
    private static final class Bare {
        @SuppressWarnings("unused") // by its handle
        private int tick;
    }

    /**
     * A visit of some of the sessions. Each takes its array into a variable: to read the field anew for each session, as compilers do
     * after an opaque access, would be loads that stand in line with those that are measured.
     */
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
        List<Plain> objects = new ArrayList<>();
        for (PresenceSession session : connected) {
            Plain object = new Plain(session);
            objects.add(object);
            map.put(object.user, object);
        }
        List<Bare> fields = new ArrayList<>();
        for (Plain object : objects) {
            cache.put(object.user, object);
            fields.add(new Bare());
        }
        // What is young is copied in the order in which a list has it: it would lie as it is visited, one after the
        // other.
        System.gc();
        List<PresenceSession> shuffled = new ArrayList<>(connected);
        List.of(shuffled, objects, fields).forEach(list -> Collections.shuffle(list, new Random(1)));
        sessions = shuffled.toArray(PresenceSession[]::new);
        plain = objects.toArray(Plain[]::new);
        bare = fields.toArray(Bare[]::new);
        users = objects.stream().map(object -> object.user).toArray(String[]::new);
    }

    /**
     * Heartbeats a second; opaque stores; opaque stores into objects of one field. By turns, a round each, so that what else goes on
     * meanwhile slows them alike.
     */
    double[] byTurns(int threads) throws Exception {
        return perSecond(threads, byHandle(), byOpaqueStore(), byBareStore());
    }

    private Visit byHandle() {
        return (from, to) -> {
            PresenceSession[] visited = this.sessions;
            for (int i = from; i < to; i++) {
                if (!visited[i].heartbeat()) {
                    throw new IllegalStateException("a session that beats has ended");
                }
            }
        };
    }

    private Visit byOpaqueStore() {
        return (from, to) -> {
            Plain[] visited = this.plain;
            for (int i = from; i < to; i++) {
                TICK.setOpaque(visited[i], i);
            }
        };
    }

    private Visit byBareStore() {
        return (from, to) -> {
            Bare[] visited = this.bare;
            for (int i = from; i < to; i++) {
                BARE_TICK.setOpaque(visited[i], i);
            }
        };
    }

    /** Lookups with a store a second. */
    double byMap(int threads) throws Exception {
        return perSecond(threads, (from, to) -> {
            String[] visited = this.users;
            for (int i = from; i < to; i++) {
                TICK.setOpaque(Objects.requireNonNull(map.get(visited[i])), i);
            }
        })[0];
    }

    /** Gets a second. */
    double byCaffeine(int threads) throws Exception {
        return perSecond(threads, (from, to) -> {
            String[] visited = this.users;
            for (int i = from; i < to; i++) {
                if (cache.getIfPresent(visited[i]) == null) {
                    throw new IllegalStateException("an entry that is read has expired");
                }
            }
        })[0];
    }

    /** Each thread visits its part of the sessions, each way in turn, for half a second a way or more. */
    private double[] perSecond(int threads, Visit... ways) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long[] nanos = new long[ways.length];
            long rounds = 0;
            long start = System.nanoTime();
            do {
                for (int way = 0; way < ways.length; way++) {
                    nanos[way] -= System.nanoTime();
                    visit(executor, threads, ways[way]);
                    nanos[way] += System.nanoTime();
                }
                rounds++;
            } while (System.nanoTime() - start < ways.length * 500_000_000L);
            double visits = (double) rounds * sessions.length;
            return Arrays.stream(nanos).mapToDouble(took -> visits * 1e9 / took).toArray();
        } finally {
            executor.shutdown();
        }
    }

    private void visit(ExecutorService executor, int threads, Visit visit) throws Exception {
        List<Future<?>> parts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int from = (int) ((long) sessions.length * i / threads);
            int to = (int) ((long) sessions.length * (i + 1) / threads);
            parts.add(executor.submit(() -> visit.of(from, to)));
        }
        for (Future<?> part : parts) {
            part.get();
        }
    }
}
