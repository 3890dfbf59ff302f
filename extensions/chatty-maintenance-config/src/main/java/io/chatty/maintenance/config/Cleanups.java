package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The cleanups of a file, to which other tasks refer by their names. Not thread-safe. */
final class Cleanups {

    private final Map<String, Optional<Cleaned>> byName = new LinkedHashMap<>();

    /**
     * A cleanup.
     *
     * @param prefix of its archive, if that is in tables
     * @param folder of its archive, if that is in files
     */
    record Cleaned(MessageCleanup cleanup, Optional<String> prefix, Optional<Path> folder) {}

    /** Takes it up; empty if it could not be made. */
    void add(String name, Optional<Cleaned> cleaned) {
        byName.put(name, cleaned);
    }

    /** The one that settings refer to; empty if there is a problem. */
    Optional<Cleaned> referredTo(Section settings) {
        Optional<String> name = settings.required("cleanup", Kind.TEXT, "the name of a task of type message-cleanup");
        name.filter(given -> !byName.containsKey(given))
                .ifPresent(given -> settings.refuse(
                        "cleanup",
                        "the name of a task of type message-cleanup is allowed: "
                                + (byName.isEmpty()
                                        ? "there is none"
                                        : "there are " + String.join(", ", byName.keySet()))
                                + Nearest.hint(given, byName.keySet())));
        return name.flatMap(given -> byName.getOrDefault(given, Optional.empty()));
    }

    /** The name of the first whose archive is in files. */
    Optional<String> firstInFiles() {
        return byName.entrySet().stream()
                .filter(each -> each.getValue()
                        .filter(its -> its.cleanup().archive().isPresent()
                                && its.prefix().isEmpty())
                        .isPresent())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The directories of those whose archive is in files, by the cleanup's name. */
    Map<String, Path> folders() {
        Map<String, Path> all = new LinkedHashMap<>();
        byName.forEach((name, cleaned) -> cleaned.flatMap(Cleaned::folder).ifPresent(folder -> all.put(name, folder)));
        return all;
    }

    /** Whether a listener is told what one of them removes. */
    boolean tellDeleted() {
        return byName.values().stream()
                .flatMap(Optional::stream)
                .anyMatch(cleaned -> cleaned.cleanup().tellsDeleted());
    }

    /**
     * All archives of a file's cleanups, each once, and those in tables by other prefixes.
     *
     * @param more prefixes of archives that no cleanup has any more
     */
    List<Archive> archives(ChatDatabase chat, Collection<String> more) {
        Map<String, Archive> inTables = new LinkedHashMap<>();
        List<Archive> all = new ArrayList<>();
        byName.values().stream().flatMap(Optional::stream).forEach(cleaned -> {
            Optional<Archive> archive = cleaned.cleanup().archive();
            cleaned.prefix()
                    .ifPresentOrElse(
                            prefix -> archive.ifPresent(its -> inTables.putIfAbsent(prefix, its)),
                            () -> archive.ifPresent(all::add));
        });
        more.forEach(prefix -> inTables.computeIfAbsent(prefix, chat::archive));
        all.addAll(inTables.values());
        return all;
    }
}
