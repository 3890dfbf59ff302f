package io.chatty.maintenance.database.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.task.Cursor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** References while the host goes on writing. */
final class MovingReferencesTest {

    private static final int QUESTIONS = 400;

    /** A host that moves a path from one table to another and back, each time in one transaction. */
    private static int move(TestDatabase database, AtomicBoolean over) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            int i = 0;
            while (!over.get()) {
                String from = i % 2 == 0 ? "drafts" : "attachments";
                String to = i % 2 == 0 ? "attachments" : "drafts";
                statement.executeUpdate("DELETE FROM " + from);
                statement.executeUpdate("INSERT INTO " + to + " VALUES (1, 'moved.png')");
                connection.commit();
                i++;
            }
            connection.setAutoCommit(true);
            return i;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_path_that_is_moved_from_table_to_table_is_found_at_each_moment(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(100))");
            database.execute("CREATE TABLE drafts (id INT PRIMARY KEY, path VARCHAR(100))");
            database.execute("INSERT INTO drafts VALUES (1, 'moved.png')");
            DatabaseReferences references = FileHost.references(
                    database, r -> r.column("attachments", "path").json("drafts", "path", c -> {}));
            ExecutorService host = Executors.newSingleThreadExecutor();
            AtomicBoolean over = new AtomicBoolean();
            try {
                Future<Integer> moving = host.submit(() -> move(database, over));
                for (int i = 0; i < QUESTIONS; i++) {
                    assertThat(references.find(List.of("moved.png", "other.png")))
                            .as("question %d", i)
                            .containsExactly("moved.png");
                }
                over.set(true);
                assertThat(moving.get(60, TimeUnit.SECONDS)).isGreaterThan(20);
            } finally {
                over.set(true);
                host.shutdownNow();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_question_sees_what_was_committed_before_it_however_long_others_have_been_open(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(100))");
            DatabaseReferences references = FileHost.references(database, r -> r.column("attachments", "path"));
            for (int i = 0; i < 30; i++) {
                String name = "f" + i;
                assertThat(references.find(List.of(name))).isEmpty();
                database.execute("INSERT INTO attachments VALUES (" + i + ", '" + name + "')");
                assertThat(references.find(List.of(name))).containsExactly(name);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_walk_gives_each_row_that_was_there_all_the_time_exactly_once(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE attachments (room VARCHAR(20) NOT NULL, id INT NOT NULL, path VARCHAR(100),"
                    + " PRIMARY KEY (room, id))");
            Random random = new Random(11);
            Set<String> there = new HashSet<>();
            try (Connection connection = database.dataSource().getConnection();
                    PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO attachments VALUES (?, ?, ?)")) {
                for (int i = 0; i < 1000; i++) {
                    insert.setString(1, "r" + random.nextInt(7) + (random.nextBoolean() ? "x" : "-"));
                    insert.setInt(2, i * 10);
                    insert.setString(3, "f" + i);
                    there.add("f" + i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            DatabaseReferences references = FileHost.references(database, r -> r.column("attachments", "path"));
            List<String> walked = new ArrayList<>();
            Optional<Cursor> at = Optional.empty();
            int page = 0;
            long complete = -1;
            do {
                ReferencePage next = references.page(at, 1 + random.nextInt(40));
                next.references().stream().map(FileReference::name).forEach(walked::add);
                at = next.next();
                complete = next.complete().orElse(-1);
                for (int i = 0; i < 5; i++) {
                    database.execute("INSERT INTO attachments VALUES ('r" + random.nextInt(7) + "-', "
                            + (page * 100 + i * 10 + 3) + ", 'late" + page + "." + i + "')");
                }
                database.execute("DELETE FROM attachments WHERE path LIKE 'late%' AND id > " + random.nextInt(20000));
                page++;
            } while (at.isPresent());
            assertThat(complete).isEqualTo(walked.size());
            assertThat(walked).doesNotHaveDuplicates().containsAll(there);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rows_that_share_what_the_walk_goes_by_are_not_parted(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE attachments (room VARCHAR(20) NOT NULL, path VARCHAR(100))");
            database.execute("CREATE INDEX by_room ON attachments (room)");
            List<String> all = new ArrayList<>();
            Random random = new Random(3);
            for (String room : List.of("a", "b", "B", "c", "d")) {
                for (int i = random.nextInt(30); i >= 0; i--) {
                    all.add(room + i);
                    database.execute("INSERT INTO attachments VALUES ('" + room + "', '" + room + i + "')");
                }
            }
            DatabaseReferences references =
                    FileHost.references(database, r -> r.column("attachments", "path", c -> c.key("room")));
            assertThat(references.problems()).isEmpty();
            for (int most : List.of(1, 2, 7, 31, 1000)) {
                assertThat(FileHost.walked(references, most)).containsExactlyInAnyOrderElementsOf(all);
            }
        }
    }
}
