package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.MessageView;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.ReviewingPolicy;
import io.chatty.maintenance.retention.Verdict;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.testkit.SteppedScheduler;
import io.chatty.maintenance.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Wrong settings are refused, each with what was given and what is allowed, and nothing is deleted. */
final class WrongSettingsTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final RetentionPolicies KEEP = RetentionPolicies.builder()
            .global(RetentionRule.keepFor(ofDays(50)))
            .build();

    private static ChatSchema schema(Consumer<MessageTable.Builder> messages, Consumer<ChatSchema.Builder> more) {
        ChatSchema.Builder schema = ChatSchema.builder()
                .messages(
                        "messages",
                        m -> messages.accept(m.key("id").sentAt("sent_at").room("room_id")))
                .children("reactions", "message_id")
                .children("attachments", "message_id");
        more.accept(schema);
        return schema.build();
    }

    private static ChatSchema messages(Consumer<MessageTable.Builder> messages) {
        return schema(messages, none -> {});
    }

    static Stream<Arguments> wrongSchemas() {
        RetentionRule forever = RetentionRule.keepForever();
        ChatSchema withoutRooms = ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                .children("reactions", "message_id")
                .children("attachments", "message_id")
                .build();
        return Stream.of(
                Arguments.of(
                        schema(
                                none -> {},
                                s -> s.messages("mesages", m -> m.key("id").sentAt("sent_at"))),
                        KEEP,
                        "no table \"mesages\""),
                Arguments.of(
                        schema(none -> {}, s -> s.children("reaction", "message_id")), KEEP, "no table \"reaction\""),
                Arguments.of(schema(none -> {}, s -> s.rooms("room", "id")), KEEP, "no table \"room\""),
                Arguments.of(schema(none -> {}, s -> s.schema("chat")), KEEP, "in schema chat"),
                Arguments.of(messages(m -> m.key("ident")), KEEP, "no column \"ident\""),
                Arguments.of(messages(m -> m.sentAt("sent")), KEEP, "no column \"sent\""),
                Arguments.of(messages(m -> m.softDeletedAt("removed_at")), KEEP, "no column \"removed_at\""),
                Arguments.of(messages(m -> m.pinned("is_pinned")), KEEP, "no column \"is_pinned\""),
                Arguments.of(messages(m -> m.pinned("body")), KEEP, "no truth value"),
                Arguments.of(messages(m -> m.key("room_id")), KEEP, "no unique index"),
                Arguments.of(messages(m -> m.key("sent_at")), KEEP, "cannot be a key"),
                Arguments.of(messages(m -> m.sentAt("sent_at", TimeKind.epochMillis())), KEEP, "use TimeKind.zoned()"),
                Arguments.of(
                        messages(m -> m.sentAt("sent_at", TimeKind.local(ZoneOffset.UTC))),
                        KEEP,
                        "use TimeKind.zoned()"),
                Arguments.of(messages(m -> m.sentAt("id")), KEEP, "use TimeKind.epochMillis()"),
                Arguments.of(messages(m -> m.sentAt("body")), KEEP, "TimeKind.text(pattern, zone)"),
                Arguments.of(schema(m -> m.sender("body"), s -> s.users("users", "id")), KEEP, "cannot be compared"),
                Arguments.of(
                        schema(none -> {}, s -> s.children("rooms", "id").children("notes", "note")),
                        KEEP,
                        "cannot be compared"),
                Arguments.of(
                        messages(none -> {}),
                        RetentionPolicies.builder().room("legal", forever).build(),
                        "\"legal\""),
                Arguments.of(
                        messages(none -> {}),
                        RetentionPolicies.builder().room("007", forever).build(),
                        "\"007\""),
                Arguments.of(
                        withoutRooms,
                        RetentionPolicies.builder().room("1", forever).build(),
                        "no room(column)"),
                Arguments.of(
                        withoutRooms,
                        RetentionPolicies.builder()
                                .policy(scope -> Optional.empty())
                                .build(),
                        "policy of the host's own"),
                Arguments.of(
                        messages(none -> {}),
                        RetentionPolicies.builder().team("free", forever).build(),
                        "rule for team \"free\", but messages have no team(column)"),
                Arguments.of(
                        messages(none -> {}),
                        RetentionPolicies.builder().user("1", forever).build(),
                        "rule for user \"1\", but messages have no sender(column)"),
                Arguments.of(
                        withoutRooms,
                        RetentionPolicies.builder()
                                .global(RetentionRule.keepLatest(5))
                                .build(),
                        "keeps the latest of each room"),
                Arguments.of(
                        messages(none -> {}),
                        RetentionPolicies.builder().policy(askingFor("mood")).build(),
                        "asks for column \"mood\""));
    }

    private static ReviewingPolicy askingFor(String column) {
        return new ReviewingPolicy() {
            @Override
            public Verdict review(MessageView message) {
                return Verdict.pass();
            }

            @Override
            public Set<String> columns() {
                return Set.of(column);
            }
        };
    }

    @ParameterizedTest
    @MethodSource
    void wrongSchemas(ChatSchema schema, RetentionPolicies policies, String expected) throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            host.execute("CREATE TABLE notes (note VARCHAR(10))");
            host.add(List.of(new Message("1", NOW.minus(ofDays(100)), "1", "1", null, null)));
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), schema);
            MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(chat.runStore())
                    .clock(() -> NOW)
                    .task(chat.messageCleanup(policies).build())
                    .build();
            assertThatThrownBy(engine::start)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining(expected);
            assertThatThrownBy(() -> engine.preview("message-cleanup")).hasMessageContaining(expected);
            assertThatThrownBy(() -> engine.runNow("message-cleanup")).isInstanceOf(IllegalStateException.class);
            engine.close();
            assertThat(host.ids("messages", "id")).containsExactly("1");
        }
    }

    @Test
    void wrong_values_are_refused_where_they_are_set() {
        ChatDatabase chat = ChatDatabase.of(new JdbcDataSource(), messages(m -> m.softDeletedAt("deleted_at")));
        ChatDatabase bare = ChatDatabase.of(
                new JdbcDataSource(),
                ChatSchema.builder()
                        .messages("messages", m -> m.key("id").sentAt("sent_at"))
                        .build());
        MaintenanceTask tidy = MaintenanceTask.of("tidy", () -> {});
        ZoneId utc = ZoneOffset.UTC;
        assertRefused(() -> RetentionRule.keepFor(Duration.ZERO), "PT0S");
        assertRefused(() -> RetentionRule.keepFor(ofDays(-1)), "PT-24H");
        assertRefused(() -> RetentionRule.keepFor(ofDays(Integer.MAX_VALUE)), "keepForever()");
        assertRefused(() -> chat.messageCleanup(KEEP).softDeleteGrace(Duration.ZERO), "softDeleteGrace: PT0S");
        assertRefused(() -> chat.messageCleanup(KEEP).softDeleteGrace(ofDays(-7)), "softDeleteGrace: PT-168H");
        assertRefused(() -> bare.messageCleanup(KEEP).softDeleteGrace(ofDays(7)), "softDeletedAt(column)");
        assertRefused(() -> bare.messageCleanup(KEEP).removeOrphans(), "rooms(table, key)");
        assertRefused(() -> chat.messageCleanup(KEEP).name("message cleanup"), "\"message cleanup\"");
        assertRefused(() -> MaintenanceEngine.builder().settings(s -> s.batchSize(0)), "batchSize: 0 given");
        assertRefused(() -> MaintenanceEngine.builder().settings(s -> s.batchSize(-5)), "1 to 100000");
        assertRefused(() -> MaintenanceEngine.builder().settings(s -> s.batchSize(200_000)), "200000");
        assertRefused(
                () -> MaintenanceEngine.builder().settings(s -> s.closeTimeout(ofDays(1))), "closeTimeout: PT24H");
        assertRefused(() -> MaintenanceEngine.builder().task(tidy).task(tidy), "\"tidy\" is given twice");
        assertRefused(() -> Schedules.every(Duration.ZERO), "every: PT0S");
        assertRefused(() -> Schedules.cron("30 2 * *", utc), "30 2 * *");
        assertRefused(() -> Schedules.cron("0 0 30 2 *", utc), "never comes");
        assertRefused(
                () -> RetentionPolicies.builder()
                        .global(RetentionRule.keepForever())
                        .global(RetentionRule.keepForever()),
                "at most one");
        assertRefused(() -> RetentionPolicies.builder().room("", RetentionRule.keepForever()), "empty id");
        assertRefused(() -> ChatSchema.builder().build(), "messages: not described");
        assertRefused(
                () -> ChatSchema.builder().messages("m", m -> m.sentAt("s")).build(), "key");
        assertRefused(() -> ChatSchema.builder().messages("m", m -> m.key("k")).build(), "sentAt");
        assertRefused(() -> ChatSchema.builder().messages(" ", none -> {}), "blank");
        assertRefused(() -> messages(m -> m.key("")), "blank");
        assertRefused(() -> schema(none -> {}, s -> s.children("c", "m").children("c", "m")), "\"c\" is given twice");
        assertRefused(() -> schema(none -> {}, s -> s.users("users", "id")), "sender(column)");
        assertRefused(() -> schema(none -> {}, s -> s.children("messages", "reply_to")), "its own child");
    }

    private static void assertRefused(Runnable setting, String expected) {
        assertThatThrownBy(setting::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @EnumSource
    void without_our_tables_the_engine_does_not_start_and_says_how_to_make_them(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            database.dropOwnTables();
            MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(host.chat().runStore())
                    .task(host.chat().messageCleanup(KEEP).build())
                    .build();
            assertThatThrownBy(engine::start)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("ChatDatabase.migrate()")
                    .hasMessageContaining("V1__runs.sql");
            host.chat().migrate();
            engine.start(); // the world was mended
            engine.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void all_rights_that_are_missing_are_listed_at_once(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            host.add(List.of(new Message("1", NOW.minus(ofDays(100)), "1", "1", null, null)));
            DataSource reader = reader(host);
            ChatDatabase chat = ChatDatabase.of(reader, host.schema());
            MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(chat.runStore())
                    .task(chat.messageCleanup(KEEP).build())
                    .build();
            assertThatThrownBy(engine::start)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("DELETE on")
                    .satisfies(e -> assertThat(((SettingsException) e).problems())
                            .filteredOn(problem -> problem.contains("DELETE on"))
                            .hasSizeGreaterThanOrEqualTo(3)
                            .anySatisfy(problem -> assertThat(problem).containsIgnoringCase("reactions"))
                            .anySatisfy(problem -> assertThat(problem).containsIgnoringCase("messages")));
            assertThat(host.ids("messages", "id")).containsExactly("1");
            engine.close();
            if (server == TestServer.POSTGRESQL) {
                host.execute("DROP OWNED BY reader");
            }
            host.execute("DROP USER reader" + (server == TestServer.MARIADB ? "@localhost" : ""));
        }
    }

    /** A user who may read everything and change nothing. */
    private static DataSource reader(HostChat host) throws Exception {
        String url = host.database.jdbcUrl();
        switch (host.database.server()) {
            case H2 -> {
                host.execute("CREATE USER reader PASSWORD 'secret'");
                host.execute("GRANT SELECT ON SCHEMA PUBLIC TO reader");
                JdbcDataSource source = new JdbcDataSource();
                source.setURL(url.replace(";DB_CLOSE_DELAY=-1", "")); // only an administrator may say that
                source.setUser("reader");
                source.setPassword("secret");
                return source;
            }
            case POSTGRESQL -> {
                host.execute("CREATE USER reader PASSWORD 'secret'");
                host.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
                PGSimpleDataSource source = new PGSimpleDataSource();
                source.setURL(url);
                source.setUser("reader");
                source.setPassword("secret");
                return source;
            }
            case MARIADB -> {
                host.execute("CREATE USER reader@localhost IDENTIFIED BY 'secret'");
                host.execute("GRANT SELECT ON " + host.database.name() + ".* TO reader@localhost");
                MariaDbDataSource source = new MariaDbDataSource(url);
                source.setUser("reader");
                source.setPassword("secret");
                return source;
            }
        }
        throw new AssertionError(url);
    }

    @ParameterizedTest
    @EnumSource
    void a_foreign_key_that_is_not_described_is_refused_with_what_to_describe(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            host.execute("CREATE TABLE stars (message_id BIGINT REFERENCES messages (id))");
            if (server == TestServer.MARIADB) {
                host.execute("ALTER TABLE stars ADD FOREIGN KEY (message_id) REFERENCES messages (id)");
            }
            MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(host.chat().runStore())
                    .task(host.chat().messageCleanup(KEEP).build())
                    .build();
            assertThatThrownBy(engine::start)
                    .isInstanceOf(SettingsException.class)
                    .satisfies(e ->
                            assertThat(e.getMessage()).containsIgnoringCase("children(\"stars\", \"message_id\")"));
            engine.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_run_that_fails_leaves_its_cause_in_the_history_and_the_next_due_time_runs_again(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            host.add(List.of(new Message("1", NOW.minus(ofDays(100)), "1", "1", null, null)));
            AtomicBoolean broken = new AtomicBoolean(true);
            RetentionPolicies policies = FailingPolicies.keep50Days(broken);
            TestClock clock = new TestClock(NOW);
            SteppedScheduler scheduler = new SteppedScheduler(clock);
            MessageCleanup cleanup = host.chat().messageCleanup(policies).build();
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(host.chat().runStore())
                    .clock(clock)
                    .scheduler(scheduler)
                    .workers(Runnable::run)
                    .task(cleanup, Schedules.daily(LocalTime.of(2, 30), ZoneOffset.UTC))
                    .build()) {
                engine.start();
                scheduler.advance(ofDays(1));
                Run failed = engine.history("message-cleanup", 1).get(0);
                assertThat(failed.state()).isEqualTo(RunState.FAILED);
                assertThat(failed.detail()).contains("two policies have a rule for global");
                assertThat(host.ids("messages", "id")).containsExactly("1");

                broken.set(false);
                scheduler.advance(ofDays(1));
                assertThat(engine.history("message-cleanup", 10))
                        .extracting(Run::state)
                        .containsExactly(RunState.SUCCEEDED, RunState.FAILED);
                assertThat(host.ids("messages", "id")).isEmpty();
            }
        }
    }
}
