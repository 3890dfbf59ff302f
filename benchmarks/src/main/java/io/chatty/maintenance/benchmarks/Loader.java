package io.chatty.maintenance.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.Random;
import javax.sql.DataSource;

/** Creates the tables and fills them. The same workload gives the same data, but for the times. */
final class Loader {

    private static final int ROWS_A_STATEMENT = 500;
    private static final int STATEMENTS_A_TRANSACTION = 100;
    private static final int USERS = 5_000;

    private final Workload workload;
    private final Random random = new Random(20_261_124);
    private final String text;

    Loader(Workload workload) {
        this.workload = workload;
        this.text = random.ints(100_000, -6, 26)
                .collect(
                        StringBuilder::new,
                        (words, letter) -> words.append(letter < 0 ? ' ' : (char) ('a' + letter)),
                        StringBuilder::append)
                .toString();
    }

    void load(DataSource dataSource) throws SQLException {
        String time = workload.database().timeColumn();
        Server.execute(
                dataSource,
                "CREATE TABLE messages (id BIGINT NOT NULL PRIMARY KEY, room_id BIGINT NOT NULL, user_id BIGINT NOT NULL,"
                        + " body VARCHAR(2000) NOT NULL, sent_at " + time.replace(" NULL", "")
                        + " NOT NULL, deleted_at " + time + ")");
        for (Workload.Child child : Workload.CHILDREN) {
            Server.execute(
                    dataSource,
                    "CREATE TABLE " + child.table() + " (id BIGINT NOT NULL PRIMARY KEY, message_id BIGINT NOT NULL,"
                            + " user_id BIGINT NOT NULL, detail VARCHAR(200) NOT NULL)");
        }
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            loadMessages(connection);
            for (Workload.Child child : Workload.CHILDREN) {
                loadChildren(connection, child);
            }
        }
        Server.execute(
                dataSource,
                "CREATE INDEX messages_sent_at ON messages (sent_at, id)",
                "CREATE INDEX messages_room ON messages (room_id)",
                "CREATE INDEX messages_deleted_at ON messages (deleted_at)");
        for (Workload.Child child : Workload.CHILDREN) {
            Server.execute(
                    dataSource, "CREATE INDEX " + child.table() + "_message ON " + child.table() + " (message_id)");
        }
    }

    private void loadMessages(Connection connection) throws SQLException {
        Instant cutoff = workload.cutoff();
        Instant quietEnd = cutoff.plus(Workload.QUIET);
        long step = Workload.SPAN.toMillis() / workload.rows();
        Instant first = workload.now().minusMillis(step * (workload.rows() - 1L));
        long old = Math.min(workload.rows(), (cutoff.toEpochMilli() - 1 - first.toEpochMilli()) / step + 1);
        if (workload.dueRows() > old) {
            throw new IllegalStateException("only " + old + " messages are older than the cut-off");
        }
        int otherRooms = Workload.ROOMS - workload.dueRooms();
        long oldLeft = old;
        long dueLeft = workload.dueRows();
        try (Rows rows = new Rows(connection, "messages (id, room_id, user_id, body, sent_at)", 5)) {
            for (int id = 1; id <= workload.rows(); id++) {
                Instant sentAt = first.plusMillis(step * (id - 1L));
                boolean inDueRoom;
                if (sentAt.isBefore(cutoff)) {
                    // Selection sampling: each old message is as likely to be due, and the number comes out exactly.
                    inDueRoom = random.nextDouble() * oldLeft < dueLeft;
                    oldLeft--;
                    dueLeft -= inDueRoom ? 1 : 0;
                } else {
                    inDueRoom = !sentAt.isBefore(quietEnd) && random.nextInt(Workload.ROOMS) < workload.dueRooms();
                }
                int room = inDueRoom
                        ? 1 + random.nextInt(workload.dueRooms())
                        : 1 + workload.dueRooms() + random.nextInt(otherRooms);
                rows.add(
                        id,
                        room,
                        user(),
                        text(80 + random.nextInt(41)),
                        workload.database().time(sentAt));
            }
        }
    }

    private void loadChildren(Connection connection, Workload.Child child) throws SQLException {
        long count = Math.round(workload.rows() * child.share());
        double stride = (double) workload.rows() / count;
        try (Rows rows = new Rows(connection, child.table() + " (id, message_id, user_id, detail)", 4)) {
            for (long id = 1; id <= count; id++) {
                // In the order of their messages, more or less.
                long message = 1 + Math.min(workload.rows() - 1, (long) ((id - 1 + random.nextDouble()) * stride));
                rows.add(id, message, user(), text(12));
            }
        }
    }

    private long user() {
        return 1L + random.nextInt(USERS);
    }

    private String text(int length) {
        int start = random.nextInt(text.length() - length);
        return text.substring(start, start + length);
    }

    /** Inserts many rows a statement, which every database takes quickly without a loader of its own. */
    private static final class Rows implements AutoCloseable {

        private final Connection connection;
        private final String into;
        private final int columns;
        private final PreparedStatement full;
        private final Object[] values;
        private int filled;
        private int statements;

        Rows(Connection connection, String into, int columns) throws SQLException {
            this.connection = connection;
            this.into = into;
            this.columns = columns;
            this.full = prepare(ROWS_A_STATEMENT);
            this.values = new Object[ROWS_A_STATEMENT * columns];
        }

        private PreparedStatement prepare(int rows) throws SQLException {
            String row = "(" + String.join(", ", Collections.nCopies(columns, "?")) + ")";
            return connection.prepareStatement(
                    "INSERT INTO " + into + " VALUES " + String.join(", ", Collections.nCopies(rows, row)));
        }

        void add(Object... row) throws SQLException {
            System.arraycopy(row, 0, values, filled, columns);
            filled += columns;
            if (filled == values.length) {
                insert(full);
                if (++statements % STATEMENTS_A_TRANSACTION == 0) {
                    connection.commit();
                }
            }
        }

        private void insert(PreparedStatement statement) throws SQLException {
            for (int i = 0; i < filled; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
            filled = 0;
        }

        @Override
        public void close() throws SQLException {
            if (filled > 0) {
                try (PreparedStatement rest = prepare(filled / columns)) {
                    insert(rest);
                }
            }
            full.close();
            connection.commit();
        }
    }
}
