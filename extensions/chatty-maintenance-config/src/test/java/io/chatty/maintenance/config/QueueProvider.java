package io.chatty.maintenance.config;

import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadSignal;

/** A signal that is always normal. */
public final class QueueProvider implements SignalProvider {

    /** For the service loader. */
    public QueueProvider() {}

    @Override
    public String name() {
        return "queue";
    }

    @Override
    public LoadSignal create(PluginSettings settings) {
        String name = settings.text("signal").orElse("queue");
        return new LoadSignal() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public LoadReading read() {
                return LoadReading.normal("empty");
            }
        };
    }
}
