package io.chatty.maintenance.config;

import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.jdbc.DatabaseUsage.FollowingRows;

/**
 * Makes listeners of a plugin that are asked and told which files are given up where there are too many. Found by {@link
 * java.util.ServiceLoader}; a file names it as the {@code listener} of a task {@code file-limits}.
 *
 * <p>A provider is asked each time that a file is validated, so it keeps what it is given and connects to nothing.
 */
public interface EvictionListenerProvider {

    /** The name by which files call it: one to 100 letters, digits, {@code .}, {@code _} and {@code -}. */
    String name();

    /**
     * Makes a listener, which may keep files before they are given up, and is told after. For who keeps none: {@link
     * EvictionListener#NONE}.
     *
     * @param settings what the file has under the {@code settings} of the listener; keys that neither method asks for are unknown,
     *     and a mistake
     * @throws IllegalArgumentException if the settings are wrong; the message says what was given and what is allowed
     */
    EvictionListener create(PluginSettings settings);

    /**
     * Makes what changes other rows of the host's in the transaction that gives files up. Default: changes none.
     *
     * @param settings the same
     * @throws IllegalArgumentException if the settings are wrong; the message says what was given and what is allowed
     */
    default FollowingRows following(PluginSettings settings) {
        return (connection, files) -> {};
    }
}
