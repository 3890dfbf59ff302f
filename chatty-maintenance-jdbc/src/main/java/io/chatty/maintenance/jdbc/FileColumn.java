package io.chatty.maintenance.jdbc;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A column in which files are referred to, see {@link DatabaseReferences.Builder}. Immutable. */
public final class FileColumn {

    private final String table;
    private final String column;
    private final Holding holding;
    private final FileNaming naming;
    private final @Nullable Match where;
    private final @Nullable String size;
    private final @Nullable String sha256;
    private final List<String> key;

    /** How values stand in a column. */
    public sealed interface Holding {

        /** What stands in the column is one value. */
        record One() implements Holding {}

        /** It is JSON, or an array of the database's: each text and each number in it is a value. */
        record Json() implements Holding {}

        /**
         * It is text in which values are found.
         *
         * @param pattern what finds one: its first group, or all of it if it has none
         */
        record Text(Pattern pattern) implements Holding {}
    }

    private FileColumn(Builder builder) {
        this.table = builder.table;
        this.column = builder.column;
        this.holding = builder.holding;
        this.naming = builder.naming();
        this.where = builder.where;
        this.size = builder.size;
        this.sha256 = builder.sha256;
        this.key = builder.key;
    }

    /** Its table. */
    public String table() {
        return table;
    }

    /** Its name. */
    public String column() {
        return column;
    }

    /** How values stand in it. */
    public Holding holding() {
        return holding;
    }

    /** How a value stands for the name of a file. */
    public FileNaming naming() {
        return naming;
    }

    /** Which rows count; empty for all. */
    public Optional<Match> where() {
        return Optional.ofNullable(where);
    }

    /** The column that has the size that the file should have. */
    public Optional<String> size() {
        return Optional.ofNullable(size);
    }

    /** The column that has its SHA-256. */
    public Optional<String> sha256() {
        return Optional.ofNullable(sha256);
    }

    /** The columns by whose order the table is walked; empty for its primary key. */
    public List<String> key() {
        return key;
    }

    @Override
    public String toString() {
        return table + "." + column;
    }

    /** Collects the description. Not thread-safe. */
    public static final class Builder {

        private final String table;
        private final String column;
        private final Holding holding;
        private String prefix = "";
        private String suffix = "";
        private @Nullable FileNaming naming;
        private @Nullable Match where;
        private @Nullable String size;
        private @Nullable String sha256;
        private List<String> key = List.of();

        Builder(String table, String column, Holding holding) {
            this.table = ChatSchema.name("file references", table);
            this.column = ChatSchema.name("file references " + table, column);
            this.holding = holding;
        }

        /** What the file's name has before the value: {@code avatars/}, say. Default: nothing */
        public Builder prefix(String before) {
            this.prefix = Objects.requireNonNull(before, "prefix");
            return this;
        }

        /** What the file's name has behind the value: {@code .png}, say. Default: nothing */
        public Builder suffix(String behind) {
            this.suffix = Objects.requireNonNull(behind, "suffix");
            return this;
        }

        /**
         * The value is an address below one of those.
         *
         * @see FileNaming#addresses
         */
        public Builder url(String... bases) {
            return naming(FileNaming.addresses(bases));
        }

        /** A way of naming of the host's own, such as one by ids in another form, or of several files for one value. */
        public Builder naming(FileNaming own) {
            this.naming = Objects.requireNonNull(own, "naming");
            return this;
        }

        /**
         * Only rows that match count; the files of all others may go. Default: all count, those of messages that are softly
         * deleted, too. Archived rows count in any case.
         */
        public Builder where(Match match) {
            this.where = Objects.requireNonNull(match, "where");
            return this;
        }

        /** The column of the same table that has the file's size in bytes, for the verification. Default: none */
        public Builder size(String sizeColumn) {
            this.size = ChatSchema.name("file references " + table + " size", sizeColumn);
            return this;
        }

        /**
         * The column of the same table that has the file's SHA-256, in hexadecimal digits or as 32 bytes, for the verification.
         * Default: none
         */
        public Builder sha256(String hashColumn) {
            this.sha256 = ChatSchema.name("file references " + table + " sha256", hashColumn);
            return this;
        }

        /**
         * Columns by whose order the table is walked: NOT NULL, with an index that begins with them, and not the same in very
         * many rows. Default: those of the primary key, or of a unique index without NULL
         */
        public Builder key(String... columns) {
            this.key = ChatSchema.names("file references " + table + " key", columns);
            return this;
        }

        private FileNaming naming() {
            FileNaming own = naming;
            return own == null ? FileNaming.between(prefix, suffix) : own;
        }

        FileColumn build() {
            if (naming != null && !(prefix + suffix).isEmpty()) {
                throw new IllegalArgumentException("file references: prefix or suffix given beside a url or naming for "
                        + table + "." + column + "; give one of the two");
            }
            if (!(holding instanceof Holding.One) && (size != null || sha256 != null)) {
                throw new IllegalArgumentException("file references: size or sha256 given for " + table + "." + column
                        + ", which can hold several files; leave it away");
            }
            return new FileColumn(this);
        }
    }
}
