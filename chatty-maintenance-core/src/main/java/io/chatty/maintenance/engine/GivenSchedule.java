package io.chatty.maintenance.engine;

import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import java.time.Instant;
import java.util.Optional;

/**
 * A schedule as a host gave it: what never changes is asked once, when it is given, where it may be refused. A plugin's that
 * fails there later would otherwise do so in the midst of the end of a run, its own task's or another's.
 */
record GivenSchedule(
        Schedule given,
        boolean countsFromEnd,
        boolean catchesUp,
        Optional<String> afterTask,
        Optional<Window> window,
        String text)
        implements Schedule {

    static GivenSchedule of(Schedule given) {
        return new GivenSchedule(
                given, given.countsFromEnd(), given.catchesUp(), given.afterTask(), given.window(), given.toString());
    }

    @Override
    public Optional<Instant> next(Instant after) {
        return given.next(after);
    }

    @Override
    public Optional<Instant> first(Optional<Instant> lastRun, Instant now) {
        return given.first(lastRun, now);
    }

    @Override
    public String toString() {
        return text;
    }
}
