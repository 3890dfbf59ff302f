package io.chatty.maintenance.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Chat users who write and read at a fixed rate, whatever the database does: each request has a time at which it is meant to
 * begin, and its latency counts from then, so that one that waits behind a slow one counts as slow, too. One in three inserts a
 * message and commits it; the others read the newest 50 messages of a room.
 */
final class ChatTraffic implements AutoCloseable {

    private static final int CLIENTS = 8;

    private final Workload workload;
    private final long intervalNanos;
    private final long begin = System.nanoTime();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final List<Request> done = new ArrayList<>(); // guarded by itself
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private final List<Future<?>> results = new ArrayList<>();

    /**
     * A request that was answered.
     *
     * @param insert whether it inserted; else it read
     * @param meantAt when it was to begin, by {@link System#nanoTime}
     * @param nanos from then to its answer
     */
    private record Request(boolean insert, long meantAt, long nanos) {}

    /**
     * What requests took, in milliseconds.
     *
     * @param inserts of those that inserted
     * @param reads of those that read
     */
    record Latencies(List<Double> inserts, List<Double> reads) {

        static double quantile(List<Double> millis, double quantile) {
            List<Double> sorted = millis.stream().sorted().toList();
            int rank = (int) Math.ceil(quantile * sorted.size()); // the nearest rank
            return sorted.get(Math.max(rank, 1) - 1);
        }
    }

    private ChatTraffic(Workload workload, double perSecond) {
        this.workload = workload;
        this.intervalNanos = (long) (1e9 / perSecond);
    }

    /** Begins, with a connection for each of its clients. */
    static ChatTraffic begin(Workload workload, DataSource dataSource, double perSecond) {
        ChatTraffic traffic = new ChatTraffic(workload, perSecond);
        for (int i = 0; i < CLIENTS; i++) {
            traffic.results.add(traffic.clients.submit(() -> {
                traffic.serve(dataSource);
                return null;
            }));
        }
        return traffic;
    }

    private void serve(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO messages (id, room_id, user_id, body, sent_at) VALUES (?, ?, ?, ?, ?)");
                PreparedStatement read = connection.prepareStatement(
                        "SELECT id, user_id, body FROM messages WHERE room_id = ? ORDER BY id DESC LIMIT 50")) {
            while (!ended.get()) {
                long number = requests.getAndIncrement();
                long meantAt = begin + number * intervalNanos;
                parkUntil(meantAt);
                int room = 1 + (int) (number * 7 % workload.rules().rooms());
                boolean inserts = number % 3 == 0;
                if (inserts) {
                    insert.setLong(1, workload.rows() + 1 + number);
                    insert.setInt(2, room);
                    insert.setInt(3, 1);
                    insert.setString(
                            4, "a message of about a hundred characters, as they are written in a chat all day long");
                    insert.setObject(5, workload.database().time(Instant.now()));
                    insert.executeUpdate();
                } else {
                    read.setInt(1, room);
                    try (ResultSet rows = read.executeQuery()) {
                        while (rows.next()) {
                            rows.getString(3);
                        }
                    }
                }
                Request request = new Request(inserts, meantAt, System.nanoTime() - meantAt);
                synchronized (done) {
                    done.add(request);
                }
            }
        }
    }

    /** What the requests took that were meant to begin between those ticks. */
    Latencies between(long from, long to) {
        List<Double> inserts = new ArrayList<>();
        List<Double> reads = new ArrayList<>();
        synchronized (done) {
            for (Request request : done) {
                if (request.meantAt() >= from && request.meantAt() < to) {
                    (request.insert() ? inserts : reads).add(request.nanos() / 1e6);
                }
            }
        }
        return new Latencies(inserts, reads);
    }

    /** Lets time go by. */
    static void goOnFor(Duration time) {
        parkUntil(System.nanoTime() + time.toNanos());
    }

    private static void parkUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Ends it, once all requests that have begun are answered. */
    void end() throws InterruptedException, ExecutionException {
        ended.set(true);
        for (Future<?> result : results) {
            result.get();
        }
    }

    @Override
    public void close() {
        ended.set(true);
        clients.shutdown();
    }
}
