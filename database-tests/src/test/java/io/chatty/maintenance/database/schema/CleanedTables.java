package io.chatty.maintenance.database.schema;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Tables of a host in a test's database, which are cleaned as a schema describes them. */
public final class CleanedTables implements AutoCloseable {

    /** The now of all runs. */
    public static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    /** What is sent then is old enough to go by {@link #MONTH}. */
    public static final long OLD = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    /** What is sent then is not. */
    public static final long YOUNG = Instant.parse("2026-06-14T00:00:00Z").toEpochMilli();

    /** Messages are kept for thirty days. */
    public static final RetentionPolicies MONTH = RetentionPolicies.builder()
            .global(RetentionRule.keepFor(ofDays(30)))
            .build();

    /** The server that they are on. */
    public final TestServer server;
    /** The database. */
    public final TestDatabase database;

    private int batchSize = 5;

    /** On a database of its own. */
    public CleanedTables(TestServer server) {
        this.server = server;
        this.database = server.open();
    }

    /** How many messages a batch looks at. Default: 5 */
    public CleanedTables batchesOf(int size) {
        this.batchSize = size;
        return this;
    }

    /** Executes statements, one after the other. */
    public void execute(String... statements) throws SQLException {
        for (String statement : statements) {
            database.execute(statement);
        }
    }

    /** Inserts rows, each written as what stands between the parentheses. */
    public void insert(String into, List<String> rows) throws SQLException {
        for (int i = 0; i < rows.size(); i += 500) {
            execute("INSERT INTO " + into + " VALUES ("
                    + String.join("), (", rows.subList(i, Math.min(rows.size(), i + 500))) + ")");
        }
    }

    /** The first column of what a query finds, as text; NULL as "null". */
    public List<String> strings(String query) throws SQLException {
        return database.strings(query).stream().map(String::valueOf).toList();
    }

    /** The values of a column in their order. */
    public List<String> left(String table, String column) throws SQLException {
        return strings("SELECT " + column + " FROM " + table + " ORDER BY " + column);
    }

    /** The database, as the library sees it. */
    public ChatDatabase chat(ChatSchema schema) {
        return ChatDatabase.of(database.dataSource(), schema);
    }

    /** What is wrong with the schema; nothing if it can be worked with. */
    public List<String> problems(ChatSchema schema) {
        ChatDatabase chat = chat(schema);
        chat.migrate();
        return chat.messageCleanup(MONTH).build().problems();
    }

    /** Previews and runs a cleanup that keeps messages for a month. */
    public Counts clean(ChatSchema schema) throws Exception {
        return clean(schema, MONTH, cleanup -> {});
    }

    /** Previews and runs a cleanup, and finds that both say the same. */
    public Counts clean(ChatSchema schema, RetentionPolicies policies, Consumer<MessageCleanup.Builder> settings)
            throws Exception {
        ChatDatabase chat = chat(schema);
        chat.migrate();
        return clean(chat, policies, settings);
    }

    /** The same for a database that has our tables. */
    public Counts clean(ChatDatabase chat, RetentionPolicies policies, Consumer<MessageCleanup.Builder> settings)
            throws Exception {
        MessageCleanup.Builder cleanup = chat.messageCleanup(policies).shareLimit(1);
        settings.accept(cleanup);
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .workers(Runnable::run)
                .settings(s -> s.batchSize(batchSize))
                .task(cleanup.build())
                .build()) {
            engine.start();
            Counts preview = engine.preview("message-cleanup").counts();
            Run run = engine.runNow("message-cleanup").get();
            assertThat(run.state()).as(server + ": " + run.detail()).isEqualTo(RunState.SUCCEEDED);
            assertThat(comparable(run.counts(), "deleted."))
                    .as(server + ": the run against its preview")
                    .isEqualTo(comparable(preview, "due."));
            return run.counts();
        }
    }

    private static Map<String, Long> comparable(Counts counts, String prefix) {
        Map<String, Long> comparable = new TreeMap<>();
        counts.asMap().forEach((name, count) -> {
            boolean reason = List.of("softDeleted", "expired", "orphaned").contains(name.replace(prefix, ""));
            if (count > 0 && (name.startsWith("skipped.") || name.startsWith(prefix + "orphans.") || reason)) {
                comparable.put(name.replace(prefix, ""), count);
            }
        });
        return comparable;
    }

    @Override
    public void close() {
        database.close();
    }
}
