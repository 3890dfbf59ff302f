package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Match;
import java.util.Optional;

/** {@code schema.counters}. */
final class CountersSection {

    private CountersSection() {}

    static void read(Section schema, ChatSchema.Builder builder) {
        schema.sections("counters").forEach(counter -> counter(counter, builder));
    }

    private static void counter(Section counter, ChatSchema.Builder builder) {
        int before = counter.mistakes();
        Optional<String> table = counter.required("table", Kind.TEXT, "the table of the counter");
        Optional<String> key = counter.required("key", Kind.TEXT, "the column of its key");
        Optional<String> column = counter.required("column", Kind.TEXT, "the column that counts");
        Optional<String> of =
                counter.required("of", Kind.TEXT, "the message's column that holds the key of the row that counts it");
        Optional<Match> counted = MatchSection.ofMessages(counter, "counted");
        counter.end();
        if (table.isEmpty() || key.isEmpty() || column.isEmpty() || of.isEmpty() || counter.mistakes() > before) {
            return;
        }
        builder.counter(table.get(), c -> {
            c.key(key.get()).column(column.get()).of(of.get());
            counted.ifPresent(c::counted);
        });
    }
}
