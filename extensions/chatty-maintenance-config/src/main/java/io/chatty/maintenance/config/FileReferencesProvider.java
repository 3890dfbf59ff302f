package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileReferences;

/**
 * Makes sources of references to files that are not columns of the chat's database. Found by {@link java.util.ServiceLoader}; a
 * file names it under the {@code references} of a store.
 *
 * <p>A provider is asked each time that a file is validated, so it keeps what it is given and connects to nothing.
 */
public interface FileReferencesProvider {

    /** The name by which files call it: one to 100 letters, digits, {@code .}, {@code _} and {@code -}. */
    String name();

    /**
     * Makes a source.
     *
     * @param source what the file calls it, which {@link FileReferences#name} has to give
     * @param settings what the file has under {@code settings}; keys that are not asked for are unknown, and a mistake
     * @throws IllegalArgumentException if the settings are wrong; the message says what was given and what is allowed
     */
    FileReferences create(String source, PluginSettings settings);
}
