package io.chatty.maintenance.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what sessions cost: a heartbeat, memory, expiry, and telling others. */
@Command(
        name = "presence",
        description =
                "Visits sessions by their handle, by an opaque store, by a map and by Caffeine, in turn; and connects,"
                        + " times out, closes and tells of them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PresenceCommand implements Callable<Integer> {

    private static final int SUBSCRIBERS = 100;

    @Option(names = "--sessions", defaultValue = "1000000", description = "1000 to 5000000 (default 1000000)")
    private int count;

    @Option(names = "--repetitions", defaultValue = "5", description = "1 to 100 (default 5)")
    private int repetitions;

    @Spec
    @SuppressWarnings("NullAway.Init") // set before call()
    private CommandSpec spec;

    PresenceCommand() {}

    @Override
    public Integer call() throws Exception {
        require(count >= 1_000 && count <= 5_000_000, "--sessions", count, "1000 to 5000000");
        require(repetitions >= 1 && repetitions <= 100, "--repetitions", repetitions, "1 to 100");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("benchmark", "presence");
        json.put("sessions", count);
        json.put("repetitions", repetitions);
        json.put("heapMb", Runtime.getRuntime().maxMemory() >> 20);
        sessions(json);
        expiry(json);
        events(json);
        print(new ObjectMapper().writeValueAsString(json));
        return 0;
    }

    private void require(boolean holds, String option, Object given, String allowed) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + ": " + given + " given, " + allowed + " allowed");
        }
    }

    private void print(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }

    /** Names as chat servers have them, of 16 hexadecimal digits. */
    private static String[] names(int count, int salt) {
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            long mixed = (2L * i + salt) * 0x9E3779B97F4A7C15L;
            names[i] = String.format("%016x", mixed ^ (mixed >>> 32));
        }
        return names;
    }

    private void sessions(Map<String, Object> json) throws Exception {
        print("Connecting " + count + " users with a device each ...");
        List<Double> connects = new ArrayList<>();
        List<Double> closes = new ArrayList<>();
        for (int i = 0; i <= repetitions; i++) {
            PresenceSession[] sessions = new PresenceSession[count];
            long before = usedBytes();
            try (PresenceTracker tracker = LocalPresenceTracker.builder().build()) {
                double connecting = connect(tracker, sessions);
                double bytes = (usedBytes() - before) / (double) count;
                if (i == repetitions) {
                    json.put("bytesPerUser", rounded(bytes, 10));
                    beats(Arrays.asList(sessions), json);
                }
                long start = System.nanoTime();
                for (PresenceSession session : sessions) {
                    session.close();
                }
                double closing = secondsSince(start);
                if (i > 0) { // the first is for the JVM to compile
                    connects.add(count / connecting);
                    closes.add(count / closing);
                }
                print(String.format(
                        "  {\"connectsPerSecond\": %.0f, \"closesPerSecond\": %.0f, \"bytesPerUser\": %.1f}",
                        count / connecting, count / closing, bytes));
            }
        }
        json.put("connectsPerSecond", Math.round(median(connects)));
        json.put("closesPerSecond", Math.round(median(closes)));
    }

    /** Connects a session of each user. The names go with what they are made for, so that they count for its memory. */
    private double connect(PresenceTracker tracker, PresenceSession[] sessions) {
        String[] users = names(sessions.length, 0);
        String[] devices = names(sessions.length, 1);
        long start = System.nanoTime();
        for (int i = 0; i < sessions.length; i++) {
            sessions[i] = tracker.connect(users[i], devices[i]);
        }
        return secondsSince(start);
    }

    private void beats(List<PresenceSession> sessions, Map<String, Object> json) throws Exception {
        Heartbeats beats = new Heartbeats(sessions);
        for (int threads = 1; threads <= 2; threads++) {
            print("Visiting them in shuffled order, threads: " + threads + " ...");
            List<double[]> rates = new ArrayList<>();
            for (int i = 0; i <= repetitions; i++) {
                double[] turns = beats.byTurns(threads);
                double[] rate = {turns[0], turns[1], beats.byMap(threads), beats.byCaffeine(threads), turns[2]};
                print(String.format(
                        "  {\"handle\": %.0f, \"opaqueStore\": %.0f, \"concurrentHashMap\": %.0f, \"caffeine\": %.0f, \"bareStore\": %.0f}",
                        rate[0], rate[1], rate[2], rate[3], rate[4]));
                if (i > 0) {
                    rates.add(rate);
                }
            }
            String suffix = threads == 1 ? "OneThread" : "";
            json.put(
                    "heartbeatsPerSecond" + suffix,
                    Math.round(median(rates.stream().map(rate -> rate[0]).toList())));
            json.put("ratioToOpaqueStore" + suffix, ratio(rates, 1));
            json.put("ratioToBareStore" + suffix, ratio(rates, 4));
            json.put("ratioToConcurrentHashMap" + suffix, ratio(rates, 2));
            json.put("ratioToCaffeine" + suffix, ratio(rates, 3));
        }
    }

    /** The median of the ratios within each repetition. */
    private static double ratio(List<double[]> rates, int to) {
        return rounded(median(rates.stream().map(rate -> rate[0] / rate[to]).toList()), 1000);
    }

    private void expiry(Map<String, Object> json) {
        print("Letting " + count / 5 + " of " + count + " sessions time out ...");
        longestPause(count / 10); // for the JVM to compile
        json.put("expired", count / 5);
        json.put("sweepPauseMillisMax", rounded(longestPause(count), 1000));
    }

    /** A fifth of the sessions is silent and times out, in real time, while the others beat. @return milliseconds */
    private double longestPause(int count) {
        int silent = count / 5;
        MeterRegistry meters = new SimpleMeterRegistry();
        try (PresenceTracker tracker = LocalPresenceTracker.builder()
                .settings(s -> s.sessionTimeout(Duration.ofSeconds(10)).quietTime(Duration.ZERO))
                .meters(meters)
                .build()) {
            PresenceSession[] sessions = new PresenceSession[count];
            connect(tracker, sessions);
            // Sessions are old by the time that they expire: else the pauses of a collector that copies them would
            // count.
            System.gc();
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            while (tracker.figures().sessions() > count - silent) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("they do not time out");
                }
                for (int i = silent; i < count; i++) {
                    sessions[i].heartbeat();
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            double longest = meters.get("chatty.maintenance.presence.sweep.pause")
                    .timer()
                    .max(TimeUnit.MILLISECONDS);
            print(String.format("  {\"sweepPauseMillisMax\": %.3f}", longest));
            return longest;
        }
    }

    /** From the first of the connects until the last reader has all of them. */
    private void events(Map<String, Object> json) throws Exception {
        int users = count / 10;
        String[] names = names(users, 0);
        print("Telling " + SUBSCRIBERS + " subscribers of " + users + " users that connect ...");
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i <= repetitions; i++) {
            try (PresenceTracker tracker = LocalPresenceTracker.builder()
                    .settings(s -> s.eventWindow(Duration.ofMillis(10)))
                    .build()) {
                CountDownLatch all = new CountDownLatch(SUBSCRIBERS - 1);
                tracker.all().subscribe(PresenceReader.ofNothing());
                for (int j = 1; j < SUBSCRIBERS; j++) {
                    tracker.all().subscribe(PresenceReader.of(users, all));
                }
                long start = System.nanoTime();
                for (String name : names) {
                    tracker.connect(name, "phone");
                }
                if (!all.await(2, TimeUnit.MINUTES)) {
                    throw new IllegalStateException("not all subscribers got all events");
                }
                double rate = (double) users * (SUBSCRIBERS - 1) / secondsSince(start);
                print(String.format("  {\"eventsPerSecond\": %.0f}", rate));
                if (i > 0) {
                    rates.add(rate);
                }
            }
        }
        json.put("subscribers", SUBSCRIBERS);
        json.put("eventsPerSecond", Math.round(median(rates)));
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double rounded(double value, double to) {
        return Math.round(value * to) / to;
    }

    /** What is reachable, as far as several collections tell. */
    private static long usedBytes() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            used = Math.min(
                    used,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return used;
    }
}
