package io.chatty.maintenance.run;

import io.chatty.maintenance.task.MaintenanceException;

/** The run has been taken over by another engine, or has ended: what was begun under this claim was rolled back. */
public final class ClaimLostException extends MaintenanceException {

    private static final long serialVersionUID = 1;

    /** For that claim. */
    public ClaimLostException(RunClaim claim) {
        super("run " + claim.runId() + " of task " + claim.task() + " is no longer claimed by " + claim.owner()
                + " with token " + claim.token() + ": another engine has taken it over, or it has ended");
    }
}
