package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.ChatSchema.Reference;
import io.chatty.maintenance.jdbc.ChatSchema.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code schema.shared}. */
final class SharedSection {

    private SharedSection() {}

    static void read(Section schema, MessagesSection messages, ChatSchema.Builder builder) {
        schema.sections("shared").forEach(shared -> shared(shared, messages, builder));
    }

    private static void shared(Section shared, MessagesSection messages, ChatSchema.Builder builder) {
        int before = shared.mistakes();
        Optional<String> table = shared.required("table", Kind.TEXT, "the table whose rows belong to several messages");
        Optional<String> key = shared.required("key", Kind.TEXT, "the column of its key");
        if (!shared.has("through")) {
            shared.problem("through", "missing; required is the table of links: { table, refers-by, message-key }");
        }
        Section through = shared.section("through");
        Optional<String> links =
                shared.has("through") ? through.required("table", Kind.TEXT, "the table of links") : Optional.empty();
        Optional<String> refersBy = shared.has("through")
                ? through.required("refers-by", Kind.TEXT, "its column that holds the shared row's key")
                : Optional.empty();
        Optional<List<String>> messageKey = shared.has("through")
                ? through.required("message-key", Kind.COLUMNS, "its columns that hold the message's key")
                : Optional.empty();
        through.end();
        messages.key()
                .filter(columns -> messageKey
                        .filter(named -> named.size() != columns.size())
                        .isPresent())
                .ifPresent(columns -> through.refuse(
                        "message-key",
                        "but the key of messages is " + String.join(", ", columns)
                                + "; as many columns are allowed, in that order"));
        List<Reference> keptBy = references(shared, "kept-by");
        Optional<List<String>> files = shared.get("files", Kind.COLUMNS);
        Optional<Time> at = TimeSection.read(shared, "at");
        shared.end();
        if (table.isEmpty()
                || key.isEmpty()
                || links.isEmpty()
                || refersBy.isEmpty()
                || messageKey.isEmpty()
                || shared.mistakes() > before) {
            return;
        }
        builder.shared(table.get(), s -> {
            s.key(key.get())
                    .through(links.get(), refersBy.get(), messageKey.get().toArray(String[]::new));
            keptBy.forEach(other -> s.keptBy(other.table(), other.column()));
            files.ifPresent(columns -> s.files(columns.toArray(String[]::new)));
            at.ifPresent(time -> s.at(time.column(), time.kind()));
        });
    }

    /** Columns of other tables: a list of { table, column }. */
    static List<Reference> references(Section in, String key) {
        List<Reference> all = new ArrayList<>();
        for (Section each : in.sections(key)) {
            Optional<String> table = each.required("table", Kind.TEXT, "the other table");
            Optional<String> column = each.required("column", Kind.TEXT, "its column that holds the key");
            each.end();
            if (table.isEmpty() || column.isEmpty()) {
                continue;
            }
            Reference reference = new Reference(table.get(), column.get());
            if (all.contains(reference)) {
                each.problem(
                        reference.table() + "." + reference.column() + " is given twice; leave one of the two away");
            } else {
                all.add(reference);
            }
        }
        return all;
    }
}
