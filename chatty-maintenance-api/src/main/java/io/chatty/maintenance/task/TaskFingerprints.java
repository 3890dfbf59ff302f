package io.chatty.maintenance.task;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What may be the fingerprint of a task, see {@link MaintenanceTask#fingerprint}. */
public final class TaskFingerprints {

    /** The longest, in characters. */
    public static final int MOST = 100;

    private static final Pattern ALLOWED = Pattern.compile("[ -~]{0," + MOST + "}");

    private TaskFingerprints() {}

    /**
     * Gives the fingerprint of that task, if it is allowed.
     *
     * @throws IllegalStateException if it is null, too long, or has other characters
     */
    public static String of(MaintenanceTask task) {
        @Nullable String given = task.fingerprint();
        if (given == null || !ALLOWED.matcher(given).matches()) {
            throw new IllegalStateException("the fingerprint of task " + task.name() + " is "
                    + (given == null ? "null" : given.length() + " characters: \"" + given + "\"") + "; up to " + MOST
                    + " visible characters of ASCII and spaces are allowed");
        }
        return given;
    }
}
