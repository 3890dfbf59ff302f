package io.chatty.maintenance.run;

/**
 * What a store says to the renewal of a claim.
 *
 * @param isHeld whether the claim still holds, and was renewed
 * @param cancelAsked whether somebody asked, in another engine say, for the run to be cancelled
 * @param paused whether the task has been paused
 */
public record ClaimState(boolean isHeld, boolean cancelAsked, boolean paused) {}
