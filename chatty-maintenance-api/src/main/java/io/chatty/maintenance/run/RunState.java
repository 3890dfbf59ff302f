package io.chatty.maintenance.run;

/** What has become of a run. */
public enum RunState {
    /** An engine works on it, or a process that did has died: its claim is taken over at the next start. */
    RUNNING(true),
    /** Stopped by a person after a batch; goes on from its cursor when resumed, also after a restart. */
    PAUSED(true),
    /** Stopped after a batch because the engine closed; goes on from its cursor at the next start. */
    INTERRUPTED(true),
    /**
     * Stopped after a batch that asked for it: goes on from its cursor only when a person has confirmed it. The reason stands
     * in the run.
     */
    AWAITING_CONFIRMATION(true),
    /** Did all there was to do. */
    SUCCEEDED(false),
    /** Ended by an error, which stands in the run. */
    FAILED(false),
    /** Ended by a person. */
    CANCELLED(false),
    /**
     * Left paused, interrupted or unconfirmed for more than seven days: its now was too old to go on with. Or its task's
     * fingerprint changed while it awaited confirmation.
     */
    EXPIRED(false),
    /** Never began: the task was paused, or its run before was still going on or awaited confirmation. The reason stands in the run. */
    SKIPPED(false);

    private final boolean active;

    RunState(boolean active) {
        this.active = active;
    }

    /** Whether the run may still go on. A task has at most one such run. */
    public boolean isActive() {
        return active;
    }
}
