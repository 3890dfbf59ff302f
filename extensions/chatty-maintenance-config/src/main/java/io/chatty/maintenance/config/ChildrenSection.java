package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.ChatSchema.Time;
import io.chatty.maintenance.jdbc.Match;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code schema.children}. */
final class ChildrenSection {

    private final MessagesSection messages;
    private final ChatSchema.Builder builder;
    private final Map<List<Object>, String> seen = new HashMap<>();

    private ChildrenSection(MessagesSection messages, ChatSchema.Builder builder) {
        this.messages = messages;
        this.builder = builder;
    }

    static void read(Section schema, MessagesSection messages, ChatSchema.Builder builder) {
        ChildrenSection reader = new ChildrenSection(messages, builder);
        schema.sections("children").forEach(reader::child);
    }

    private void child(Section child) {
        int before = child.mistakes();
        Optional<String> table = child.required("table", Kind.TEXT, "the table whose rows go with their message");
        Optional<List<String>> column = child.get("column", Kind.TEXT).map(List::of);
        Optional<List<String>> several = child.get("refers-by", Kind.COLUMNS);
        if (child.either("column", "refers-by") && !child.has("refers-by")) {
            child.required("column", Kind.TEXT, "the column where the message's key stands");
        }
        Optional<List<String>> refersBy = child.has("column") ? column : several;
        Optional<List<String>> to = child.get("to", Kind.COLUMNS);
        Optional<Match> where = MatchSection.ofRows(child, "where");
        boolean loose = child.get("set-loose", Kind.FLAG).orElse(false);
        Optional<List<String>> files = child.get("files", Kind.COLUMNS);
        Optional<Time> at = TimeSection.read(child, "at");
        child.end();
        if (loose && child.has("files")) {
            child.refuse(
                    "files", "but set-loose = true, and rows that stay keep their files; leave one of the two away");
        }
        if (table.isEmpty() || refersBy.isEmpty() || child.mistakes() > before) {
            return;
        }
        check(child, table.get(), refersBy.get(), to, where, loose);
        if (child.mistakes() == before) {
            builder.children(table.get(), c -> {
                c.refersBy(array(refersBy.get()));
                to.ifPresent(columns -> c.to(array(columns)));
                where.ifPresent(c::where);
                if (loose) {
                    c.setLoose();
                }
                files.ifPresent(columns -> c.files(array(columns)));
                at.ifPresent(time -> c.at(time.column(), time.kind()));
            });
        }
    }

    private void check(
            Section child,
            String table,
            List<String> refersBy,
            Optional<List<String>> to,
            Optional<Match> where,
            boolean loose) {
        String before = seen.putIfAbsent(List.of(table, refersBy, where), child.path());
        if (before != null) {
            child.refuse(
                    "table",
                    "which is " + before + " already, by the same columns and condition; leave one of the two away");
        }
        if (!loose && messages.table().filter(table::equals).isPresent()) {
            child.refuse(
                    "table",
                    "which is the message table itself; it cannot be its own child: to have messages that refer to one that"
                            + " goes set loose from it say set-loose = true");
        }
        Optional<List<String>> target = to.or(messages::key);
        if (target.filter(columns -> columns.size() != refersBy.size()).isPresent()) {
            child.refuse(
                    child.has("column") ? "column" : "refers-by",
                    "but messages are known by " + String.join(", ", target.get()) + (to.isPresent() ? " (to)" : "")
                            + "; as many columns are allowed, in that order: refers-by = [ … ]");
        }
    }

    private static String[] array(List<String> columns) {
        return columns.toArray(String[]::new);
    }
}
