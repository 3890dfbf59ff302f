package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.ChatSchema.Time;
import io.chatty.maintenance.jdbc.TimeKind;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** {@code schema}: the host's tables. */
final class SchemaSection {

    private enum ColumnKind {
        ZONED,
        LOCAL,
        EPOCH_MILLIS,
        EPOCH_SECONDS,
        EPOCH_MILLIS_TEXT,
        TEXT
    }

    /** For a database in which nothing but runs are kept: no task looks at it. */
    private static final ChatSchema NOT_LOOKED_AT = ChatSchema.builder()
            .messages("messages", m -> m.key("id").sentAt("sent_at"))
            .build();

    private final Section section;
    private final Section messages;
    private final ChatSchema.Builder builder = ChatSchema.builder();

    private SchemaSection(Section section) {
        this.section = section;
        this.messages = section.section("messages");
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
        section.set("schema", Kind.TEXT, builder::schema);
        boolean described = messages(neededBy);
        children();
        rooms();
        table(section.section("users"), "sender", (table, key) -> builder.users(table, key));
        section.end();
        if (!described) {
            return neededBy == null ? Optional.of(NOT_LOOKED_AT) : Optional.empty();
        }
        try {
            return Optional.of(builder.build());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // each reason was noted where it stands
        }
    }

    private boolean messages(@Nullable String neededBy) {
        Optional<String> table = column("table", "the table of messages", neededBy);
        Optional<String> key = column("key", "the column of its key", neededBy);
        if (neededBy != null && !messages.has("sent-at")) {
            messages.problem("sent-at", "missing; " + neededBy + " needs the column of the time of sending");
        }
        Optional<Time> sentAt = time("sent-at");
        Optional<Time> softDeletedAt = time("soft-deleted-at");
        Optional<String> room = messages.get("room", Kind.TEXT);
        Optional<String> team = messages.get("team", Kind.TEXT);
        Optional<String> sender = messages.get("sender", Kind.TEXT);
        Optional<String> pinned = messages.get("pinned", Kind.TEXT);
        messages.end();
        if (table.isEmpty() || key.isEmpty() || sentAt.isEmpty()) {
            return false;
        }
        builder.messages(table.get(), m -> {
            m.key(key.get()).sentAt(sentAt.get().column(), sentAt.get().kind());
            softDeletedAt.ifPresent(time -> m.softDeletedAt(time.column(), time.kind()));
            room.ifPresent(m::room);
            team.ifPresent(m::team);
            sender.ifPresent(m::sender);
            pinned.ifPresent(m::pinned);
        });
        return true;
    }

    private Optional<String> column(String key, String what, @Nullable String neededBy) {
        if (neededBy != null && !messages.has(key)) {
            messages.problem(key, "missing; " + neededBy + " needs " + what);
        }
        return messages.get(key, Kind.TEXT);
    }

    /** A column's name, for one with a time zone, or an object that says more. */
    private Optional<Time> time(String key) {
        if (!messages.isSection(key)) {
            return messages.get(key, Kind.TEXT).map(column -> new Time(column, TimeKind.zoned()));
        }
        Section time = messages.section(key);
        Optional<String> column = time.required("column", Kind.TEXT, "the name of the column");
        boolean told = time.has("kind");
        Optional<ColumnKind> kind = time.get("kind", Kind.oneOf(ColumnKind.class));
        Optional<ZoneId> zone = time.get("zone", Kind.ZONE);
        Optional<String> pattern = time.get("pattern", Kind.TEXT);
        Optional<Integer> digits = time.get("digits", Kind.COUNT);
        if (kind.isPresent() || !told) {
            ColumnKind of = kind.orElse(ColumnKind.ZONED);
            belongs(
                    time,
                    "zone",
                    of == ColumnKind.LOCAL || of == ColumnKind.TEXT,
                    "a local time needs the zone whose clock it shows, such as Europe/Berlin",
                    "only kind = local and kind = text have one");
            belongs(
                    time,
                    "pattern",
                    of == ColumnKind.TEXT,
                    "a time as text needs its pattern, such as uuuu-MM-dd HH:mm:ss",
                    "only kind = text has one");
            belongs(
                    time,
                    "digits",
                    of == ColumnKind.EPOCH_MILLIS_TEXT,
                    "milliseconds as text need how many digits each has, such as 15",
                    "only kind = epoch-millis-text has them");
        }
        time.end();
        if (column.isEmpty() || (told && kind.isEmpty())) {
            return Optional.empty();
        }
        AtomicReference<@Nullable TimeKind> read = new AtomicReference<>();
        switch (kind.orElse(ColumnKind.ZONED)) {
            case ZONED -> read.set(TimeKind.zoned());
            case EPOCH_MILLIS -> read.set(TimeKind.epochMillis());
            case EPOCH_SECONDS -> read.set(TimeKind.epochSeconds());
            case EPOCH_MILLIS_TEXT ->
                digits.ifPresent(each -> time.attempt("digits", () -> read.set(TimeKind.epochMillisText(each))));
            case LOCAL -> zone.ifPresent(known -> read.set(TimeKind.local(known)));
            case TEXT -> {
                if (zone.isPresent() && pattern.isPresent()) {
                    time.attempt("pattern", () -> read.set(TimeKind.text(pattern.get(), zone.get())));
                }
            }
        }
        return Optional.ofNullable(read.get()).map(known -> new Time(column.get(), known));
    }

    /** The key is needed by this kind, or is of no use to it. */
    private static void belongs(Section time, String key, boolean needed, String missing, String useless) {
        if (needed && !time.has(key)) {
            time.problem(key, "missing; " + missing);
        } else if (!needed && time.has(key)) {
            time.refuse(key, useless);
        }
    }

    private void children() {
        List<Section> children = section.sections("children");
        Map<String, String> seen = new HashMap<>();
        for (Section child : children) {
            Optional<String> table = child.required("table", Kind.TEXT, "the table whose rows go with their message");
            Optional<String> column = child.required("column", Kind.TEXT, "the column where the message's key stands");
            child.end();
            if (table.isEmpty() || column.isEmpty()) {
                continue;
            }
            String before = seen.putIfAbsent(table.get(), child.path());
            if (before != null) {
                child.refuse("table", "which is " + before + " already; each table is allowed once");
            } else if (messages.get("table", Kind.TEXT).equals(table)) {
                child.refuse("table", "which is the message table itself; it cannot be its own child");
            } else {
                builder.children(table.get(), column.get());
            }
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
        if (of.has("table") && !messages.has(column)) {
            messages.problem(column, "missing; " + of.path() + " needs the column that refers to it");
        }
        of.end();
        if (table.isPresent() && key.isPresent()) {
            set.accept(table.get(), key.get());
        }
    }
}
