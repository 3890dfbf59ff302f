package io.chatty.maintenance.config;

import io.chatty.maintenance.file.SweepableStore;

/**
 * Makes stores of files that are no directory, such as those of {@code chatty-maintenance-s3}. Found by {@link
 * java.util.ServiceLoader}; a file names it under {@code files}.
 *
 * <p>A provider is asked each time that a file is validated, so it keeps what it is given and connects to nothing.
 */
public interface FileStoreProvider {

    /** The name by which files call it: one to 100 letters, digits, {@code .}, {@code _} and {@code -}. */
    String name();

    /**
     * Makes a store.
     *
     * @param settings what the file has under {@code settings}; keys that are not asked for are unknown, and a mistake
     * @throws IllegalArgumentException if the settings are wrong; the message says what was given and what is allowed
     */
    SweepableStore create(PluginSettings settings);
}
