package io.chatty.maintenance.file.verify;

import java.time.Duration;
import java.time.Instant;

/**
 * Chooses files by a hash of their names and the day: those in a stretch of a circle that goes on by the golden ratio from day to
 * day. It is the number by which the days lie most evenly (three-distance theorem), also if only each second or seventh is taken.
 *
 * @param share how large a part of the circle the stretch is
 */
record ChosenFiles(double share) {

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    /** Whether the file is chosen in a run of that time. */
    boolean has(String name, Instant at) {
        double day =
                GOLDEN * Math.floorDiv(at.getEpochSecond(), Duration.ofDays(1).toSeconds());
        double from = day - Math.floor(day);
        double behind = place(name) - from;
        return (behind < 0 ? behind + 1 : behind) < share;
    }

    /** Where a name is on the circle, from 0 to 1. */
    private static double place(String name) {
        long hash = 1;
        for (int i = 0; i < name.length(); i++) {
            hash = 31 * hash + name.charAt(i);
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L; // the finalizer of SplitMix64
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return ((hash ^ (hash >>> 31)) >>> 11) * 0x1.0p-53;
    }
}
