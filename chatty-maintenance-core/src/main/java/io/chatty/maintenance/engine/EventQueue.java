package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.MaintenanceListener;
import java.time.Duration;
import java.util.List;

/** Tells listeners of events, in order, on a lane of their own. */
final class EventQueue {

    private final List<MaintenanceListener> listeners;
    private final Lane lane = new Lane("chatty-maintenance-events");
    private final EngineLog log;

    EventQueue(List<MaintenanceListener> listeners, EngineLog log) {
        this.listeners = listeners;
        this.log = log;
    }

    void publish(MaintenanceEvent event) {
        if (listeners.isEmpty() || lane.execute(() -> tell(event))) {
            return;
        }
        long count = lane.dropped();
        log.warnSeldom(count, "Listeners are too slow or the engine is closed: {} events dropped so far", count);
    }

    private void tell(MaintenanceEvent event) {
        for (MaintenanceListener listener : listeners) {
            try {
                listener.on(event);
            } catch (Throwable e) { // a listener's error must not end the telling
                log.warn("Listener {} failed on {}", listener, event, e);
            }
        }
    }

    long dropped() {
        return lane.dropped();
    }

    int waiting() {
        return lane.waiting();
    }

    /** Tells what is waiting, for that long at most. */
    void close(Duration bound) throws InterruptedException {
        int left = lane.waiting();
        if (!lane.close(bound)) {
            log.warn("Listeners did not take {} events in {}; they are dropped", left, bound);
        }
    }
}
