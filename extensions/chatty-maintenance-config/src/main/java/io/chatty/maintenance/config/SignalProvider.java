package io.chatty.maintenance.config;

import io.chatty.maintenance.schedule.LoadSignal;

/**
 * Makes load signals of a plugin. Found by {@link java.util.ServiceLoader}; a file names it under {@code signals.plugins}.
 *
 * <p>A provider is asked each time that a file is validated, so it keeps what it is given and connects to nothing.
 */
public interface SignalProvider {

    /** The name by which files call it: one to 100 letters, digits, {@code .}, {@code _} and {@code -}. */
    String name();

    /**
     * Makes a signal.
     *
     * @param settings what the file has under {@code settings}; keys that are not asked for are unknown, and a mistake
     * @throws IllegalArgumentException if the settings are wrong; the message says what was given and what is allowed
     */
    LoadSignal create(PluginSettings settings);
}
