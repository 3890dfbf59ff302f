package io.chatty.maintenance.benchmarks;

import io.chatty.maintenance.presence.PresenceEvent;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/** A subscriber that counts what it gets; or one that never asks for anything. */
final class PresenceReader implements Flow.Subscriber<PresenceEvent> {

    private final long demand;
    private final CountDownLatch all;
    private int left;

    private PresenceReader(long demand, int expected, CountDownLatch all) {
        this.demand = demand;
        this.left = expected;
        this.all = all;
    }

    /** One that asks for all, and counts the latch down when it has got so many states. */
    static PresenceReader of(int expected, CountDownLatch all) {
        return new PresenceReader(Long.MAX_VALUE, expected, all);
    }

    /** One that never reads. */
    static PresenceReader ofNothing() {
        return new PresenceReader(0, 0, new CountDownLatch(0));
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        if (demand > 0) {
            subscription.request(demand);
        }
    }

    @Override
    public void onNext(PresenceEvent event) {
        if (demand == 0) {
            throw new IllegalStateException("it got an event that it did not ask for");
        }
        int before = left;
        left -= event.presences().size();
        if (before > 0 && left <= 0) {
            all.countDown();
        }
    }

    @Override
    public void onError(Throwable e) {
        throw new IllegalStateException(e);
    }

    @Override
    public void onComplete() {
        // the tracker is closed
    }
}
