package io.chatty.maintenance.engine;

/**
 * Which task goes first where not all can: for a free worker, and when signals say that the host is under load. A task that
 * waits for a worker goes before those of lower priority and between two batches of a run of lower priority.
 */
public enum Priority {
    /** Goes last; under load it waits until the load has passed, then longest. */
    LOW(4),
    /** The default. */
    NORMAL(2),
    /** Goes first; rests least under load, and goes on first when a stop has passed. */
    HIGH(1);

    private final int patience;

    Priority(int patience) {
        this.patience = patience;
    }

    /** By how much its waits are longer than those of the highest. */
    int patience() {
        return patience;
    }
}
