package io.chatty.maintenance.jdbc.internal.hold;

import io.chatty.maintenance.jdbc.internal.database.ChangedMeanwhile;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.OwnRows;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.Scopes;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.task.MaintenanceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Legal holds in their table. Thread-safe.
 *
 * <p>What makes a hold certain:
 *
 * <ol>
 *   <li>A batch begins by {@link Dialect#joinBatches}, a lock that batches share and that ends with their transaction. Then it
 *       reads the holds, and leaves out of its DELETE what they cover.
 *   <li>The DELETE itself looks whether a hold has come since ({@link #noneSince}); if so it deletes nothing, and the batch is
 *       done again with the new hold.
 *   <li>Who places a hold commits it, then takes that lock for itself, and lets go of it: so all batches that began before, and
 *       could not see the hold, have ended when placing returns.
 * </ol>
 */
public final class HoldRows {

    public static final String TABLE = "chatty_maintenance_hold";

    private static final List<String> GIVEN =
            List.of("hold_id", "room", "sender", "sent_from", "sent_until", "placed_by", "why");
    private static final String COLUMNS = String.join(", ", GIVEN) + ", placed_at";

    private final Database database;

    /** In that database. */
    public HoldRows(Database database) {
        this.database = database;
    }

    /**
     * The holds as a batch found them.
     *
     * @param holds all that stand
     * @param newest the number of the hold that was placed last, released or not
     * @param restored whether there are messages that were restored and are held for it
     */
    public record Known(List<LegalHold> holds, long newest, boolean restored) {}

    /** Where our own tables were not made yet. */
    public static final Known NONE = new Known(List.of(), 0, false);

    private static final String NEWEST = "SELECT COALESCE(MAX(seq), 0)";
    private static final String RESTORED =
            "(SELECT COUNT(*) FROM (SELECT 1 AS one FROM " + Restored.TABLE + " LIMIT 1) r)";

    private static final Sql LOOK = Sql.of(NEWEST + ", " + RESTORED + " FROM " + TABLE);

    /** Throws if a hold has come since: it has kept the statement from deleting anything, and all is to be done again. */
    public static void refuseNewer(Session session, Known known) {
        if (session.count(Sql.of(NEWEST + " FROM " + TABLE)) != known.newest()) {
            throw new ChangedMeanwhile();
        }
    }

    /** Joins the batches in flight and reads what stands: what is placed from then on waits for the end of this batch. */
    public static Known join(Session session) {
        return session.dialect()
                .joinAndAsk(session, LOOK, HoldRows::found)
                .map(found -> found.of(session))
                .orElseThrow();
    }

    public static Known read(Session session) {
        return session.first(LOOK, HoldRows::found)
                .map(found -> found.of(session))
                .orElseThrow();
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(row.getLong(1), row.getLong(2) > 0);
    }

    private record Found(long newest, boolean restored) {
        Known of(Session session) {
            return new Known(newest == 0 ? List.of() : list(session), newest, restored);
        }
    }

    /** As {@link #read}, for what only looks: where our tables were not made yet, no hold stands. */
    public static Known readIfThere(Session session) {
        return Migrations.problems(session).isEmpty() ? read(session) : NONE;
    }

    private static List<LegalHold> list(Session session) {
        return session.list(
                Sql.of("SELECT " + COLUMNS + " FROM " + TABLE + " WHERE released_at IS NULL ORDER BY seq"),
                row -> hold(session.dialect(), row));
    }

    private static LegalHold hold(Dialect dialect, ResultSet row) throws SQLException {
        Optional<String> room = Optional.ofNullable(row.getString(2));
        Optional<String> sender = Optional.ofNullable(row.getString(3));
        Optional<Instant> from = Optional.ofNullable(dialect.readInstant(row, 4));
        Optional<Instant> until = Optional.ofNullable(dialect.readInstant(row, 5));
        boolean everything = room.isEmpty() && sender.isEmpty() && from.isEmpty() && until.isEmpty();
        return new LegalHold(
                row.getString(1),
                room,
                sender,
                from,
                until,
                everything,
                row.getString(6),
                row.getString(7),
                Optional.ofNullable(dialect.readInstant(row, 8)));
    }

    /** Those of the holds that cover a message. What it, or its table, does not tell may be anything. */
    public static Stream<LegalHold> covering(HostTables tables, List<LegalHold> holds, MessageRow row) {
        return covering(
                tables, holds, row.scopes(), Optional.ofNullable(row.sent()).map(sent -> sent::isBefore));
    }

    /**
     * The same.
     *
     * @param sentBefore tells whether it was sent before an instant; empty if that is not known
     */
    public static Stream<LegalHold> covering(
            HostTables tables, List<LegalHold> holds, Scopes scopes, Optional<Predicate<Instant>> sentBefore) {
        return holds.stream()
                .filter(hold -> hold.room().isEmpty()
                        || tables.room == null
                        || hold.room().get().equals(scopes.room()))
                .filter(hold -> hold.user().isEmpty()
                        || tables.sender == null
                        || hold.user().get().equals(scopes.user()))
                .filter(hold -> sentBefore.isEmpty() || isWithin(hold, sentBefore.get()));
    }

    private static boolean isWithin(LegalHold hold, Predicate<Instant> sentBefore) {
        return hold.from().filter(sentBefore).isEmpty()
                && (hold.to().isEmpty() || sentBefore.test(hold.to().get()));
    }

    /** A condition for a DELETE: no hold has come since the batch looked. */
    public static Sql noneSince(Known known) {
        return Sql.of("NOT EXISTS (SELECT 1 FROM " + TABLE + " WHERE seq > ?)", known.newest());
    }

    /** Whether a condition on messages asks no table but theirs, and ours of holds. */
    public static boolean asksNoOtherTable(Sql condition) {
        return !condition
                .text()
                .replace("(SELECT 1 FROM " + TABLE + " WHERE seq > ?)", "")
                .contains("SELECT");
    }

    /** All that stand, in the order in which they were placed. */
    public List<LegalHold> standing() {
        return database.statements(HoldRows::list);
    }

    /**
     * Stores the hold and waits for batches that could not see it.
     *
     * @return as it stands now; the one that stands already if it says the same
     */
    public LegalHold place(LegalHold hold) {
        LegalHold placed = store(hold);
        awaitBatches(database);
        return placed;
    }

    /** Waits for batches that began before, and could not see what was stored for them. */
    public static void awaitBatches(Database database) {
        database.change(session -> session.dialect().awaitBatches(session));
    }

    private LegalHold store(LegalHold hold) {
        boolean stored = database.unlessThere(() -> database.transaction(session -> insert(session, hold)));
        Stored found = database.statements(session -> find(session, hold.id()))
                .orElseThrow(() -> new MaintenanceException("hold " + hold.id() + " was stored, and is gone"));
        if (found.released()) {
            throw new MaintenanceException("hold " + hold.id()
                    + " was placed before and released: it stays on record; give this one another id");
        }
        LegalHold standing = found.hold();
        if (!stored && !rounded(hold).equals(rounded(standing))) {
            throw new MaintenanceException("hold " + hold.id() + " stands already and says something else: " + standing
                    + "; give this one another id, or release that one first");
        }
        return standing;
    }

    /** As it can be kept: a range of whole microseconds that has no less in it. */
    private static LegalHold rounded(LegalHold hold) {
        return new LegalHold(
                hold.id(),
                hold.room(),
                hold.user(),
                hold.from().map(HoldRows::floor),
                hold.to().map(HoldRows::ceil),
                hold.everything(),
                hold.by(),
                hold.why(),
                Optional.empty());
    }

    private static Instant floor(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    private static Instant ceil(Instant instant) {
        Instant floor = floor(instant);
        return floor.equals(instant) ? floor : floor.plus(1, ChronoUnit.MICROS);
    }

    private static boolean insert(Session session, LegalHold given) {
        Dialect dialect = session.dialect();
        LegalHold hold = rounded(given);
        List<@Nullable Object> values = new ArrayList<>();
        values.add(hold.id());
        values.add(hold.room().orElse(null));
        values.add(hold.user().orElse(null));
        values.add(hold.from().map(dialect::instant).orElse(null));
        values.add(hold.to().map(dialect::instant).orElse(null));
        values.add(hold.by());
        values.add(hold.why());
        OwnRows.insert(session, TABLE, GIVEN, "placed_at", List.of(values));
        return true;
    }

    private record Stored(LegalHold hold, boolean released) {}

    private static Optional<Stored> find(Session session, String id) {
        return session.first(
                Sql.of("SELECT " + COLUMNS + ", released_at FROM " + TABLE + " WHERE hold_id = ?", id),
                row -> new Stored(hold(session.dialect(), row), row.getObject(9) != null));
    }

    /** Lets go of what the hold covers; it stays on record. False if no such hold stands. */
    public boolean release(String id, String by) {
        return database.transaction(session -> {
            Dialect dialect = session.dialect();
            Sql release = Sql.of(
                    "UPDATE " + TABLE + " SET released_by = ?, released_at = " + dialect.now()
                            + " WHERE hold_id = ? AND released_at IS NULL",
                    by,
                    id);
            return session.change(dialect.timed(release)) == 1;
        });
    }
}
