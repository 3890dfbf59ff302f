package io.chatty.maintenance.task;

import java.util.regex.Pattern;

/** What may be the name of a task, and of other things that logs and meters name. */
public final class TaskNames {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]+");
    private static final int LONGEST = 100;

    private TaskNames() {}

    /**
     * Gives the name back if it is one to 100 letters, digits, {@code .}, {@code _} and {@code -}.
     *
     * @throws IllegalArgumentException otherwise
     */
    public static String check(String name) {
        return check("task", name);
    }

    /**
     * The same for the name of something else.
     *
     * @param what it is the name of, for the message
     * @throws IllegalArgumentException if the name is not allowed
     */
    public static String check(String what, String name) {
        return check(what, name, LONGEST);
    }

    /**
     * The same for a name that is to be shorter, since something is added to it.
     *
     * @param most of how many characters it may be, 1 to 100
     * @throws IllegalArgumentException if the name is not allowed
     */
    public static String check(String what, String name, int most) {
        if (name.length() > most || !ALLOWED.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    what + " name: \"" + name + "\" is not one to " + most + " letters, digits, '.', '_' and '-'");
        }
        return name;
    }
}
