package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceDirectory;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.PresenceVisibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The trackers of a test, and how tests speak to them. */
abstract class OpenedTracker {

    static final PresenceVisibility ALL_SEE_ALL = (viewer, user) -> PresenceVisibility.Sight.ALL;

    // Such that a tick is 100 ms.
    static final Duration TIMEOUT = Duration.ofSeconds(60);
    static final Duration AWAY_AFTER = Duration.ofMinutes(5);
    static final Duration GRACE = Duration.ofSeconds(5);
    static final Duration TICK = Duration.ofMillis(100);
    static final Duration WINDOW = Duration.ofMillis(500);

    static final Duration MILLI = Duration.ofMillis(1);

    private final List<PresenceTracker> opened = new ArrayList<>();

    /** For the subclass. */
    OpenedTracker() {}

    /**
     * A tracker. Those of one test share what outlasts a tracker, and have nothing in common with those of other tests.
     *
     * @param settings changes settings from their defaults
     * @param directory null for none
     */
    protected abstract PresenceTracker newTracker(
            UnaryOperator<PresenceSettings.Builder> settings,
            PresenceVisibility visibility,
            @Nullable PresenceDirectory directory)
            throws Exception;

    /** Lets so much time pass for the trackers of the test. What is due by then has begun to be done. */
    protected abstract void advance(Duration time) throws Exception;

    /** The time by the clock that the trackers show. */
    protected abstract Instant now();

    /** How long something may take to show. Default: 20 s, far above what anything here takes. */
    protected Duration bound() {
        return Duration.ofSeconds(20);
    }

    @AfterEach
    void close() {
        opened.forEach(PresenceTracker::close);
    }

    final PresenceTracker open(
            UnaryOperator<PresenceSettings.Builder> settings,
            PresenceVisibility visibility,
            @Nullable PresenceDirectory directory)
            throws Exception {
        PresenceTracker tracker = newTracker(
                defaults -> settings.apply(defaults.sessionTimeout(TIMEOUT)
                        .awayAfter(AWAY_AFTER)
                        .reconnectGrace(GRACE)
                        .eventWindow(WINDOW)
                        .quietTime(Duration.ZERO)),
                visibility,
                directory);
        opened.add(tracker);
        return tracker;
    }

    final PresenceTracker open(UnaryOperator<PresenceSettings.Builder> settings) throws Exception {
        return open(settings, ALL_SEE_ALL, null);
    }

    final PresenceTracker open() throws Exception {
        return open(settings -> settings);
    }

    /** Waits until an assertion holds. */
    final void eventually(Runnable assertion) {
        long deadline = System.nanoTime() + bound().toNanos();
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() >= deadline) {
                    throw e;
                }
            }
            LockSupport.parkNanos(500_000);
        }
    }

    final void eventuallyIs(PresenceTracker tracker, String user, PresenceStatus status) {
        eventually(() -> assertThat(tracker.presenceOf(user).status())
                .as("status of %s", user)
                .isEqualTo(status));
    }

    static PresenceStatus statusOf(PresenceTracker tracker, String user) {
        return tracker.presenceOf(user).status();
    }

    /** Lets a window of events end. */
    final void letTell() throws Exception {
        advance(WINDOW.plus(MILLI));
    }

    static PresenceWatcher watch(Flow.Publisher<PresenceEvent> publisher) {
        PresenceWatcher watcher = new PresenceWatcher(Long.MAX_VALUE);
        publisher.subscribe(watcher);
        return watcher;
    }

    /** A directory whose rooms and contacts can be set; it has no others. */
    static final class Known implements PresenceDirectory {

        final Map<String, Collection<String>> rooms = new ConcurrentHashMap<>();
        final Map<String, Collection<String>> contacts = new ConcurrentHashMap<>();

        @Override
        public Collection<String> membersOf(String room) {
            return rooms.getOrDefault(room, List.of());
        }

        @Override
        public Collection<String> contactsOf(String user) {
            return contacts.getOrDefault(user, List.of());
        }
    }

    static String line(Presence presence) {
        return presence.user() + " " + presence.status()
                + presence.text().map(text -> " " + text).orElse("");
    }
}
