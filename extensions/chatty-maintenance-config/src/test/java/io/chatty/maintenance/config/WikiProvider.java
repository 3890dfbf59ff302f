package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.testkit.InMemoryFileReferences;

/** Makes sources of references whose names stand in the file. */
public final class WikiProvider implements FileReferencesProvider {

    /** For the service loader. */
    public WikiProvider() {}

    @Override
    public String name() {
        return "wiki";
    }

    @Override
    public FileReferences create(String source, PluginSettings settings) {
        InMemoryFileReferences references =
                new InMemoryFileReferences(settings.flag("misnamed").orElse(false) ? "mess" : source);
        settings.texts("names").forEach(references::add);
        return references;
    }
}
