package io.chatty.maintenance.database.mapping;

import static io.chatty.maintenance.database.schema.CleanedTables.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.schema.CleanedTables;
import io.chatty.maintenance.database.servers.TestServer;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The mapping for Zulip against what its own rules say, in plain SQL. */
final class ZulipTest {

    private static final String TABLES = """
            CREATE TABLE zerver_realm (id SERIAL PRIMARY KEY, message_retention_days INTEGER);
            CREATE TABLE zerver_stream (id SERIAL PRIMARY KEY, realm_id INTEGER REFERENCES zerver_realm,
              message_retention_days INTEGER);
            CREATE TABLE zerver_recipient (id SERIAL PRIMARY KEY, type_id INTEGER NOT NULL, type SMALLINT NOT NULL,
              UNIQUE (type, type_id));
            CREATE TABLE zerver_message (id SERIAL PRIMARY KEY, sender_id INTEGER NOT NULL,
              recipient_id INTEGER NOT NULL REFERENCES zerver_recipient, realm_id INTEGER NOT NULL REFERENCES zerver_realm,
              sending_client_id INTEGER NOT NULL, type SMALLINT NOT NULL DEFAULT 1, subject VARCHAR(60) NOT NULL,
              content TEXT NOT NULL, rendered_content TEXT, rendered_content_version INTEGER,
              date_sent TIMESTAMPTZ NOT NULL, last_edit_time TIMESTAMPTZ, edit_history TEXT,
              has_attachment BOOLEAN NOT NULL DEFAULT FALSE, has_image BOOLEAN NOT NULL DEFAULT FALSE,
              has_link BOOLEAN NOT NULL DEFAULT FALSE, is_channel_message BOOLEAN NOT NULL DEFAULT TRUE,
              search_tsvector TSVECTOR);
            CREATE INDEX ON zerver_message (realm_id, recipient_id, date_sent);
            CREATE INDEX ON zerver_message (date_sent);
            CREATE INDEX ON zerver_message (realm_id, id DESC);
            CREATE INDEX ON zerver_message USING gin (search_tsvector);
            CREATE TABLE zerver_usermessage (id BIGSERIAL PRIMARY KEY, user_profile_id INTEGER NOT NULL,
              message_id INTEGER NOT NULL REFERENCES zerver_message DEFERRABLE INITIALLY DEFERRED,
              flags BIGINT NOT NULL DEFAULT 0, UNIQUE (user_profile_id, message_id));
            CREATE INDEX ON zerver_usermessage (message_id);
            CREATE INDEX ON zerver_usermessage (user_profile_id, message_id) WHERE flags & 2 <> 0;
            CREATE TABLE zerver_reaction (id SERIAL PRIMARY KEY, user_profile_id INTEGER,
              message_id INTEGER NOT NULL REFERENCES zerver_message DEFERRABLE INITIALLY DEFERRED, emoji_name TEXT,
              reaction_type VARCHAR(30), emoji_code TEXT, UNIQUE (user_profile_id, message_id, reaction_type, emoji_code));
            CREATE TABLE zerver_submessage (id SERIAL PRIMARY KEY,
              message_id INTEGER NOT NULL REFERENCES zerver_message DEFERRABLE INITIALLY DEFERRED, sender_id INTEGER,
              msg_type TEXT, content TEXT);
            CREATE TABLE zerver_attachment (id SERIAL PRIMARY KEY, file_name TEXT, path_id TEXT UNIQUE, owner_id INTEGER,
              realm_id INTEGER, create_time TIMESTAMPTZ, size INTEGER, content_type TEXT, is_realm_public BOOLEAN,
              is_web_public BOOLEAN);
            CREATE TABLE zerver_attachment_messages (id SERIAL PRIMARY KEY,
              attachment_id INTEGER NOT NULL REFERENCES zerver_attachment DEFERRABLE INITIALLY DEFERRED,
              message_id INTEGER NOT NULL REFERENCES zerver_message DEFERRABLE INITIALLY DEFERRED,
              UNIQUE (attachment_id, message_id));
            CREATE TABLE zerver_attachment_scheduled_messages (id SERIAL PRIMARY KEY,
              attachment_id INTEGER NOT NULL REFERENCES zerver_attachment DEFERRABLE INITIALLY DEFERRED,
              scheduledmessage_id INTEGER NOT NULL, UNIQUE (attachment_id, scheduledmessage_id));
            INSERT INTO zerver_realm VALUES (1, 30), (2, -1), (3, NULL);
            INSERT INTO zerver_stream VALUES (1, 1, NULL), (2, 1, -1), (3, 1, 100), (4, 2, NULL), (5, 2, 10), (6, 3, NULL),
              (7, 3, 60);
            INSERT INTO zerver_recipient VALUES (101, 1, 2), (102, 2, 2), (103, 3, 2), (104, 4, 2), (105, 5, 2), (106, 6, 2),
              (107, 7, 2), (201, 1, 1), (202, 2, 1), (205, 5, 1), (302, 2, 3)""";

