package io.chatty.maintenance.task;

import java.util.List;

/** Settings that do not fit the world they meet. All that is wrong is listed at once; nothing was started. */
public final class SettingsException extends MaintenanceException {

    private static final long serialVersionUID = 1;

    private final String[] problems; // exceptions are serializable, lists need not be

    /** With all that is wrong, at least one line. */
    public SettingsException(List<String> problems) {
        super((problems.size() == 1 ? "1 problem" : problems.size() + " problems") + " in the settings:\n  - "
                + String.join("\n  - ", problems));
        this.problems = problems.toArray(new String[0]);
    }

    /** What is wrong, each with what was given, what is allowed and what to do. */
    public List<String> problems() {
        return List.of(problems);
    }
}
