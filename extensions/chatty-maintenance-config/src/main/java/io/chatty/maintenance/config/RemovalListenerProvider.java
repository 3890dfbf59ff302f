package io.chatty.maintenance.config;

import io.chatty.maintenance.retention.RemovalListener;

/**
 * Makes listeners of a plugin that are told which messages have gone. Found by {@link java.util.ServiceLoader}; a file names it
 * in the {@code settings} of a task {@code removal-delivery}.
 *
 * <p>A provider is asked each time that a file is validated, so it keeps what it is given and connects to nothing.
 */
public interface RemovalListenerProvider {

    /** The name by which files call it: one to 100 letters, digits, {@code .}, {@code _} and {@code -}. */
    String name();

    /**
     * Makes a listener.
     *
     * @param settings what the file has under {@code settings} beside the provider; keys that are not asked for are unknown,
     *     and a mistake
     * @throws IllegalArgumentException if the settings are wrong; the message says what was given and what is allowed
     */
    RemovalListener create(PluginSettings settings);
}
