package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.ChatSchema.Time;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.MessageTable.Reach;
import io.chatty.maintenance.jdbc.MessageTable.SoftDeletes;
import io.chatty.maintenance.jdbc.MessageTable.Through;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code schema.messages}. */
final class MessagesSection {

    private final Section section;
    private final Section exempt;
    private final Section never;

    MessagesSection(Section section) {
        this.section = section;
        this.exempt = section.section("exempt");
        this.never = section.section("never");
    }

    /** The table's name; empty if it is not set. */
    Optional<String> table() {
        return section.get("table", Kind.TEXT);
    }

    /** The columns of the key, shared or not; empty if they are not set. */
    Optional<List<String>> key() {
        return section.get(section.has("key") ? "key" : "shared-key", Kind.COLUMNS);
    }

    boolean has(String key) {
        return section.has(key);
    }

    /** Notes that another section needs that column. */
    void missing(String key, String text) {
        section.problem(key, "missing; " + text);
    }

    /**
     * Describes the table, if it can be.
     *
     * @param neededBy the task that needs it; null if none does
     * @return whether it was described
     */
    boolean read(ChatSchema.Builder builder, @Nullable String neededBy) {
        int before = section.mistakes();
        needed("table", neededBy, "the table of messages");
        if (!section.has("shared-key")) {
            needed("key", neededBy, "the column of its key");
        }
        section.either("key", "shared-key");
        needed("sent-at", neededBy, "the column of the time of sending");
        Optional<String> table = table();
        Optional<List<String>> key = key();
        Optional<Time> sentAt = TimeSection.read(section, "sent-at");
        List<Time> orElse = TimeSection.readAll(section, "or-else-sent-at");
        if (section.has("or-else-sent-at") && !section.has("sent-at") && neededBy == null) {
            section.problem("sent-at", "missing; " + section.path("or-else-sent-at") + " comes after it");
        }
        Optional<Reach> room = room();
        Optional<String> team = section.get("team", Kind.TEXT);
        Optional<String> sender = section.get("sender", Kind.TEXT);
        Optional<Time> softDeletedAt = TimeSection.read(section, "soft-deleted-at");
        Optional<SoftDeletes> softDeletes = softDeletes(key);
        Optional<String> pinned = section.get("pinned", Kind.TEXT);
        Map<String, Match> exemptions = matches("exempt", exempt);
        Map<String, Match> shields = matches("never", never);
        Optional<List<String>> files = section.get("files", Kind.COLUMNS);
        section.end();
        if (table.isEmpty() || key.isEmpty() || sentAt.isEmpty()) {
            return false;
        }
        try {
            builder.messages(table.get(), m -> {
                String[] columns = key.get().toArray(String[]::new);
                if (section.has("shared-key")) {
                    m.sharedKey(columns);
                } else {
                    m.key(columns);
                }
                m.sentAt(sentAt.get().column(), sentAt.get().kind());
                orElse.forEach(time -> m.orElseSentAt(time.column(), time.kind()));
                room.ifPresent(reach -> room(m, reach));
                team.ifPresent(m::team);
                sender.ifPresent(m::sender);
                softDeletedAt.ifPresent(time -> m.softDeletedAt(time.column(), time.kind()));
                softDeletes.ifPresent(by -> m.softDeletedBy(
                        by.table(),
                        by.refersBy().get(0),
                        by.at().column(),
                        by.at().kind()));
                pinned.ifPresent(m::pinned);
                exemptions.forEach((name, match) -> exempt.attempt(name, () -> m.exempt(name, match)));
                shields.forEach((name, match) -> never.attempt(name, () -> m.never(name, match)));
                files.ifPresent(names -> m.files(names.toArray(String[]::new)));
            });
            return true;
        } catch (IllegalArgumentException e) {
            if (section.mistakes() == before) {
                section.problem(String.valueOf(e.getMessage()));
            }
            return false;
        }
    }

    private void needed(String key, @Nullable String neededBy, String what) {
        if (neededBy != null && !section.has(key)) {
            section.problem(key, "missing; " + neededBy + " needs " + what);
        }
    }

    private Optional<Reach> room() {
        Optional<Reach> direct = section.get("room", Kind.TEXT).map(column -> new Reach(column, Optional.empty()));
        if (!section.either("room", "room-through") || !section.has("room-through")) {
            return direct;
        }
        Section reach = section.section("room-through");
        Optional<String> column = reach.required("column", Kind.TEXT, "the message's column that leads to the room");
        Optional<String> table = reach.required("table", Kind.TEXT, "the table that says which room it is");
        Optional<String> key = reach.required("key", Kind.TEXT, "its unique column that is compared with column");
        Optional<String> room = reach.required("room", Kind.TEXT, "its column that holds the room's id");
        Optional<Match> where = MatchSection.ofRows(reach, "where");
        reach.end();
        if (column.isEmpty() || table.isEmpty() || key.isEmpty() || room.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Reach(column.get(), Optional.of(new Through(table.get(), key.get(), room.get(), where))));
    }

    private static void room(MessageTable.Builder messages, Reach reach) {
        if (reach.through().isEmpty()) {
            messages.room(reach.column());
            return;
        }
        Through by = reach.through().get();
        by.where()
                .ifPresentOrElse(
                        where -> messages.roomThrough(reach.column(), by.table(), by.key(), by.value(), where),
                        () -> messages.roomThrough(reach.column(), by.table(), by.key(), by.value()));
    }

    private Optional<SoftDeletes> softDeletes(Optional<List<String>> key) {
        if (!section.either("soft-deleted-at", "soft-deleted-by") || !section.has("soft-deleted-by")) {
            return Optional.empty();
        }
        Section by = section.section("soft-deleted-by");
        Optional<String> table = by.required("table", Kind.TEXT, "the table with a row for each deleted message");
        Optional<String> refersBy =
                by.required("refers-by", Kind.TEXT, "its column that holds the key of the deleted message");
        if (!by.has("at")) {
            by.problem("at", "missing; required is its column that tells when the message was deleted");
        }
        Optional<Time> at = TimeSection.read(by, "at");
        by.end();
        if (key.filter(columns -> columns.size() > 1).isPresent()) {
            section.refuse(
                    "soft-deleted-by",
                    "which refers to messages by one column, but their key has several: " + String.join(", ", key.get())
                            + "; only soft-deleted-at is allowed with such a key");
        }
        if (table.isEmpty() || refersBy.isEmpty() || at.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new SoftDeletes(table.get(), List.of(refersBy.get()), at.get()));
    }

    /** By name; what is null is refused, since a shield that is not there lets messages go. */
    private Map<String, Match> matches(String key, Section of) {
        Map<String, Match> all = new LinkedHashMap<>();
        if (section.isNull(key)) {
            section.refuse(key, "allowed is { … } of conditions by their names; for none leave it out");
        }
        for (String name : of.keys()) {
            MatchSection.ofMessages(of, name).ifPresent(match -> all.put(name, match));
            boolean taken = of == exempt ? name.equals("pinned") && section.has("pinned") : exempt.has(name);
            if (taken || (of == never && name.equals("pinned") && section.has("pinned"))) {
                of.refuse(name, "but what else shields messages is called so, too; give one of them another name");
            }
        }
        return all;
    }
}
