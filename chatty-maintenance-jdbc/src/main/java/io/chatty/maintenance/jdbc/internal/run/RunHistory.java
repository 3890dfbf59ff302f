package io.chatty.maintenance.jdbc.internal.run;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The table of runs, apart from the claims on them. Thread-safe. */
final class RunHistory {

    private static final String RUNS = RunRow.TABLE;

    private final Database database;

    RunHistory(Database database) {
        this.database = database;
    }

    /** The condition spares those who come later an error; two at once meet the unique index. */
    boolean skip(Run skipped) {
        Run run = RunRow.storable(skipped);
        return database.unlessThere(() -> database.statements(session -> {
            Object due = session.dialect().instant(Objects.requireNonNull(run.due(), "due"));
            Sql unlessRecorded = Sql.of(
                    " FROM (SELECT 1 AS one) o WHERE NOT EXISTS (SELECT 1 FROM " + RUNS
                            + " WHERE task = ? AND skipped_due = ?)",
                    run.task(),
                    due);
            Map<String, Sql> more = Map.of("skipped_due", Sql.of("?", due));
            return session.change(RunRow.insert(session.dialect(), run, more, unlessRecorded)) == 1;
        }));
    }

    Optional<Run> find(RunId id) {
        return database.statements(session -> RunRow.find(session, id));
    }

    List<Run> newest(String task, int limit) {
        checkLimit(limit);
        return database.statements(
                session -> RunRow.list(session, Sql.of("WHERE r.task = ? ORDER BY r.seq DESC LIMIT ?", task, limit)));
    }

    private static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " given, must be one or more");
        }
    }

    void fold(RunId id, String task) {
        database.change(session -> {
            Sql upToIt = Sql.of(
                    "WHERE r.task = ? AND r.state <> 'SKIPPED' AND r.seq <= (SELECT own.seq FROM " + RUNS
                            + " own WHERE own.run_id = ?) ORDER BY r.seq DESC LIMIT 2",
                    task,
                    id.value());
            List<Run> newest = RunRow.list(session, upToIt);
            if (newest.size() == 2 && newest.get(0).isFoldableWith(newest.get(1))) {
                fold(session, newest.get(0), newest.get(1));
            }
        });
    }

    private static void fold(Session session, Run later, Run earlier) {
        Sql standForBoth = RunRow.update(session.dialect(), later.folding(earlier));
        if (session.change(isUnchanged(Sql.of("DELETE FROM " + RUNS), earlier)) != 1
                || session.change(isUnchanged(standForBoth, later)) != 1) {
            session.rollBack(); // another engine folds here, too
        }
    }

    private static Sql isUnchanged(Sql change, Run seen) {
        return change.add(" WHERE run_id = ? AND folded = ?", seen.id().value(), seen.folded());
    }

    int forget(Instant endedBefore, int limit) {
        checkLimit(limit);
        return database.transaction(session -> session.change(Sql.of(
                "DELETE FROM " + RUNS + " WHERE run_id IN (SELECT run_id FROM (SELECT r.run_id FROM " + RUNS
                        + " r WHERE r.active_task IS NULL AND r.ended_at < ? AND NOT EXISTS (SELECT 1 FROM "
                        + TaskRows.TABLE
                        + " t WHERE t.task = r.task AND t.last_begun = r.run_id) ORDER BY r.seq LIMIT ?) old)",
                session.dialect().instant(endedBefore.truncatedTo(ChronoUnit.MICROS)),
                limit)));
    }
}
