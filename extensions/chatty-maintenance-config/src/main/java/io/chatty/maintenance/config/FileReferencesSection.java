package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.sweep.ReferenceList;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.task.TaskNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One of the {@code references} of a store: columns of the database, a list in a file, or a plugin's source. */
final class FileReferencesSection {

    private final String name;
    private final Section section;

    private FileReferencesSection(String name, Section section) {
        this.name = name;
        this.section = section;
    }

    static Optional<FileReferences> read(
            String name,
            Section section,
            Providers providers,
            Optional<ChatSchema> schema,
            Optional<ChatDatabase> database) {
        FileReferencesSection source = new FileReferencesSection(name, section);
        int before = section.mistakes();
        try {
            TaskNames.check(name);
        } catch (IllegalArgumentException e) {
            section.problem(String.valueOf(e.getMessage()));
        }
        Optional<? extends FileReferences> made = source.made(providers, schema, database);
        section.end();
        return section.mistakes() > before ? Optional.empty() : made.map(references -> references);
    }

    /** Of one of three kinds. */
    private Optional<? extends FileReferences> made(
            Providers providers, Optional<ChatSchema> schema, Optional<ChatDatabase> database) {
        Optional<Path> list = section.get("list", Kind.PATH);
        for (String kind : List.of("list", "provider")) {
            for (String other : List.of("provider", "columns", "schema-files")) {
                if (!kind.equals(other) && section.has(kind)) {
                    section.either(kind, other);
                }
            }
        }
        if (section.has("list")) {
            return list.map(path -> ReferenceList.of(name, path));
        }
        return section.has("provider") ? ofPlugin(providers) : ofTables(schema, database);
    }

    private Optional<FileReferences> ofPlugin(Providers providers) {
        return providers
                .make(
                        section,
                        FileReferencesProvider.class,
                        "provider",
                        Set.of(),
                        (provider, settings) -> provider.create(name, settings))
                .filter(references -> {
                    if (!name.equals(references.name())) {
                        section.problem(
                                "provider",
                                "it made a source that is called \"" + references.name() + "\", allowed is \"" + name
                                        + "\"");
                    }
                    return name.equals(references.name());
                });
    }

    private Optional<DatabaseReferences> ofTables(Optional<ChatSchema> schema, Optional<ChatDatabase> database) {
        int before = section.mistakes();
        if (section.isNull("columns")) {
            section.refuse("columns", "allowed is a list [ { table, column } ]; for none leave it out");
            return Optional.empty();
        }
        List<FileColumnSection> columns = new ArrayList<>();
        section.sections("columns").forEach(column -> columns.add(FileColumnSection.read(column)));
        Optional<FileColumnSection> ofSchema = section.has("schema-files")
                ? Optional.of(FileColumnSection.ofSchema(section.section("schema-files")))
                : Optional.empty();
        boolean hasFiles = schema.map(FileReferencesSection::namesFiles).orElse(true);
        if (ofSchema.isPresent() && !hasFiles) {
            section.refuse("schema-files", "but no table of schema has files; set them, or leave it away");
        } else if (columns.isEmpty() && !hasFiles) {
            section.problem(
                    "columns",
                    "missing; required are the columns in which files are referred to: [ { table, column } ], for no table"
                            + " of schema has files either");
        }
        if (section.mistakes() > before || database.isEmpty()) {
            return Optional.empty();
        }
        AtomicReference<@Nullable DatabaseReferences> made = new AtomicReference<>();
        section.attempt(
                "columns",
                () -> made.set(database.get().fileReferences(name, references -> {
                    columns.forEach(column -> column.addTo(references));
                    ofSchema.ifPresent(naming -> references.schemaFiles(naming::describe));
                })));
        return Optional.ofNullable(made.get());
    }

    private static boolean namesFiles(ChatSchema schema) {
        return !schema.messages().files().isEmpty()
                || schema.children().stream().anyMatch(child -> !child.files().isEmpty())
                || schema.shared().stream().anyMatch(shared -> !shared.files().isEmpty());
    }
}
