package io.chatty.maintenance.jdbc.internal.run;

import io.chatty.maintenance.jdbc.internal.database.PositionText;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What lanes of a batch, transactions beside its own, have done since its run was last recorded, in a table of their own. */
public final class LaneRows {

    static final String TABLE = "chatty_maintenance_lane";

    private LaneRows() {}

    /**
     * What one has done.
     *
     * @param position after which row of its piece it goes on; empty when it has come to the end
     * @param locked whether rows were left out because the host had locked them
     * @param counts what it counted
     */
    public record Done(List<String> position, boolean locked, Counts counts) {

        /** The same and then that. */
        public Done then(Done next) {
            return new Done(next.position, locked || next.locked, counts.plus(next.counts));
        }
    }

    /** What stands there of a run, by lane. */
    public static Map<Integer, Done> read(Session session, RunId run) {
        Map<Integer, Done> found = new TreeMap<>();
        session.list(
                Sql.of(
                        "SELECT lane, lane_position, locked_rows, counts FROM " + TABLE + " WHERE run_id = ?",
                        run.value()),
                row -> found.put(row.getInt(1), done(row)) == null);
        return found;
    }

    private static Done done(ResultSet row) throws SQLException {
        return new Done(
                PositionText.parse(Objects.requireNonNull(row.getString(2))),
                row.getBoolean(3),
                RunRow.counts(row.getString(4)));
    }

    /**
     * Writes what a lane has done, as the last statements of its transaction. While that goes on nobody takes the run over: who
     * wants to waits, and then sees what is written here.
     *
     * @param there whether there is a row of that lane
     * @throws ClaimLostException if the run has been taken over
     */
    public static void write(Session session, RunClaim claim, int lane, Done done, boolean there) {
        Sql held = Sql.of("SELECT token FROM " + RunRow.TABLE + " WHERE ").add(JdbcRunStore.isHeld(claim));
        if (session.first(held.add(session.dialect().forShare()), row -> row.getLong(1))
                .isEmpty()) {
            throw new ClaimLostException(claim);
        }
        String position = PositionText.of(done.position());
        String counts = done.counts().toString();
        String run = claim.runId().value();
        Sql write = there
                ? Sql.of(
                        "UPDATE " + TABLE + " SET lane_position = ?, locked_rows = ?, counts = ? WHERE run_id = ? AND"
                                + " lane = ?",
                        position,
                        done.locked(),
                        counts,
                        run,
                        lane)
                : Sql.of(
                        "INSERT INTO " + TABLE + " (lane_position, locked_rows, counts, run_id, lane)"
                                + " VALUES (?, ?, ?, ?, ?)",
                        position,
                        done.locked(),
                        counts,
                        run,
                        lane);
        session.change(write);
    }

    /** Deletes what stands there of a run, whose record has all of it now. */
    public static void delete(Session session, RunId run, int rows) {
        int gone = session.change(Sql.of("DELETE FROM " + TABLE + " WHERE run_id = ?", run.value()));
        if (gone != rows) {
            throw new IllegalStateException(
                    gone + " rows of " + TABLE + " for run " + run + ", where " + rows + " were known");
        }
    }

    /** What lanes of a run have counted and no record has, which is deleted with it. */
    static Counts take(Session session, RunId run) {
        Map<Integer, Done> left = read(session, run);
        if (left.isEmpty()) {
            return Counts.none();
        }
        delete(session, run, left.size());
        return left.values().stream().map(Done::counts).reduce(Counts.none(), Counts::plus);
    }
}
