package io.chatty.maintenance.database.schema;

import static io.chatty.maintenance.database.schema.CleanedTables.MONTH;
import static io.chatty.maintenance.database.schema.CleanedTables.OLD;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.task.Counts;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A hold covers what it may cover, however little the host's columns can tell. */
final class HeldMessagesTest {

    private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");
    private static final Instant LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z");

    /** Policies by which a condition says what is due, and such by which messages are judged one by one. */
    private static Stream<Arguments> ways() {
        RetentionRule month = RetentionRule.keepFor(ofDays(30));
        RetentionPolicies judged =
                RetentionPolicies.builder().global(month).user("99", month).build();
        return Stream.of(TestServer.values())
                .flatMap(server -> Stream.of(Arguments.of(server, MONTH), Arguments.of(server, judged)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_hold_up_to_the_last_second_of_9999_covers_what_was_sent_east_of_greenwich(
            TestServer server, RetentionPolicies policies) throws Exception {
        String local = server == TestServer.MARIADB ? "DATETIME" : "TIMESTAMP";
        assertHeldToTheEnd(server, policies, local, TimeKind.local(TOKYO));
        assertHeldToTheEnd(server, policies, "VARCHAR(30)", TimeKind.text("uuuu-MM-dd HH:mm:ss", TOKYO));
    }

    private static void assertHeldToTheEnd(TestServer server, RetentionPolicies policies, String type, TimeKind kind)
            throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent " + type + ", room BIGINT, author BIGINT)");
            host.insert("messages", List.of("1, '2020-01-01 00:00:00', 7, 1", "2, '2020-01-01 00:00:00', 8, 1"));
            ChatDatabase chat = host.chat(ChatSchema.builder()
                    .messages(
                            "messages",
                            m -> m.key("id").sentAt("sent", kind).room("room").sender("author"))
                    .build());
            chat.migrate();
            chat.holds()
                    .place(LegalHold.builder("case", "counsel", "litigation")
                            .room("7")
                            .to(LAST_SECOND)
                            .build());
            Counts counts = host.clean(chat, policies, cleanup -> {});
            assertThat(host.left("messages", "id")).as(type).containsExactly("1");
            assertThat(counts.get("skipped.held")).as(type).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_room_that_is_held_may_be_that_of_any_message_where_messages_have_no_room(
            TestServer server, RetentionPolicies policies) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, room BIGINT)");
            host.execute("CREATE TABLE notices (id BIGINT PRIMARY KEY, sent BIGINT, author BIGINT)");
            host.insert("notices", List.of("1, " + OLD + ", 1"));
            TimeKind millis = TimeKind.epochMillis();
            ChatDatabase rooms = host.chat(ChatSchema.builder()
                    .messages(
                            "messages", m -> m.key("id").sentAt("sent", millis).room("room"))
                    .build());
            rooms.migrate();
            rooms.holds()
                    .place(LegalHold.builder("case", "counsel", "litigation")
                            .room("7")
                            .build());
            Counts counts = host.clean(
                    ChatSchema.builder()
                            .messages(
                                    "notices",
                                    m -> m.key("id").sentAt("sent", millis).sender("author"))
                            .build(),
                    policies,
                    cleanup -> {});
            assertThat(host.left("notices", "id")).containsExactly("1");
            assertThat(counts.get("skipped.held")).isEqualTo(1);
        }
    }
}
