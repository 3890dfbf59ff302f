package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.jdbc.FileColumn.Holding;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.file.FileSourceReader;
import io.chatty.maintenance.jdbc.internal.file.JdbcFileReferences;
import io.chatty.maintenance.jdbc.internal.file.UndeclaredColumns;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * References to files in the host's tables; see {@link ChatDatabase#fileReferences}. Thread-safe.
 *
 * <p>Besides the columns that are named, these count by themselves:
 *
 * <ul>
 *   <li>the columns that the {@link ChatSchema} calls {@code files}, of messages, children and shared tables;
 *   <li>the same columns, and those that are named, in the tables of each {@link Archive}: what is archived can be restored;
 *   <li>what stood in the schema's columns of messages that lie in archive files now.
 * </ul>
 *
 * <p>A question is answered by one snapshot of the database, begun after it was asked. A value that the column's own collation takes
 * for equal to a name's counts for it; so a file is kept where names differ only in what the database overlooks. {@link
 * #find} asks columns by their index; JSON, text and addresses are read as a whole for names that no other column has, which
 * takes a while in large tables.
 *
 * <p>A name goes with the names of all other sources of the same store: what one refers to stays.
 */
public final class DatabaseReferences implements FileReferences {

    private static final Duration LOOK_FOR = Duration.ofSeconds(10);

    private final String name;
    private final JdbcFileReferences references;
    private final Database database;

    private DatabaseReferences(Builder builder) {
        this.name = builder.name;
        this.database = builder.database;
        this.references = new JdbcFileReferences(builder.database, builder.schema, builder.all());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> problems() {
        try {
            return references.problems();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new MaintenanceException("the references could not be looked up: " + e, e);
        }
    }

    @Override
    public Set<String> find(Collection<String> names) throws Exception {
        return references.find(names);
    }

    @Override
    public ReferencePage page(Optional<Cursor> position, int most) throws Exception {
        if (most < 1) {
            throw new IllegalArgumentException("most: " + most + " given, 1 or more allowed");
        }
        return references.page(position, most);
    }

    @Override
    public Optional<Duration> oldestTransaction() {
        return references.oldestTransaction();
    }

    @Override
    public List<Released> released(int most) {
        return references.released(most);
    }

    @Override
    public List<Released> released(long after, int most) {
        return references.released(after, most);
    }

    @Override
    public void forget(Collection<Released> released) {
        references.forget(released);
    }

    @Override
    public List<String> undeclared(Existing existing) throws Exception {
        return undeclared(existing, LOOK_FOR).columns().stream()
                .map(each -> each.table() + "." + each.column()
                        + (each.declared() ? ", which is declared in another way" : "") + ": " + each.values() + " of "
                        + each.lookedAt() + " values that were looked at, such as \"" + each.example() + "\"")
                .toList();
    }

    /**
     * A column in which names of files stand, though nothing says so.
     *
     * @param table its table
     * @param column its name
     * @param declared whether it is named here, so that these values are written in another way than was said
     * @param values how many of the values that were looked at are, or have in them, a file's name
     * @param lookedAt how many values were looked at
     * @param example one of those names
     */
    public record UndeclaredColumn(
            String table, String column, boolean declared, int values, int lookedAt, String example) {}

    /**
     * What a look for undeclared columns found.
     *
     * @param columns the columns, each of which should be named, or be known to the host as of no account
     * @param unseen tables that were not looked at, for want of time or rights
     */
    public record Undeclared(List<UndeclaredColumn> columns, List<String> unseen) {}

    /**
     * Looks for text columns in which files are named and that are not declared, for a preview: at up to 1000 values of each text
     * column of the schema's tables. It finds what is likely, and proves nothing.
     *
     * @param existing tells which names are those of files
     * @param time how long it may take, about; ten seconds, say
     * @throws Exception if the database or {@code existing} fails
     */
    public Undeclared undeclared(Existing existing, Duration time) throws Exception {
        UndeclaredColumns.Found found = references.undeclared(existing::of, time);
        return new Undeclared(
                found.suspicious().stream()
                        .map(each -> new UndeclaredColumn(
                                each.table(),
                                each.column(),
                                each.declared(),
                                each.values(),
                                each.lookedAt(),
                                each.example()))
                        .toList(),
                found.unseen());
    }

    boolean isIn(Database other) {
        return database == other;
    }

    JdbcFileReferences reader() {
        return references;
    }

    @Override
    public String toString() {
        return "DatabaseReferences[" + name + "]";
    }

    /** Collects the columns. Not thread-safe. */
    public static final class Builder {

        private final Database database;
        private final ChatSchema schema;
        private final String name;
        private final List<FileColumn> columns = new ArrayList<>();
        private Consumer<FileColumn.Builder> ofSchema = column -> {};

        Builder(Database database, ChatSchema schema, String name) {
            this.database = database;
            this.schema = schema;
            this.name = TaskNames.check(name);
        }

        /** A column in which a file's name stands. */
        public Builder column(String table, String column) {
            return column(table, column, c -> {});
        }

        /** A column in which a value stands that means a file: a text, a whole number, a UUID. */
        public Builder column(String table, String column, Consumer<FileColumn.Builder> description) {
            return add(table, column, new Holding.One(), description);
        }

        /**
         * A column of JSON, or an array: every text and every number in it, at any depth, is a value that means a file.
         *
         * <p>Such a column has no index that would serve: it is read as a whole in each page of a sweep that has an orphan.
         */
        public Builder json(String table, String column, Consumer<FileColumn.Builder> description) {
            return add(table, column, new Holding.Json(), description);
        }

        /**
         * A column of text in which values that mean files are found by a pattern: its first group, or all that it matches if it
         * has none. It is read as a whole, as {@link #json} is.
         */
        public Builder text(String table, String column, Pattern pattern, Consumer<FileColumn.Builder> description) {
            return add(table, column, new Holding.Text(Objects.requireNonNull(pattern, "pattern")), description);
        }

        /**
         * How values stand for names in the columns that the {@link ChatSchema} calls files. One that is named here goes by what is
         * said there. Default: the value is the name
         */
        public Builder schemaFiles(Consumer<FileColumn.Builder> description) {
            this.ofSchema = Objects.requireNonNull(description, "description");
            return this;
        }

        private Builder add(String table, String column, Holding holding, Consumer<FileColumn.Builder> description) {
            FileColumn.Builder builder = new FileColumn.Builder(table, column, holding);
            description.accept(builder);
            columns.add(builder.build());
            return this;
        }

        private boolean isNamed(ChatSchema.Reference file) {
            return columns.stream()
                    .anyMatch(column -> column.table().equalsIgnoreCase(file.table())
                            && column.column().equalsIgnoreCase(file.column()));
        }

        private List<FileColumn> all() {
            List<FileColumn> all = new ArrayList<>(columns);
            for (ChatSchema.Reference file : FileSourceReader.ofSchema(schema)) {
                if (!isNamed(file)) {
                    FileColumn.Builder builder = new FileColumn.Builder(file.table(), file.column(), new Holding.One());
                    ofSchema.accept(builder);
                    all.add(builder.build());
                }
            }
            return all;
        }

        DatabaseReferences build() {
            return new DatabaseReferences(this);
        }
    }
}
