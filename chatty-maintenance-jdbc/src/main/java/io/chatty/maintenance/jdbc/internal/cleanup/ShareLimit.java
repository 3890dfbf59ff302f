package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.run.RunRow;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.run.RunState;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * How much of the message table a run may remove before a person has to confirm it. What went in the last seven days counts,
 * so that a wrong policy cannot take the table day by day; small tables are left out.
 */
public final class ShareLimit {

    static final int SMALL = 10_000;

    /** Above it the database's own estimate will do, which is off by a few percent. */
    private static final int COUNTED = 200_000;

    private static final Duration RECENT = Duration.ofDays(7);

    private final HostTables tables;
    private final Session session;
    private final CleanupSettings settings;

    public ShareLimit(HostTables tables, Session session, CleanupSettings settings) {
        this.tables = tables;
        this.session = session;
        this.settings = settings;
    }

    /** How many messages there are, if that is to be looked at: 0 for a small table, or where there is no limit. */
    public long limitedTable() {
        if (settings.shareLimit() >= 1) {
            return 0;
        }
        long counted = session.count(Sql.of(
                "SELECT COUNT(*) FROM (SELECT 1 AS one FROM " + tables.messages() + " LIMIT " + COUNTED + ") s"));
        if (counted < COUNTED) {
            return counted < SMALL ? 0 : counted;
        }
        long estimated = session.dialect().estimatedRows(session, tables.schema, tables.messageTable());
        return estimated >= COUNTED ? estimated : session.count(Sql.of("SELECT COUNT(*) FROM " + tables.messages()));
    }

    /** How many messages runs of those tasks have removed since seven days before a run's now. */
    public long recentlyRemoved(Instant now, Collection<String> tasks) {
        List<String> names =
                CleanupSteps.OF_MESSAGES.stream().map(step -> "deleted." + step).toList();
        return tasks.stream()
                .mapToLong(task -> recentlyRemoved(session, task, now, names))
                .sum();
    }

    /** The same of what runs count under those names. */
    public static long recentlyRemoved(Session session, String task, Instant now, List<String> names) {
        return RunRow.list(
                        session,
                        Sql.of(
                                "WHERE r.task = ? AND r.run_now > ? AND r.state <> '" + RunState.SKIPPED + "'",
                                task,
                                session.dialect().instant(now.minus(RECENT))))
                .stream()
                .mapToLong(run ->
                        names.stream().mapToLong(name -> run.counts().get(name)).sum())
                .sum();
    }

    /** Whether that many are too many. */
    public boolean isPassed(long due, long recent, long of) {
        return isPassed(settings.shareLimit(), due + recent, of);
    }

    /** Whether that many are more than that share. */
    public static boolean isPassed(double share, long many, long of) {
        // In decimals, as it was written: 0.57 of 10,000 is 5,700, and not a little less.
        BigDecimal most = BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(of));
        return BigDecimal.valueOf(many).compareTo(most) > 0;
    }

    /** What is to be confirmed, for people. */
    public String reason(long due, long recent, long of, Instant now) {
        return String.format(
                Locale.ROOT,
                "would remove more than %s %% of table %s: of about %,d messages %,d are due as far as was counted, as of %s;"
                        + " %,d more went in the last 7 days; policies: %s",
                BigDecimal.valueOf(settings.shareLimit() * 100)
                        .stripTrailingZeros()
                        .toPlainString(),
                tables.messageTable(),
                of,
                due,
                now,
                recent,
                shortened(settings.policies().toString()));
    }

    private static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + " ...";
    }
}
