package io.chatty.maintenance.database.archive;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.file.FileStore;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveFile;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveHeader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveManifest;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveReader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedMessage;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedRow;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedTable;
import io.chatty.maintenance.jdbc.internal.archive.file.LiveTable;
import io.chatty.maintenance.jdbc.internal.archive.file.MessageInsertion;
import io.chatty.maintenance.jdbc.internal.archive.file.RowInsertion;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
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

/** Archives tables of a database whole, and puts them back. */
final class Archived {

    static final String FILE = "archive/run-1/1.jsonl.zst";

    private Archived() {}

    /** The name as the catalogue of that server spells one that is written without quotes. */
    static String spelled(TestDatabase database, String name) {
        return database.server() == TestServer.H2 ? name.toUpperCase(java.util.Locale.ROOT) : name;
    }

    static LiveTable live(Connection connection, String table) throws SQLException {
        List<String> problems = new ArrayList<>();
        LiveTable live = LiveTable.read(connection, null, table, problems).orElseThrow();
        if (!problems.isEmpty()) {
            throw new IllegalStateException(problems.toString());
        }
        return live;
    }

    static ArchiveHeader header(List<LiveTable> tables) {
        return new ArchiveHeader(
                new RunId("run-1"),
                "fingerprint",
                Instant.parse("2026-06-15T12:00:00.000001Z"),
                tables.get(0).database(),
                tables.stream().map(LiveTable::archived).toList());
    }

    /** Archives a table, in the order of its key, with no children. */
    static ArchiveManifest archive(TestDatabase database, FileStore store, String table, String key)
            throws SQLException, IOException {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            LiveTable live = live(connection, spelled(database, table));
            live.prepare(connection);
            List<ArchivedRow> rows = rows(connection, live, " ORDER BY " + key);
            live.restore(connection);
            connection.commit();
            return ArchiveFile.write(store, FILE, header(List.of(live)), sink -> {
                for (ArchivedRow row : rows) {
                    sink.message(row);
                }
            });
        }
    }

    static List<ArchivedRow> rows(Connection connection, LiveTable live, String rest) throws SQLException {
        List<ArchivedRow> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT 1, " + live.selectList("m") + " FROM " + live.name() + " m" + rest)) {
            while (row.next()) {
                rows.add(live.row(row, 2));
            }
        }
        return rows;
    }

    /** Puts all messages of the file back, ten at a time; the key of each table is given. */
    static Map<String, MessageInsertion.Counted> restore(
            TestDatabase database, FileStore store, Map<String, List<String>> keys) throws SQLException, IOException {
        try (Connection connection = database.dataSource().getConnection()) {
            return restore(connection, store, keys);
        }
    }

    static Map<String, MessageInsertion.Counted> restore(
            Connection connection, FileStore store, Map<String, List<String>> keys) throws SQLException, IOException {
        ArchiveReader reader = ArchiveReader.open(store, FILE);
        connection.setAutoCommit(false);
        List<String> problems = new ArrayList<>();
        Map<String, RowInsertion> insertions = new LinkedHashMap<>();
        LiveTable any = null;
        for (ArchivedTable table : reader.header().tables()) {
            any = LiveTable.read(connection, null, table.name(), problems).orElseThrow();
            insertions.put(
                    table.name(),
                    RowInsertion.of(reader, table, any, keys.getOrDefault(table.name(), List.of()), problems));
        }
        if (!problems.isEmpty()) {
            connection.rollback();
            throw new IllegalStateException(String.join("\n", problems));
        }
        MessageInsertion insertion = new MessageInsertion(insertions);
        Map<String, MessageInsertion.Counted> counted = new LinkedHashMap<>();
        if (any == null) {
            throw new IllegalStateException("no tables");
        }
        any.prepare(connection);
        try (ArchiveReader.Messages messages = reader.messages()) {
            List<ArchivedMessage> some = new ArrayList<>();
            for (Optional<ArchivedMessage> next = messages.next(); next.isPresent(); next = messages.next()) {
                some.add(next.get());
                if (some.size() == 10) {
                    add(counted, insertion.insert(connection, statement -> {}, some));
                    some.clear();
                }
            }
            add(counted, insertion.insert(connection, statement -> {}, some));
            any.restore(connection);
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            any.restore(connection);
            throw e;
        }
        return counted;
    }

    private static void add(Map<String, MessageInsertion.Counted> all, Map<String, MessageInsertion.Counted> some) {
        some.forEach((table, counted) -> all.merge(
                table,
                counted,
                (one, other) ->
                        new MessageInsertion.Counted(one.inserted() + other.inserted(), one.there() + other.there())));
    }
}
