package io.chatty.maintenance.jdbc;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A column that counts messages, see {@link ChatSchema.Builder#counter}. Immutable. */
public final class Counter {

    private final String table;
    private final String key;
    private final String column;
    private final String of;
    private final @Nullable Match counted;

    private Counter(Builder builder, String key, String column, String of) {
        this.table = builder.table;
        this.key = key;
        this.column = column;
        this.of = of;
        this.counted = builder.counted;
    }

    /** The table's name. */
    public String table() {
        return table;
    }

    /** Its key. */
    public String key() {
        return key;
    }

    /** The column that counts. */
    public String column() {
        return column;
    }

    /** The message's column that holds the key of the row that counts it. */
    public String of() {
        return of;
    }

    /** Which messages it counts; empty for all. */
    public Optional<Match> counted() {
        return Optional.ofNullable(counted);
    }

    /** Collects the description. Not thread-safe. */
    public static final class Builder {

        private final String table;
        private @Nullable String key;
        private @Nullable String column;
        private @Nullable String of;
        private @Nullable Match counted;

        Builder(String table) {
            this.table = table;
        }

        /** The key of the counter's table: one column. */
        public Builder key(String keyColumn) {
            this.key = ChatSchema.name("counter " + table, keyColumn);
            return this;
        }

        /** The column that counts: a whole number, which is never made less than zero. */
        public Builder column(String counter) {
            this.column = ChatSchema.name("counter " + table, counter);
            return this;
        }

        /** The message's column that holds the key of the row that counts it, such as its room or its thread. */
        public Builder of(String messageColumn) {
            this.of = ChatSchema.name("counter " + table, messageColumn);
            return this;
        }

        /** Which messages it counts. Default: all, also those that a user deleted. */
        public Builder counted(Match messages) {
            this.counted = messages;
            return this;
        }

        Counter build() {
            if (key == null || column == null || of == null) {
                throw new IllegalArgumentException("counter: of table \"" + table + "\" given without its "
                        + (key == null
                                ? "key; call key(column)"
                                : column == null ? "column; call column(column)" : "messages; call of(column)"));
            }
            return new Counter(this, key, column, of);
        }
    }
}
