package io.chatty.maintenance.database.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileLedger.Suspect;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.task.RunId;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Race R3: a host refers anew to a file that is about to be deleted, and says so in its own transaction. */
final class RetainFileTest {

    private static final String SWEEP = "file-sweep";
    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final Instant UNTIL = NOW.plusSeconds(3600);

    private static SweptFile quarantined(FileLedger ledger, String name) {
        FileState state = new FileState(1, NOW, "v");
        ledger.add(SWEEP, new RunId("run"), NOW, List.of(new Suspect(name, name, "orphan", "", state)));
        SweptFile file = ledger.open(SWEEP, List.of(name)).get(0);
        assertThat(ledger.quarantined(Map.of(file.id(), state), NOW)).containsExactly(file.id());
        return file;
    }

    private static Connection begin(TestDatabase database) throws Exception {
        Connection connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    @ParameterizedTest
    @EnumSource
    void what_a_host_retains_is_not_deleted_before_that_time(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = FileHost.chat(database);
            FileLedger ledger = chat.fileLedger();
            SweptFile file = quarantined(ledger, "a.png");
            SweptFile other = quarantined(ledger, "A.png");
            List<Long> ids = List.of(file.id(), other.id());
            ExecutorService sweep = Executors.newSingleThreadExecutor();
            try (Connection connection = begin(database)) {
                connection.createStatement().execute("UPDATE chatty_maintenance_file_note SET note_text = ''");
                assertThat(chat.retainFile(connection, SWEEP, "a.png", UNTIL)).isTrue();
                assertThat(chat.retainFile(connection, SWEEP, "unknown.png", UNTIL))
                        .isTrue();
                assertThat(connection.getAutoCommit()).isFalse();
                assertThat(connection.isClosed()).isFalse();
                assertThat(ledger.open(SWEEP, List.of("a.png")).get(0).keptUntil())
                        .as("not yet committed")
                        .isEmpty();
                Future<Set<Long>> deleting = sweep.submit(() -> ledger.deleting(ids, NOW));
                connection.commit();
                assertThat(deleting.get(60, TimeUnit.SECONDS)).containsExactly(other.id());
                connection.setAutoCommit(true);
            } finally {
                sweep.shutdownNow();
            }
            assertThat(ledger.open(SWEEP, List.of("a.png")))
                    .singleElement()
                    .matches(kept -> kept.progress() == SweptFile.Progress.QUARANTINED
                            && kept.keptUntil().equals(Optional.of(UNTIL)));
            assertThat(ledger.kept(SWEEP, List.of("a.png", "A.png"), NOW)).containsExactly("a.png");
            assertThat(ledger.deleting(ids, UNTIL.minusMillis(1))).isEmpty();
            assertThat(ledger.deleting(ids, UNTIL)).containsExactly(file.id());
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_rolled_back_retains_nothing_and_a_longer_time_stands(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = FileHost.chat(database);
            FileLedger ledger = chat.fileLedger();
            SweptFile file = quarantined(ledger, "a.png");
            try (Connection connection = begin(database)) {
                assertThat(chat.retainFile(connection, SWEEP, "a.png", UNTIL)).isTrue();
                connection.rollback();
                assertThat(ledger.open(SWEEP, List.of("a.png")).get(0).keptUntil())
                        .isEmpty();
                chat.retainFile(connection, SWEEP, "a.png", UNTIL);
                chat.retainFile(connection, SWEEP, "a.png", NOW.plusSeconds(1));
                connection.commit();
                connection.setAutoCommit(true);
            }
            assertThat(ledger.deleting(List.of(file.id()), NOW.plusSeconds(2))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_host_is_told_that_it_comes_too_late(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = FileHost.chat(database);
            FileLedger ledger = chat.fileLedger();
            SweptFile file = quarantined(ledger, "a.png");
            assertThat(ledger.deleting(List.of(file.id()), NOW)).hasSize(1);
            try (Connection connection = database.dataSource().getConnection()) {
                assertThat(chat.retainFile(connection, SWEEP, "a.png", UNTIL)).isFalse();
                assertThat(chat.retainFile(connection, "other-sweep", "a.png", UNTIL))
                        .isTrue();
                ledger.deleted(List.of(file.id()), NOW);
                assertThat(chat.retainFile(connection, SWEEP, "a.png", UNTIL))
                        .as("it may have been written anew")
                        .isTrue();
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> chat.retainFile(connection, SWEEP, "../a.png", UNTIL));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_host_that_has_retained_a_file_gets_answers_while_several_wait_for_it(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = FileHost.chat(database); // of two connections
            FileLedger ledger = chat.fileLedger();
            List<Long> ids = List.of(quarantined(ledger, "a.png").id());
            ExecutorService others = Executors.newFixedThreadPool(2);
            try (Connection connection = begin(database)) {
                assertThat(chat.retainFile(connection, SWEEP, "a.png", UNTIL)).isTrue();
                Future<Set<Long>> deleting = others.submit(() -> ledger.deleting(ids, NOW));
                Future<Set<Long>> again = others.submit(() -> ledger.deleting(ids, NOW));
                for (int i = 0; i < 50; i++) { // by then both have got as far as they get
                    assertThat(ledger.open(SWEEP, List.of("a.png"))).hasSize(1);
                }
                connection.commit();
                assertThat(deleting.get(60, TimeUnit.SECONDS)).isEmpty();
                assertThat(again.get(60, TimeUnit.SECONDS)).isEmpty();
                connection.setAutoCommit(true);
            } finally {
                others.shutdownNow();
            }
        }
    }
}
