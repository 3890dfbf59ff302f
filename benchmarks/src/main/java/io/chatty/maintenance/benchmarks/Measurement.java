package io.chatty.maintenance.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import java.util.Optional;

/**
 * One purge of one fresh copy of the data.
 *
 * @param repetition 1 for the first
 * @param purge what was measured
 * @param seconds how long it took, without what went before the user's confirmation
 * @param secondsUntilConfirmed how long it counted what is due until it asked its user, if it did
 * @param deletedMessages how many messages were due
 * @param transactionNanos how long each transaction took
 * @param statements what each statement took, if that was asked for
 */
record Measurement(
        int repetition,
        Purge purge,
        double seconds,
        double secondsUntilConfirmed,
        long deletedMessages,
        List<Long> transactionNanos,
        List<Probe.StatementTime> statements) {

    /** Restores the data, purges it against the clock, and checks what is left. */
    static Measurement take(int repetition, Purge purge, Server server, Remainder expected, Probe probe)
            throws Exception {
        try (HikariDataSource pool = server.restore(purge.workload())) {
            double seconds;
            double counting;
            List<Long> transactions;
            List<Probe.StatementTime> statements;
            try (Purge.Job job = purge.prepare(probe.watch(pool))) {
                probe.reset();
                Optional<OldSnapshot> snapshot = purge.workload().shape().snapshotHeld()
                        ? Optional.of(OldSnapshot.hold(pool))
                        : Optional.empty();
                long start = System.nanoTime();
                job.run();
                counting = job.secondsUntilConfirmed();
                seconds = (System.nanoTime() - start) / 1e9 - counting;
                if (snapshot.isPresent()) {
                    snapshot.get().close();
                }
                transactions = probe.transactions();
                statements = probe.statements();
            }
            Remainder left = Remainder.of(pool, purge.workload());
            if (!(purge.ofMessagesAlone() ? left.ofMessages().equals(expected.ofMessages()) : left.equals(expected))) {
                throw new IllegalStateException(purge.title() + " left " + left + " instead of " + expected);
            }
            return new Measurement(
                    repetition, purge, seconds, counting, purge.workload().dueRows(), transactions, statements);
        }
    }

    double rowsPerSecond() {
        return deletedMessages / seconds;
    }

    @Override
    public String toString() {
        return String.format(
                "  repetition %d  %-15s %8.2f s  %,10.0f messages/s  %,6d transactions%s",
                repetition,
                purge.title(),
                seconds,
                rowsPerSecond(),
                transactionNanos.size(),
                secondsUntilConfirmed > 0
                        ? String.format("  (after %.2f s of counting, until it was confirmed)", secondsUntilConfirmed)
                        : "");
    }
}
