package io.chatty.maintenance.file;

/**
 * The space of a store, in bytes.
 *
 * @param total how much there is in all, for whatever else is there, too
 * @param usable how much of it can still be written by this process
 */
public record FileSpace(long total, long usable) {

    /** @throws IllegalArgumentException unless 0 ≤ usable ≤ total */
    public FileSpace {
        if (usable < 0 || usable > total) {
            throw new IllegalArgumentException("space: " + usable + " of " + total + " bytes given");
        }
    }
}
