package io.chatty.maintenance.testkit;

import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadSignal;
import java.util.concurrent.atomic.AtomicInteger;

/** A signal that says what a test sets, and counts how often it is asked. */
final class SetSignal implements LoadSignal {

    final AtomicInteger asked = new AtomicInteger();
    private final String name;
    private volatile LoadReading reading = LoadReading.normal("quiet");

    SetSignal(String name) {
        this.name = name;
    }

    void set(LoadReading next) {
        reading = next;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public LoadReading read() {
        asked.incrementAndGet();
        return reading;
    }
}
