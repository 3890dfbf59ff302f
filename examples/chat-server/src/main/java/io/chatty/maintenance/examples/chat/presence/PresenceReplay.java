package io.chatty.maintenance.examples.chat.presence;

import io.chatty.maintenance.examples.chat.history.IrcLog;
import io.chatty.maintenance.examples.chat.history.Sign;
import io.chatty.maintenance.examples.chat.report.PresenceReport;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Flow;

/**
 * Lets logs drive a presence tracker. Each log is a connection that its nicks have: they beat while they have a line to come, and time out
 * {@linkplain #STAYS half an hour} after their last. Logs whose times overlap are played together.
 */
public final class PresenceReplay {

    private static final Duration STAYS = Duration.ofMinutes(30);

    /**
     * Lines come at full minutes, of which this is a part: a nick that has timed out, and a subscriber that is told so, is done with
     * before those of the next minute. More than twenty ticks, here of a second, that pass at once would be to a tracker as if the
     * process had stood still.
     */
    private static final Duration STEP = Duration.ofSeconds(20);

    private static final int STEPS_A_MINUTE = 3;

    private final SteppedTime time;
    private final LocalPresenceTracker tracker;
    private final PriorityQueue<LoggedPeople> playing = new PriorityQueue<>();
    private long joins;

    private PresenceReplay(Instant start) {
        this.time = new SteppedTime(start);
        this.tracker = LocalPresenceTracker.builder()
                .settings(settings -> settings.sessionTimeout(STAYS)
                        .awayAfter(Duration.ofDays(1)) // logs tell who is there, not who looks
                        .reconnectGrace(Duration.ZERO) // none is lost, and the tick is longer without
                        .quietTime(Duration.ZERO)
                        .maxSessionsOfUser(10_000))
                .clock(time)
                .ticker(time::nanos)
                .scheduler(time)
                .subscribers(time)
                .build();
    }

    /** Plays those logs, in the order of their days. */
    public static PresenceReport play(List<IrcLog> logs) throws IOException {
        if (logs.isEmpty()) {
            return PresenceReport.none();
        }
        PresenceReplay replay = new PresenceReplay(startOf(logs.get(0)));
        try (LocalPresenceTracker tracker = replay.tracker) {
            Comings comings = new Comings();
            tracker.all().subscribe(comings);
            replay.playAll(logs);
            return new PresenceReport(replay.joins, tracker.figures().users(), comings.events);
        }
    }

    private static Instant startOf(IrcLog log) {
        return log.day().atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private void playAll(List<IrcLog> logs) throws IOException {
        int begun = 0;
        while (true) {
            while (begun < logs.size() && isDue(logs.get(begun))) {
                begin(begun, logs.get(begun));
                begun++;
            }
            LoggedPeople people = playing.peek();
            if (people == null) {
                break;
            }
            passUntil(people.next());
            playing.remove(people);
            people.happen();
            if (!people.isOver()) {
                playing.add(people);
            }
        }
        time.step(STEP); // so that all are told of the last minute
    }

    /** Whether a log may have a line before the others' next. */
    private boolean isDue(IrcLog log) {
        LoggedPeople first = playing.peek();
        return first == null || !startOf(log).isAfter(first.next());
    }

    private void begin(int number, IrcLog log) throws IOException {
        List<Sign> signs = log.signs();
        joins += signs.stream().filter(sign -> sign.kind() == Sign.Kind.JOIN).count();
        LoggedPeople people = new LoggedPeople(tracker, number, signs);
        if (!people.isOver()) {
            playing.add(people);
        }
    }

    private void passUntil(Instant then) {
        while (time.instant().isBefore(then)) {
            boolean nobody = tracker.figures().sessions() == 0;
            playing.forEach(LoggedPeople::beat);
            for (int step = 0; step < STEPS_A_MINUTE; step++) {
                time.step(STEP);
            }
            if (nobody) {
                time.skipTo(then);
            }
        }
    }

    /** Counts who comes and goes, as one who watches all is told. */
    private static final class Comings implements Flow.Subscriber<PresenceEvent> {

        private final Set<String> online = new HashSet<>();
        private long events;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(PresenceEvent event) {
            for (Presence presence : event.presences()) {
                boolean changed = presence.isOnline() ? online.add(presence.user()) : online.remove(presence.user());
                events += changed ? 1 : 0;
            }
        }

        @Override
        public void onError(Throwable e) {
            throw new IllegalStateException("Presence told no more", e);
        }

        @Override
        public void onComplete() {
            // all was told
        }
    }
}
