package io.chatty.maintenance.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a file has for a plugin. A value that cannot be read counts as not set and is listed among the file's mistakes, with
 * its path; then no engine is made, so a plugin need not care. Good only while the provider makes its object. Not thread-safe.
 */
public final class PluginSettings {

    private final Section section;
    private final List<PluginSettings> asked = new ArrayList<>();

    PluginSettings(Section section) {
        this.section = section;
    }

    /** A text; empty if it is not set. A number is a text, too. */
    public Optional<String> text(String key) {
        return section.get(key, Kind.TEXT);
    }

    /** A whole number; empty if it is not set. */
    public Optional<Long> wholeNumber(String key) {
        return section.get(key, Kind.WHOLE_NUMBER);
    }

    /** A number; empty if it is not set. */
    public Optional<Double> number(String key) {
        return section.get(key, Kind.NUMBER);
    }

    /** True or false; empty if it is not set. */
    public Optional<Boolean> flag(String key) {
        return section.get(key, Kind.FLAG);
    }

    /** A duration, such as {@code 30 s}; empty if it is not set. */
    public Optional<Duration> duration(String key) {
        return section.get(key, Kind.DURATION);
    }

    /** A size in bytes, such as {@code 64 MiB}; empty if it is not set. */
    public Optional<Long> bytes(String key) {
        return section.get(key, Kind.BYTES);
    }

    /** A list of texts; empty if it is not set. */
    public List<String> texts(String key) {
        return List.copyOf(section.list(key, Kind.TEXT).values());
    }

    /** The settings below that key; without any if it is not set. */
    public PluginSettings settings(String key) {
        PluginSettings below = new PluginSettings(section.section(key));
        asked.add(below);
        return below;
    }

    /** Notes what was not asked for. */
    void end() {
        section.end();
        asked.forEach(PluginSettings::end);
    }

    /** The keys that are set here. */
    public List<String> keys() {
        return List.copyOf(section.keys());
    }
}
