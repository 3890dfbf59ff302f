package io.chatty.maintenance.file.setting;

import io.chatty.maintenance.file.FileReferences;
import java.time.Duration;
import java.util.List;

/** Refuses settings of tasks for files that are not allowed, with what was given and what is. */
public final class FileSettings {

    private static final Duration FLOOR = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private FileSettings() {}

    /** A time that is to be one hour to 100 years; whether it is too short is {@linkplain #checkFloor looked at} later. */
    public static Duration time(String what, Duration time) {
        if (time.isNegative() || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + ": " + time + " given, one hour to 100 years allowed");
        }
        return time;
    }

    /** Refuses a time of less than an hour, unless short times are allowed. */
    public static void checkFloor(String what, Duration time, boolean shortTimes) {
        if (!shortTimes && time.compareTo(FLOOR) < 0) {
            throw new IllegalArgumentException(what + ": " + time + " given, at least " + FLOOR + " allowed");
        }
    }

    /** The share over which a person has to confirm. */
    public static double shareLimit(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("shareLimit: " + share + " given, over 0 and at most 1 allowed");
        }
        return share;
    }

    /** Adds a source of references to others, whose names are to differ. */
    public static void add(FileReferences source, List<FileReferences> others) {
        if (others.stream().anyMatch(other -> other.name().equals(source.name()))) {
            throw new IllegalArgumentException(
                    "references: \"" + source.name() + "\" given twice; each source needs a name of its own");
        }
        others.add(source);
    }
}
