package io.chatty.maintenance.config;

import static io.chatty.maintenance.jdbc.Match.all;
import static io.chatty.maintenance.jdbc.Match.hasRow;
import static io.chatty.maintenance.jdbc.Match.isOneOf;
import static io.chatty.maintenance.jdbc.Match.isPresent;
import static io.chatty.maintenance.jdbc.Match.isTrue;
import static io.chatty.maintenance.jdbc.Match.not;
import static io.chatty.maintenance.jdbc.Match.roomHasRow;
import static io.chatty.maintenance.jdbc.Match.senderHasRow;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.TimeKind;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A schema that a file describes is the one that the same words of the Java API describe. */
class EveryWordTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** {@code every-word.conf} in the words of the API. */
    private static ChatSchema inJava() {
        return ChatSchema.builder()
                .schema("chat")
                .messages(
                        "messages",
                        m -> m.key("room_id", "nr")
                                .sentAt("used_at", TimeKind.local(BERLIN))
                                .orElseSentAt("made_at", TimeKind.epochMillis())
                                .orElseSentAt("seen_at", TimeKind.zoned())
                                .roomThrough("recipient_id", "recipients", "id", "type_id", isOneOf("type", 2))
                                .team("team_id")
                                .sender("user_id")
                                .softDeletedAt("deleted_at", TimeKind.epochSeconds())
                                .pinned("pinned")
                                .exempt("kept", hasRow("kept", "message_id"))
                                .exempt("starred", hasRow("saved", "message_id", isTrue("active")))
                                .exempt("system", isOneOf("type", "join", "007", 7))
                                .never("banned", senderHasRow("bans", "user_id"))
                                .never("frozen", roomHasRow("frozen", "room_id"))
                                .never("held", roomHasRow("holds", "room_id", isPresent("reason")))
                                .never("state", all(isPresent("state_key"), not(isTrue("redacted"))))
                                .never("suspect", senderHasRow("cases", "user_id", not(isPresent("closed"))))
                                .files("path", "preview"))
                .children("reactions", c -> c.refersBy("room_id", "message_nr").at("at", TimeKind.epochMillisText(15)))
                .children("flags", c -> c.refersBy("name").to("uid").where(isOneOf("category", "flagged")))
                .children("messages", c -> c.refersBy("root_room", "root_nr").setLoose())
                .children(
                        "files",
                        c -> c.refersBy("room_id", "message_nr").files("path").at("uploaded", TimeKind.zoned()))
                .shared(
                        "attachments",
                        s -> s.key("id")
                                .through("links", "attachment_id", "room_id", "message_nr")
                                .keptBy("drafts", "attachment_id")
                                .keptBy("avatars", "file_id")
                                .files("path_id")
                                .at("created", TimeKind.text("uuuu-MM-dd HH:mm:ss", ZoneId.of("UTC"))))
                .counter(
                        "threads",
                        c -> c.key("id").column("replies").of("root_nr").counted(not(isPresent("deleted_at"))))
                .rooms("rooms", "id")
                .users("users", "id")
                .build();
    }

    @Test
    void a_file_describes_what_the_api_describes() {
        assertThat(Described.of(read(file()))).isEqualTo(Described.of(inJava()));
    }

    /** Otherwise the comparison above would not see whether a word is read. */
    @ParameterizedTest
    @MethodSource("words")
    void each_word_of_the_file_says_something(String word) {
        assertThat(said(file().withoutPath(word)))
                .as("the file without %s", word)
                .isNotEqualTo(said(file()));
    }

    static List<String> words() {
        List<String> words = new ArrayList<>();
        file().root().keySet().forEach(key -> words.add(key));
        file().getObject("messages").keySet().forEach(key -> words.add("messages." + key));
        assertThat(words).hasSizeGreaterThan(15);
        return words;
    }

    @ParameterizedTest
    @MethodSource("otherForms")
    void there_are_other_forms_for_other_tables(String hocon, Consumer<MessageTable.Builder> messages) {
        assertThat(Described.of(read(ConfigFactory.parseString("messages { table = messages, " + hocon + " }"))))
                .isEqualTo(Described.of(
                        ChatSchema.builder().messages("messages", messages).build()));
    }

    static List<Object[]> otherForms() {
        return List.of(
                form(
                        "key = id, sent-at = at, room = room",
                        m -> m.key("id").sentAt("at").room("room")),
                form(
                        "key = [id], sent-at = at, or-else-sent-at = made, files = path",
                        m -> m.key("id")
                                .sentAt("at")
                                .orElseSentAt("made", TimeKind.zoned())
                                .files("path")),
                form(
                        "key = id, sent-at = at, or-else-sent-at { column = made, kind = epoch-millis }",
                        m -> m.key("id").sentAt("at").orElseSentAt("made", TimeKind.epochMillis())),
                form(
                        "shared-key = [room, nr], sent-at = at",
                        m -> m.sharedKey("room", "nr").sentAt("at")),
                form(
                        "key = id, sent-at = at, room-through { column = r, table = t, key = k, room = v }",
                        m -> m.key("id").sentAt("at").roomThrough("r", "t", "k", "v")),
                form(
                        "key = id, sent-at = at, soft-deleted-by { table = d, refers-by = m, at { column = t, kind = epoch-millis } }",
                        m -> m.key("id").sentAt("at").softDeletedBy("d", "m", "t", TimeKind.epochMillis())),
                form(
                        "key = id, sent-at = at, soft-deleted-at = gone",
                        m -> m.key("id").sentAt("at").softDeletedAt("gone")));
    }

    private static Object[] form(String hocon, Consumer<MessageTable.Builder> messages) {
        return new Object[] {hocon, messages};
    }

    @Test
    void a_team_may_stand_in_the_table_of_rooms() {
        assertThat(
                        Described.of(
                                read(
                                        ConfigFactory.parseString(
                                                "messages { table = m, key = id, sent-at = at, room = r }, rooms { table = rooms, key = id, team = team }"))))
                .isEqualTo(Described.of(ChatSchema.builder()
                        .messages("m", m -> m.key("id").sentAt("at").room("r"))
                        .rooms("rooms", r -> r.key("id").team("team"))
                        .build()));
    }

    /** {@code schema} of every-word.conf. */
    static Config file() {
        return ConfigFactory.parseResources(EveryWordTest.class.getClassLoader(), "every-word.conf")
                .getConfig("chatty-maintenance.schema");
    }

    private static ChatSchema read(Config schema) {
        Problems problems = new Problems(schema.origin());
        ChatSchema read = SchemaSection.read(Section.root(schema.root(), problems), "a test")
                .orElseThrow(() -> new AssertionError(problems.all()));
        assertThat(problems.all()).isEmpty();
        return read;
    }

    /** The schema, or the mistakes in it. */
    private static Object said(Config schema) {
        Problems problems = new Problems(schema.origin());
        Object read = SchemaSection.read(Section.root(schema.root(), problems), "a test")
                .<Object>map(Described::of)
                .orElse("none");
        return List.of(read, problems.all());
    }
}