    @Test
    void messages_go_by_their_streams_days_else_by_their_realms() throws Exception {
        survivesWhatIsToSurvive(host -> {
            try (Connection connection = host.database.dataSource().getConnection()) {
                host.clean(ZulipMapping.messages(), ZulipMapping.policies(connection), c -> {});
            }
        });
    }

    @Test
    void a_file_has_the_same_rows_go() throws Exception {
        survivesWhatIsToSurvive(host -> FileMapping.clean(host, "zulip.conf"));
    }

    private static void survivesWhatIsToSurvive(Cleaning cleaning) throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.POSTGRESQL).batchesOf(100)) {
            host.execute(TABLES.split(";", -1));
            fill(host, new Random(12));
            // DM recipients have a user's or a group's id, which is a stream's as well: their realm's days count.
            host.execute("CREATE TABLE due AS SELECT m.id FROM zerver_message m"
                    + " JOIN zerver_realm r ON r.id = m.realm_id JOIN zerver_recipient c ON c.id = m.recipient_id"
                    + " LEFT JOIN zerver_stream s ON c.type = 2 AND s.id = c.type_id"
                    + " WHERE COALESCE(s.message_retention_days, r.message_retention_days) > 0 AND m.date_sent < TIMESTAMPTZ '"
                    + NOW + "' - make_interval(days => COALESCE(s.message_retention_days, r.message_retention_days))");
            String left = "message_id NOT IN (SELECT id FROM due)";
            Survivors survivors = new Survivors(host)
                    .of("SELECT id FROM zerver_message", "id NOT IN (SELECT id FROM due)")
                    .of("SELECT id FROM zerver_usermessage", left)
                    .of("SELECT id FROM zerver_reaction", left)
                    .of("SELECT id FROM zerver_submessage", left)
                    .of("SELECT id FROM zerver_attachment_messages", left)
                    .of(
                            "SELECT id FROM zerver_attachment",
                            "id IN (SELECT attachment_id FROM zerver_attachment_scheduled_messages)"
                                    + " OR id IN (SELECT attachment_id FROM zerver_attachment_messages WHERE " + left
                                    + ")"
                                    + " OR id NOT IN (SELECT attachment_id FROM zerver_attachment_messages)");
            cleaning.clean(host);
            survivors.check();
            assertThat(host.strings("SELECT COUNT(*) FROM zerver_attachment_scheduled_messages"))
                    .as("what keeps attachments is left alone")
                    .containsExactly("40");
        }
    }

    private static void fill(CleanedTables host, Random random) throws Exception {
        List<String> messages = new ArrayList<>();
        List<String> users = new ArrayList<>();
        List<String> reactions = new ArrayList<>();
        List<String> submessages = new ArrayList<>();
        List<String> links = new ArrayList<>();
        int[] recipients = {101, 102, 103, 104, 105, 106, 107, 201, 202, 205, 302};
        int[] realms = {1, 1, 1, 2, 2, 3, 3};
        for (int id = 1; id <= 3000; id++) {
            int recipient = random.nextInt(recipients.length);
            int realm = recipient < realms.length ? realms[recipient] : 1 + random.nextInt(3);
            messages.add(String.format(
                    "%d, %d, %d, %d, 1, 1, 'topic', 'hello', '<p>hello</p>', 1, '%s', NULL, NULL, FALSE, FALSE, FALSE, %b, NULL",
                    id,
                    random.nextInt(9),
                    recipients[recipient],
                    realm,
                    NOW.minusSeconds(random.nextInt(150 * 86_400)),
                    recipient < realms.length));
            for (int user = 0; user < random.nextInt(4); user++) {
                users.add(user + ", " + id + ", 1");
            }
            if (random.nextInt(3) == 0) {
                reactions.add("1, " + id + ", '+1', 'unicode', '1f44d'");
            }
            if (random.nextInt(20) == 0) {
                submessages.add(id + ", 1, 'widget', '{}'");
            }
        }
        List<String> attachments = new ArrayList<>();
        List<String> scheduled = new ArrayList<>();
        for (int id = 1; id <= 400; id++) {
            attachments.add(id + ", 'f', 'path/" + id + "', 1, 1, '2026-01-01Z', 1, 'image/png', TRUE, FALSE");
            int first = 1 + random.nextInt(2000);
            for (int i = 0; i < random.nextInt(4); i++) {
                links.add(id + ", " + (first + i * 300));
            }
            if (id % 10 == 0) {
                scheduled.add(id + ", " + id);
            }
        }
        host.insert("zerver_message", messages);
        host.insert("zerver_usermessage (user_profile_id, message_id, flags)", users);
        host.insert("zerver_reaction (user_profile_id, message_id, emoji_name, reaction_type, emoji_code)", reactions);
        host.insert("zerver_submessage (message_id, sender_id, msg_type, content)", submessages);
        host.insert("zerver_attachment", attachments);
        host.insert("zerver_attachment_messages (attachment_id, message_id)", links);
        host.insert("zerver_attachment_scheduled_messages (attachment_id, scheduledmessage_id)", scheduled);
    }
}
