package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code files}: stores by name, each with the sources of references to its files, so that no task of the store can forget one. Not
 * thread-safe.
 */
final class FileStores {

    private final Map<String, Optional<Described>> stores = new LinkedHashMap<>();
    private final Map<String, Path> roots = new LinkedHashMap<>();
    private final Map<Path, String> findings = new LinkedHashMap<>();
    private final Map<String, String> sweeps = new LinkedHashMap<>();
    private final Map<String, FileSweep> madeSweeps = new LinkedHashMap<>();

    private boolean needsDatabase;

    private final Providers providers;
    private final Optional<ChatSchema> schema;
    private final Optional<ChatDatabase> database;

    private FileStores(Providers providers, Optional<ChatSchema> schema, Optional<ChatDatabase> database) {
        this.providers = providers;
        this.schema = schema;
        this.database = database;
    }

    /**
     * A store.
     *
     * @param name what the file calls it
     * @param root its directory, if it is one of this machine
     * @param references all that tell what is needed of it
     */
    record Described(String name, SweepableStore store, Optional<Path> root, List<FileReferences> references) {}

    static FileStores read(
            Section root, Providers providers, Optional<ChatSchema> schema, Optional<ChatDatabase> database) {
        FileStores all = new FileStores(providers, schema, database);
        Section files = root.section("files");
        for (String name : files.keys()) {
            if (files.isNull(name)) {
                files.refuse(name, "allowed is { root, references }; for no store leave it out");
            } else if (files.has(name)) {
                all.stores.put(name, all.store(name, files.section(name)));
            }
        }
        return all;
    }

    private Optional<Described> store(String name, Section section) {
        int before = section.mistakes();
        Optional<Path> root = section.get("root", Kind.PATH);
        boolean trusts = section.get("trusts-modification-time", Kind.FLAG).orElse(false);
        if (section.has("root") == section.has("provider")) {
            section.problem((section.has("root") ? "root and provider" : "neither root nor provider")
                    + " given, exactly one of root (a directory) and provider (a FileStoreProvider) is required");
        }
        if (section.has("provider") && section.has("trusts-modification-time")) {
            section.refuse("trusts-modification-time", "which is for a root; leave it away");
        }
        Optional<List<FileReferences>> references = references(section);
        Optional<SweepableStore> store = section.has("provider")
                ? providers.make(section, FileStoreProvider.class, "provider", Set.of(), FileStoreProvider::create)
                : root.flatMap(directory -> open(name, section, directory, trusts));
        section.end();
        return section.mistakes() > before
                ? Optional.empty()
                : store.flatMap(made ->
                        references.map(all -> new Described(name, made, Optional.ofNullable(roots.get(name)), all)));
    }

    private Optional<SweepableStore> open(String name, Section section, Path root, boolean trusts) {
        try {
            LocalFileStore.Builder builder = LocalFileStore.builder(root);
            SweepableStore store = (trusts ? builder.trustsModificationTime() : builder).open();
            Path real = root.toRealPath();
            roots.entrySet().stream()
                    .filter(other -> overlap(other.getValue(), real))
                    .findFirst()
                    .ifPresent(other -> section.refuse(
                            "root",
                            "but files." + other.getKey() + " is " + other.getValue()
                                    + "; one store for all of it is allowed, or what either is referred to by would not count"
                                    + " for the other"));
            roots.put(name, real);
            return Optional.of(store);
        } catch (IOException e) {
            section.refuse("root", "a directory that is there and can be written to is allowed: " + e);
            return Optional.empty();
        }
    }

    private static boolean overlap(Path one, Path other) {
        return one.startsWith(other) || other.startsWith(one);
    }

    /** All sources; empty if one could not be made: without it what it knows would be orphans. */
    private Optional<List<FileReferences>> references(Section section) {
        List<FileReferences> all = new ArrayList<>();
        Section references = section.section("references");
        for (String source : references.keys()) {
            if (references.isNull(source)) {
                references.refuse(
                        source,
                        "allowed is { columns } or { provider }; without a source what it knows would be orphans. For none"
                                + " leave it out");
            } else if (references.has(source)) {
                Section its = references.section(source);
                needsDatabase |= !its.has("provider") && !its.has("list");
                FileReferencesSection.read(source, its, providers, schema, database)
                        .ifPresent(all::add);
            }
        }
        return all.size() < references.keys().size() ? Optional.empty() : Optional.of(all);
    }

    /** Whether some source is in the database. */
    boolean needsDatabase() {
        return needsDatabase;
    }

    /** The store that settings name as {@code store}; empty if there is a problem. */
    Optional<Described> referredTo(Section settings) {
        Optional<String> name = settings.required("store", Kind.TEXT, "one of files");
        name.filter(given -> !stores.containsKey(given))
                .ifPresent(given -> settings.refuse(
                        "store",
                        "one of files is allowed: "
                                + (stores.isEmpty() ? "there are none" : String.join(", ", stores.keySet()))
                                + Nearest.hint(given, stores.keySet())));
        return name.flatMap(given -> stores.getOrDefault(given, Optional.empty()));
    }

    /** The same, of which some source has to say what is needed. */
    Optional<Described> referencedTo(Section settings) {
        Optional<Described> store = referredTo(settings);
        store.filter(described -> described.references().isEmpty())
                .ifPresent(described -> settings.refuse(
                        "store",
                        "but nothing says which of its files are needed; set files." + described.name()
                                + ".references"));
        return store;
    }

    /** Refuses a store with a directory in it whose files nothing refers to, though they are needed. */
    void checkHoldsNone(Section settings, Optional<Described> store, Cleanups cleanups) {
        store.flatMap(Described::root)
                .ifPresent(root -> cleanups.folders().forEach((cleanup, folder) -> {
                    if (overlap(root, folder)) {
                        settings.refuse(
                                "store",
                                "which is " + root + ", but task " + cleanup + " keeps its archive in " + folder
                                        + ", to whose files nothing refers; set its archive-folder to a directory elsewhere");
                    }
                }));
    }

    /** Takes up a sweep of a store. */
    void swept(String sweep, String store) {
        sweeps.put(sweep, store);
    }

    /** Takes up a sweep that could be made. */
    void made(FileSweep sweep) {
        madeSweeps.put(sweep.name(), sweep);
    }

    /** The sweep of that name; empty if it could not be made. */
    Optional<FileSweep> sweep(String name) {
        return Optional.ofNullable(madeSweeps.get(name));
    }

    /** The sweeps of that store. */
    List<String> sweepsOf(String store) {
        return sweeps.keySet().stream()
                .filter(sweep -> store.equals(sweeps.get(sweep)))
                .toList();
    }

    /** The task that has that file for its findings already, which is this one's from now on if none has; else empty. */
    Optional<String> findings(Path file, String task) {
        return Optional.ofNullable(findings.putIfAbsent(file.toAbsolutePath().normalize(), task));
    }

    /** The store in whose directory something is. */
    Optional<String> holds(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        return roots.entrySet().stream()
                .filter(root -> absolute.startsWith(root.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
