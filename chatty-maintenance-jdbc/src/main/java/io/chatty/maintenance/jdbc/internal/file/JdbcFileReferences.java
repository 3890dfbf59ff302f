package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.FileColumn;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.outbox.Outbox;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.SettingsException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * References in columns of the host's. Thread-safe. The catalogue is read before the first answer, and each time that problems are
 * asked for.
 */
public final class JdbcFileReferences {

    private static final Logger LOG = LoggerFactory.getLogger(FileColumn.class);

    private static final Map<String, String> RIGHTS = Map.of(
            Rights.needed("SELECT and DELETE on " + Outbox.FILES), "DELETE FROM " + Outbox.FILES + " WHERE seq < 0");

    private final Database database;
    private final ChatSchema schema;
    private final List<FileColumn> columns;
    private volatile @Nullable List<FileSource> sources;

    /** @param columns all columns, those of the schema, too */
    public JdbcFileReferences(Database database, ChatSchema schema, List<FileColumn> columns) {
        this.database = database;
        this.schema = schema;
        this.columns = List.copyOf(columns);
    }

    /** Everything that keeps answers from being trusted, at once. */
    public List<String> problems() throws Exception {
        List<String> problems = database.transaction(this::lookedUp);
        List<FileSource> read = sources;
        if (problems.isEmpty() && read != null) {
            problems.addAll(database.snapshot(session -> FileSourceReader.rights(session, read)));
        }
        return problems;
    }

    private List<String> lookedUp(Session session) throws SQLException {
        List<String> problems = new ArrayList<>();
        session.dialect()
                .notPrimary(session)
                .ifPresent(why -> problems.add("file references: the database server " + why
                        + ", so that references could be missed; use the primary"));
        if (columns.isEmpty()) {
            problems.add("file references: no column given, and the schema of messages has no files; every file would"
                    + " count as an orphan. Name the columns in which files are referred to");
        }
        Catalogue catalogue = catalogue(session);
        List<FileSource> read = read(session, catalogue, problems);
        problems.addAll(Migrations.problems(session));
        if (problems.isEmpty()) {
            problems.addAll(Rights.check(session, RIGHTS));
            warn(catalogue, read);
            sources = read;
        }
        return problems;
    }

    private static void warn(Catalogue catalogue, List<FileSource> read) throws SQLException {
        for (FileSource source : read) {
            if (source.isAsked()
                    && catalogue.columns(source.column().table()).contains(source.column())
                    && !catalogue.isIndexed(source.column())) {
                LOG.warn(
                        "No index begins with {}, in which files are referred to: each page of a sweep reads the whole"
                                + " table. Make one",
                        source.column());
            }
        }
    }

    private Catalogue catalogue(Session session) throws SQLException {
        return Catalogue.read(
                session.connection(), session.dialect(), schema.schema().orElse(null));
    }

    private List<FileSource> read(Session session, Catalogue catalogue, List<String> problems) throws SQLException {
        return new FileSourceReader(session, catalogue, problems).read(columns);
    }

    List<FileSource> sources(Session session) throws SQLException {
        List<FileSource> known = sources;
        if (known == null) {
            List<String> problems = new ArrayList<>();
            known = read(session, catalogue(session), problems);
            if (!problems.isEmpty()) {
                throw new SettingsException(problems);
            }
            sources = known;
        }
        return known;
    }

    /** Which of those names are referenced. */
    public Set<String> find(Collection<String> names) throws Exception {
        return names.isEmpty()
                ? Set.of()
                : database.snapshot(session -> new Probe(session, names).find(sources(session)));
    }

    /** Some of all references. */
    public ReferencePage page(Optional<Cursor> position, int most) throws Exception {
        return database.snapshot(session -> new Walk(session, sources(session)).page(position, most));
    }

    /** How long the oldest transaction has gone on. */
    public Optional<Duration> oldestTransaction() {
        return database.transaction(session -> session.dialect().oldestTransaction(session));
    }

    /** Names that lost their last reference, as the outbox has them. */
    public List<Released> released(int most) {
        return released(0, most);
    }

    /** The same, of those with a higher number. */
    public List<Released> released(long after, int most) {
        return database.transaction(session -> {
            Set<FileSource> ofSchema = sources(session).stream()
                    .filter(source ->
                            isOfSchema(source.column().table(), source.column().name()))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            List<Released> released = new ArrayList<>();
            session.list(
                            Sql.of(
                                    "SELECT seq, path FROM " + Outbox.FILES + " WHERE seq > ? ORDER BY seq LIMIT ?",
                                    after,
                                    most),
                            row -> new Released(row.getLong(1), Objects.requireNonNullElse(row.getString(2), "")))
                    .forEach(noted -> {
                        Set<String> names = new LinkedHashSet<>();
                        ofSchema.forEach(source -> names.addAll(source.names(noted.name())));
                        if (names.isEmpty()) {
                            names.add(noted.name());
                        }
                        names.forEach(name -> released.add(new Released(noted.id(), name)));
                    });
            return released;
        });
    }

    private boolean isOfSchema(String table, String column) {
        return FileSourceReader.ofSchema(schema).stream()
                .anyMatch(file ->
                        file.table().equalsIgnoreCase(table) && file.column().equalsIgnoreCase(column));
    }

    /** Forgets that those were released. */
    public void forget(Collection<Released> released) {
        String ids = released.stream()
                .map(each -> Long.toString(each.id()))
                .distinct()
                .collect(Collectors.joining(", "));
        if (!ids.isEmpty()) {
            database.statements(
                    session -> session.change(Sql.of("DELETE FROM " + Outbox.FILES + " WHERE seq IN (" + ids + ")")));
        }
    }

    /** Looks for columns that hold names of files and are not declared, or are read in another way. */
    public UndeclaredColumns.Found undeclared(UndeclaredColumns.Existing existing, Duration time) throws Exception {
        return database.snapshot(session -> {
            Catalogue catalogue = catalogue(session);
            return new UndeclaredColumns(session, catalogue, sources(session), existing, time).find();
        });
    }
}
