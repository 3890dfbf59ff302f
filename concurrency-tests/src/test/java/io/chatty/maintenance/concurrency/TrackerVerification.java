package io.chatty.maintenance.concurrency;

import io.chatty.maintenance.presence.PresenceDirectory;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterMethod;

/**
 * The Reactive Streams TCK on the events of a tracker with threads of its own. So many elements are a snapshot and one change less; each
 * element brings the next about, and the last closes the tracker.
 */
public class TrackerVerification extends FlowPublisherVerification<PresenceEvent> {

    private static final long MOST = Duration.ofSeconds(10).toMillis();
    private static final long NO_SIGNAL = 100;

    private final List<PresenceTracker> opened = new ArrayList<>();

    /** Waits long for what is to come, and not long for what is not. */
    public TrackerVerification() {
        super(new TestEnvironment(MOST, NO_SIGNAL, 10), MOST);
    }

    private static final class BrokenDirectory implements PresenceDirectory {

        @Override
        public Collection<String> membersOf(String room) {
            throw new IllegalStateException("no database");
        }

        @Override
        public Collection<String> contactsOf(String user) {
            throw new IllegalStateException("no database");
        }
    }

    private PresenceTracker open() {
        PresenceTracker tracker = LocalPresenceTracker.builder()
                .settings(settings -> settings.eventWindow(Duration.ofMillis(1)))
                .directory(new BrokenDirectory())
                .build();
        synchronized (opened) {
            opened.add(tracker);
        }
        return tracker;
    }

    @AfterMethod
    public void close() {
        synchronized (opened) {
            opened.forEach(PresenceTracker::close);
            opened.clear();
        }
    }

    @Override
    public Flow.Publisher<PresenceEvent> createFlowPublisher(long elements) {
        return subscriber -> {
            PresenceTracker tracker = open();
            if (elements == 0) {
                tracker.close();
            }
            tracker.all().subscribe(subscriber == null ? null : new Driving(tracker, elements, subscriber));
        };
    }

    @Override
    public Flow.Publisher<PresenceEvent> createFailedFlowPublisher() {
        return open().room("lobby");
    }

    /** Hands all on, and does what brings the next element about. */
    private static final class Driving implements Flow.Subscriber<PresenceEvent> {

        private final PresenceTracker tracker;
        private final Flow.Subscriber<? super PresenceEvent> subscriber;
        private long left;
        private PresenceSession session;

        Driving(PresenceTracker tracker, long elements, Flow.Subscriber<? super PresenceEvent> subscriber) {
            this.tracker = tracker;
            this.left = elements;
            this.subscriber = subscriber;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscriber.onSubscribe(subscription);
        }

        @Override
        public void onNext(PresenceEvent event) {
            left--;
            if (left == 0) {
                tracker.close();
            } else if (session == null) {
                session = tracker.connect("ann", "phone");
            } else {
                session.close();
                session = null;
            }
            subscriber.onNext(event);
        }

        @Override
        public void onError(Throwable e) {
            subscriber.onError(e);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
        }
    }
}
