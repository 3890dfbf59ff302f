package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The numbered files in the jar that make the library's own tables. */
final class Migrations {

    private static final List<String> FILES = List.of("V1__runs.sql");

    private Migrations() {}

    /** Applies what has not been applied. Safe when several nodes call it at once. */
    static void migrate(Database database) {
        database.change(session -> {
            session.dialect().lockMigrations(session);
            try {
                int applied = appliedVersion(session).orElse(0);
                if (applied > FILES.size()) {
                    throw new MaintenanceException(tooNew(applied));
                }
                FILES.subList(applied, FILES.size()).forEach(file -> apply(session, file));
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

    private static String tooNew(int applied) {
        return "run store: its tables are of version " + applied + ", this library knows versions up to " + FILES.size()
                + "; use the newer library that made them";
    }

    private static Optional<Integer> appliedVersion(Session session) {
        try {
            return session.orUndo(() -> session.first(
                    Sql.of("SELECT MAX(version) FROM chatty_maintenance_migration"), row -> row.getInt(1)));
        } catch (RuntimeException e) {
            if (DatabaseException.sqlCause(e).isEmpty()) {
                throw e;
            }
            return Optional.empty(); // no such table: nothing was applied; anything worse shows at the first statement
        }
    }

    /** What is wrong with our own tables. */
    static List<String> problems(Session session) {
        int applied = appliedVersion(session).orElse(0);
        if (applied > FILES.size()) {
            return List.of(tooNew(applied));
        }
        return FILES.subList(applied, FILES.size()).stream()
                .map(file ->
                        "run store: its tables are missing, or may not be read; call ChatDatabase.migrate() once, or"
                                + " have " + path(session.dialect(), file) + " run, which lies in the jar")
                .toList();
    }
}
