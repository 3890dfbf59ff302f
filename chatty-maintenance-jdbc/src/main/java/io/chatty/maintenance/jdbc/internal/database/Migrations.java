package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The numbered files in the jar that make the library's own tables.
 *
 * <p>Each says which version a library must know at least to work with the tables that it makes. So while hosts are upgraded
 * one after the other, those with the older library go on with the newer tables, or are refused; see {@link #tooNew}.
 */
public final class Migrations {

    private static final String TABLE = "chatty_maintenance_migration";
    private static final List<String> FILES =
            List.of("V1__runs.sql", "V2__retention.sql", "V3__files.sql", "V4__presence.sql");

    private Migrations() {}

    /**
     * What was applied.
     *
     * @param version the number of the last file, 0 if none was applied
     * @param needs the least version that a library must know to work with it
     */
    private record Applied(int version, int needs) {

        private static final Applied NOTHING = new Applied(0, 0);

        private Optional<String> tooNew() {
            return needs > FILES.size()
                    ? Optional.of(
                            "run store: its tables are of version " + version + ", which takes a library that knows"
                                    + " version " + needs + "; this one knows versions up to " + FILES.size()
                                    + ": use a newer library")
                    : Optional.empty();
        }

        private List<String> missing() {
            return FILES.subList(Math.min(version, FILES.size()), FILES.size());
        }
    }

    /** Applies what has not been applied. Safe when several nodes call it at once. */
    public static void migrate(Database database) {
        database.change(session -> {
            session.dialect().lockMigrations(session);
            try {
                Applied applied = applied(session).orElse(Applied.NOTHING);
                applied.tooNew().ifPresent(reason -> {
                    throw new MaintenanceException(reason);
                });
                applied.missing().forEach(file -> apply(session, file));
            } finally {
                if (session.isUsable()) {
                    session.dialect().unlockMigrations(session);
                }
            }
        });
    }

    private static void apply(Session session, String file) {
        String path = path(session.dialect(), file);
        try (InputStream in = Migrations.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new MaintenanceException("the jar lacks " + path);
            }
            String sql = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--.*", "");
            Arrays.stream(sql.split(";", -1))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .forEach(session::execute);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String path(Dialect dialect, String file) {
        return "chatty-maintenance/migrations/" + dialect.name() + "/" + file;
    }

    /** Empty if there is no such table, or it may not be read; anything worse shows at the next statement. */
    private static Optional<Applied> applied(Session session) {
        try {
            return session.orUndo(() -> session.first(
                    Sql.of("SELECT version, needs FROM " + TABLE + " ORDER BY version DESC LIMIT 1"),
                    row -> new Applied(row.getInt(1), row.getInt(2))));
        } catch (RuntimeException e) {
            if (DatabaseException.sqlCause(e).isEmpty()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** What is wrong with our own tables. */
    public static List<String> problems(Session session) {
        Applied applied = applied(session).orElse(Applied.NOTHING);
        return applied.tooNew()
                .map(List::of)
                .orElseGet(() -> applied.missing().stream()
                        .map(file -> "the library's own tables are missing, or may not be read; call"
                                + " ChatDatabase.migrate() once, or have " + path(session.dialect(), file)
                                + " run, which lies in the jar")
                        .toList());
    }

    /** Why this library may not work with our tables as they are now, which a newer one may have migrated meanwhile. */
    public static Optional<String> tooNew(Session session) {
        return applied(session).flatMap(Applied::tooNew);
    }

    /** A condition for a statement that must not be done when {@link #tooNew}. */
    public static Sql notTooNew() {
        return Sql.of("NOT EXISTS (SELECT 1 FROM " + TABLE + " WHERE needs > ?)", FILES.size());
    }
}
