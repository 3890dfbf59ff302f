package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a run removed is restored: the rows are those that were there before, and the next run leaves them. */
final class Undo {

    /** Where the message's key stands in a row of each table. */
    private static final Map<String, Integer> TABLES = Map.of("messages", 0, "reactions", 0, "attachments", 1);

    private final HostChat host;
    private final InMemoryFileStore files = new InMemoryFileStore(Instant::now);
    private final List<Optional<Archive>> archives;
    private Optional<Archive> archive = Optional.empty();
    private Map<String, List<List<String>>> before = Map.of();

    /** Lets a test be undone. */
    @FunctionalInterface
    interface Next {
        Run run() throws Exception;
    }

    /** For one database, with its archives: none, in tables, in files. */
    Undo(HostChat host, ChatDatabase chat) {
        this.host = host;
        Archive tables = chat.archive();
        tables.migrate();
        this.archives = List.of(Optional.empty(), Optional.of(tables), Optional.of(chat.archive(files)));
    }

    /** Whether the run of that seed archives in files, which one worker alone can. */
    boolean isInFiles(long seed) {
        return way(seed).filter(way -> way == archives.get(2).get()).isPresent();
    }

    private Optional<Archive> way(long seed) {
        return archives.get((int) (seed % archives.size()));
    }

    /** Before a run: remembers all rows, and has the run archive in one of the ways. */
    void before(long seed, MessageCleanup.Builder cleanup) throws SQLException {
        archive = way(seed);
        archive.ifPresent(cleanup::archive);
        before = rows();
    }

    /**
     * After it: gives back, twice, and compares.
     *
     * @param messages the keys of all messages: a child of none may have gone as an orphan
     */
    void after(String label, Set<String> messages, long removed, Next next) throws Exception {
        if (archive.isEmpty()) {
            return;
        }
        String name = label + " " + archive.get() + ": ";
        assertThat(archive.get().count(ArchiveFilter.all()))
                .as(name + "archived")
                .isEqualTo(removed);
        assertThat(archive.get().restore(ArchiveFilter.all()).get("restored.messages"))
                .as(name + "restored")
                .isEqualTo(removed);
        assertThat(archive.get().restore(ArchiveFilter.all()).get("restored.messages"))
                .as(name + "restored again")
                .isZero();
        assertSame(name + "restored ", messages);
        Counts counts = next.run().counts();
        assertThat(counts.get("deleted.softDeleted") + counts.get("deleted.expired") + counts.get("deleted.orphaned"))
                .as(name + "taken by the next run")
                .isZero();
        assertSame(name + "after the next run, ", messages);
        assertThat(files.list("")).as(name + "files left").isEmpty();
        host.execute("DELETE FROM chatty_maintenance_restored");
    }

    private void assertSame(String label, Set<String> messages) throws SQLException {
        Map<String, List<List<String>>> now = rows();
        TABLES.forEach((table, key) -> assertThat(of(messages, now.get(table), key))
                .as(label + table)
                .containsExactlyInAnyOrderElementsOf(of(messages, before.get(table), key)));
    }

    private static List<List<String>> of(Set<String> messages, List<List<String>> rows, int key) {
        return rows.stream().filter(row -> messages.contains(row.get(key))).toList();
    }

    private Map<String, List<List<String>>> rows() throws SQLException {
        Map<String, List<List<String>>> all = new LinkedHashMap<>();
        for (String table : TABLES.keySet()) {
            all.put(table, rows(table));
        }
        return all;
    }

    private List<List<String>> rows(String table) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = host.database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    values.add(row.getString(i));
                }
                rows.add(values);
            }
        }
        return rows;
    }
}
