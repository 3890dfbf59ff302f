package io.chatty.maintenance.testkit;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.RunState;

/** What an operator can wish of a run, and the state that it has then. */
enum Wish {
    PAUSE(RunState.PAUSED),
    CANCEL(RunState.CANCELLED),
    CLOSE(RunState.INTERRUPTED);

    final RunState state;

    Wish(RunState state) {
        this.state = state;
    }

    void tell(MaintenanceEngine engine, String task) {
        switch (this) {
            case PAUSE -> engine.pause(task);
            case CANCEL -> engine.cancel(task);
            case CLOSE -> engine.close();
        }
    }
}
