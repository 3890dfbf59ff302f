package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StringGen;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;

/**
 * What Lincheck does to one user of a shard. Each thread has handles of its own, as connections do, for devices that all share. A sweep
 * is not one step: time moves, which heartbeats see at once, and then what is due is done, under the lock.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
@Param(name = "device", gen = StringGen.class, conf = "1:ab")
public class ShardOperations {

    private static final String USER = "ann";
    private static final int MOST_THREADS = 8;

    /** More than one step of time may be missed, and as many as may be are more than {@link SequentialShard#STEP}. */
    private static final long STEP_NANOS =
            Duration.ofMillis(10L * SequentialShard.STEP).toNanos();

    private final AtomicLong nanos = new AtomicLong();

    @SuppressWarnings({"unused", "UnusedVariable"})
    private final CoarseClock beside;

    private final CoarseClock clock;
    private final Shard shard;
    private final @Nullable PresenceSession[] handles = new PresenceSession[MOST_THREADS * 3];

    /** A shard with nobody in it. A tick is 10 ms. */
    public ShardOperations() {
        this(true);
    }

    private ShardOperations(boolean isMain) {
        PresenceSettings settings = PresenceSettings.builder()
                .sessionTimeout(Duration.ofMillis(10L * SequentialShard.TIMEOUT))
                .awayAfter(Duration.ofMillis(10L * SequentialShard.AWAY))
                .reconnectGrace(Duration.ofMillis(10L * SequentialShard.GRACE))
                .quietTime(Duration.ZERO)
                .build();
        MainTick.forget(); // of one before, which is done
        CoarseClock first = new CoarseClock(() -> Instant.EPOCH, nanos::get, settings);
        clock = isMain ? first : new CoarseClock(() -> Instant.EPOCH, nanos::get, settings);
        beside = first; // it is held, and so stays the main one
        shard = new Shard(
                0,
                settings,
                clock,
                new RosterListener() {
                    @Override
                    public boolean isWanted() {
                        return false;
                    }

                    @Override
                    public void shown(int of, Presence before, Presence now) {
                        // nobody listens
                    }
                },
                new AtomicInteger());
    }

    private static int slot(int thread, String device) {
        return thread * 3 + (device.isEmpty() ? 0 : device.charAt(0) - 'a' + 1);
    }

    @Operation
    public void connect(@Param(name = "thread") int thread, @Param(name = "device") String device) {
        handles[slot(thread, device)] = shard.connect(USER, "device" + device);
    }

    @Operation
    public boolean heartbeat(@Param(name = "thread") int thread, @Param(name = "device") String device) {
        PresenceSession handle = handles[slot(thread, device)];
        return handle != null && handle.heartbeat();
    }

    @Operation
    public boolean active(@Param(name = "thread") int thread, @Param(name = "device") String device) {
        PresenceSession handle = handles[slot(thread, device)];
        return handle != null && handle.active();
    }

    @Operation
    public void close(@Param(name = "thread") int thread, @Param(name = "device") String device) {
        PresenceSession handle = handles[slot(thread, device)];
        if (handle != null) {
            handle.close();
        }
    }

    @Operation
    public void lost(@Param(name = "thread") int thread, @Param(name = "device") String device) {
        PresenceSession handle = handles[slot(thread, device)];
        if (handle != null) {
            handle.lost();
        }
    }

    @Operation
    public boolean isOpen(@Param(name = "thread") int thread, @Param(name = "device") String device) {
        PresenceSession handle = handles[slot(thread, device)];
        return handle != null && handle.isOpen();
    }

    /** Lets time pass. */
    @Operation(nonParallelGroup = "ticker")
    public void tick() {
        nanos.addAndGet(STEP_NANOS);
        clock.advance();
    }

    /** Does what is due. */
    @Operation(nonParallelGroup = "ticker")
    public void sweep() {
        shard.sweep(clock.now(), 100);
    }

    @Operation
    public String query() {
        Presence seen = shard.read(USER);
        return seen.status() + " " + seen.devices();
    }

    /** The same where another tracker of the process is the first. */
    public static final class BesideAnother extends ShardOperations {

        /** A shard with nobody in it. */
        public BesideAnother() {
            super(false);
        }
    }
}
