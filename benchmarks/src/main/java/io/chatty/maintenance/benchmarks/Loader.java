package io.chatty.maintenance.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
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

    /** Gives how many of the messages are due. */
    int load(DataSource dataSource) throws SQLException {
        String time = workload.database().timeColumn();
        Server.execute(
                dataSource,
                "CREATE TABLE messages (id BIGINT NOT NULL PRIMARY KEY, room_id BIGINT NOT NULL, user_id BIGINT NOT NULL,"
                        + " body VARCHAR(2000) NOT NULL, sent_at " + time.replace(" NULL", "")
                        + " NOT NULL, deleted_at " + time
                        + (workload.shape().hasPinned() ? ", pinned BOOLEAN NOT NULL" : "") + ")");
        for (Workload.Child child : Workload.CHILDREN) {
            Server.execute(
                    dataSource,
                    "CREATE TABLE " + child.table() + " (id BIGINT NOT NULL PRIMARY KEY, message_id BIGINT NOT NULL,"
                            + " user_id BIGINT NOT NULL, detail VARCHAR(200) NOT NULL)");
        }
        if (workload.rules().inTable()) {
            Server.execute(
                    dataSource,
                    "CREATE TABLE cut_offs (room_id BIGINT NOT NULL PRIMARY KEY, sent_before "
                            + time.replace(" NULL", "") + " NOT NULL)");
        }
        int due;
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            due = loadMessages(connection);
            if (workload.rules().inTable()) {
                loadCutOffs(connection);
            }
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
        Server.execute(dataSource, workload.foreignKeys().toArray(String[]::new));
        return due;
    }

    private void loadCutOffs(Connection connection) throws SQLException {
        try (Rows rows = new Rows(connection, "cut_offs (room_id, sent_before)", 2)) {
            for (int room = 1; room <= workload.rules().rooms(); room++) {
                Optional<Duration> kept = workload.rules().keptFor(room);
                if (kept.isPresent()) {
                    rows.add(room, workload.database().time(workload.now().minus(kept.get())));
                }
            }
        }
    }

    private int loadMessages(Connection connection) throws SQLException {
        long step = Rules.SPAN.toMillis() / workload.rows();
        Instant first = workload.now().minusMillis(step * (workload.rows() - 1L));
        ToRoom rooms = workload.rules() instanceof Rules.FewRooms few ? fewRooms(few, first, step) : this::anyRoom;
        boolean hasPinned = workload.shape().hasPinned();
        String into = "messages (id, room_id, user_id, body, sent_at" + (hasPinned ? ", pinned)" : ")");
        int due = 0;
        try (Rows rows = new Rows(connection, into, hasPinned ? 6 : 5)) {
            for (int id = 1; id <= workload.rows(); id++) {
                Instant sentAt = first.plusMillis(step * (id - 1L));
                int room = rooms.of(sentAt);
                boolean pinned =
                        hasPinned && random.nextDouble() < workload.shape().pinned();
                due += !pinned && workload.isTooOld(room, sentAt) ? 1 : 0;
                Object time = workload.database().time(sentAt);
                String body = text(80 + random.nextInt(41));
                if (hasPinned) {
                    rows.add(id, room, user(), body, time, pinned);
                } else {
                    rows.add(id, room, user(), body, time);
                }
            }
        }
        return due;
    }

    /** Chooses the room of the next message. */
    @FunctionalInterface
    private interface ToRoom {
        int of(Instant sentAt);
    }

    private int anyRoom(Instant sentAt) {
        int room;
        do {
            room = 1 + random.nextInt(workload.rules().rooms());
        } while (workload.isAboutToBeDue(room, sentAt));
        return room;
    }

    /** So that just as many are in rooms whose messages do not stay for ever, and old, as the workload says. */
    private ToRoom fewRooms(Rules.FewRooms few, Instant first, long step) {
        Instant cutOff = workload.now().minus(Rules.FewRooms.KEPT_FOR);
        long[] left = {
            Math.min(workload.rows(), (cutOff.toEpochMilli() - 1 - first.toEpochMilli()) / step + 1), workload.dueRows()
        };
        if (left[1] > left[0]) {
            throw new IllegalStateException("only " + left[0] + " messages are older than the cut-off");
        }
        return sentAt -> {
            boolean inDueRoom;
            if (sentAt.isBefore(cutOff)) {
                // Selection sampling: each old message is as likely to be due, and the number comes out exactly.
                inDueRoom = random.nextDouble() * left[0] < left[1];
                left[0]--;
                left[1] -= inDueRoom ? 1 : 0;
            } else {
                inDueRoom = !workload.isAboutToBeDue(1, sentAt) && random.nextInt(few.rooms()) < few.dueRooms();
            }
            return inDueRoom
                    ? 1 + random.nextInt(few.dueRooms())
                    : 1 + few.dueRooms() + random.nextInt(few.rooms() - few.dueRooms());
        };
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
