package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatSchema;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** {@code schema}: the host's tables. */
final class SchemaSection {

    /** For a database in which nothing but runs are kept: no task looks at it. */
    private static final ChatSchema NOT_LOOKED_AT = ChatSchema.builder()
            .messages("messages", m -> m.key("id").sentAt("sent_at"))
            .build();

    private final Section section;
    private final MessagesSection messages;
    private final ChatSchema.Builder builder = ChatSchema.builder();

    private SchemaSection(Section section) {
        this.section = section;
        this.messages = new MessagesSection(section.section("messages"));
    }

    /**
     * The schema; empty if it has a problem.
     *
     * @param neededBy the task that needs it; null if none does
     */
    static Optional<ChatSchema> read(Section section, @Nullable String neededBy) {
        return new SchemaSection(section).read(neededBy);
    }

    private Optional<ChatSchema> read(@Nullable String neededBy) {
        int before = section.mistakes();
        section.set("schema", Kind.TEXT, builder::schema);
        boolean described = messages.read(builder, neededBy);
        ChildrenSection.read(section, messages, builder);
        SharedSection.read(section, messages, builder);
        CountersSection.read(section, builder);
        rooms();
        table(section.section("users"), "sender", (table, key) -> builder.users(table, key));
        section.end();
        if (!described && neededBy == null) {
            return Optional.of(NOT_LOOKED_AT);
        }
        try {
            return Optional.of(
                    builder.build()); // in spite of mistakes, so that those of tasks are told together with them
        } catch (IllegalArgumentException e) {
            if (section.mistakes() == before) {
                section.problem(String.valueOf(e.getMessage()));
            }
            return Optional.empty();
        }
    }

    private void rooms() {
        Section rooms = section.section("rooms");
        Optional<String> team = rooms.get("team", Kind.TEXT);
        if (rooms.has("team") && messages.has("team")) {
            rooms.refuse("team", "but schema.messages.team is set, too; at most one is allowed");
        }
        if (rooms.has("team") && !rooms.has("table")) {
            rooms.problem("table", "missing; the team needs its table");
        }
        table(
                rooms,
                "room",
                (table, key) -> builder.rooms(table, r -> {
                    r.key(key);
                    team.ifPresent(r::team);
                }));
    }

    private void table(Section of, String column, BiConsumer<String, String> set) {
        Optional<String> table = of.get("table", Kind.TEXT);
        Optional<String> key = of.get("key", Kind.TEXT);
        if (of.has("table") && !of.has("key")) {
            of.problem("key", "missing; the table needs the column of its key");
        }
        if (of.has("key") && !of.has("table")) {
            of.problem("table", "missing; the key needs its table");
        }
        if (of.has("table") && !messages.has(column) && !messages.has(column + "-through")) {
            messages.missing(column, of.path() + " needs the column that refers to it");
        }
        of.end();
        if (table.isPresent() && key.isPresent()) {
            set.accept(table.get(), key.get());
        }
    }
}
