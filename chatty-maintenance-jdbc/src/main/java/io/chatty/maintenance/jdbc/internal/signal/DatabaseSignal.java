package io.chatty.maintenance.jdbc.internal.signal;

import io.chatty.maintenance.jdbc.internal.database.Load;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.task.MaintenanceException;
import java.sql.SQLException;
import java.util.Objects;

/** A signal of the host's database. What keeps it from being measured, a right that lacks say, is told by its readings. */
final class DatabaseSignal implements LoadSignal {

    private final LoadSignal measured;
    private volatile Load last = Load.of(Double.NaN);

    /** Measures. */
    @FunctionalInterface
    interface Question {
        Load ask() throws Exception;
    }

    DatabaseSignal(String name, String unit, LoadLimits limits, Question question) {
        if (limits.stopAt() < limits.slowAt()) {
            throw new IllegalArgumentException("limits: slowAt " + limits.slowAt() + ", stopAt " + limits.stopAt()
                    + " given; high values of " + name + " are bad, so stopAt must be above slowAt");
        }
        this.measured = LoadSignal.measured(name, unit, limits, () -> {
            Load load = question.ask();
            last = load;
            return load.value();
        });
    }

    @Override
    public String name() {
        return measured.name();
    }

    @Override
    public LoadReading read() throws Exception {
        LoadReading reading;
        try {
            reading = measured.read();
        } catch (MaintenanceException | SQLException e) {
            return unknown(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
        Load load = last;
        if (reading.level() == Level.NORMAL && !load.doubt().isEmpty()) {
            return unknown(load.doubt());
        }
        return load.whose().isEmpty()
                ? reading
                : new LoadReading(reading.level(), reading.reason() + ": " + load.whose());
    }

    private LoadReading unknown(String why) {
        return LoadReading.unknown(name() + ": " + why.lines().findFirst().orElse(""));
    }

    @Override
    public String toString() {
        return measured.toString();
    }
}
