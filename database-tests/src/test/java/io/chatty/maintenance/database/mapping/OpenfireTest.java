package io.chatty.maintenance.database.mapping;

import static io.chatty.maintenance.database.schema.CleanedTables.NOW;
import static io.chatty.maintenance.retention.RetentionRule.keepFor;
import static io.chatty.maintenance.retention.RetentionRule.keepForever;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.schema.CleanedTables;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.task.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The mapping for Openfire's message archive and room history against plain SQL. */
final class OpenfireTest {

    private static final String TABLES = """
            CREATE TABLE ofConversation (conversationID INTEGER NOT NULL, room VARCHAR(255), isExternal SMALLINT NOT NULL,
              startDate BIGINT NOT NULL, lastActivity BIGINT NOT NULL, messageCount INTEGER NOT NULL,
              PRIMARY KEY (conversationID));
            CREATE TABLE ofConParticipant (conversationID INTEGER NOT NULL, joinedDate BIGINT NOT NULL, leftDate BIGINT,
              bareJID VARCHAR(255) NOT NULL, jidResource VARCHAR(255) NOT NULL, nickname VARCHAR(255));
            CREATE TABLE ofMessageArchive (messageID BIGINT, conversationID CONVERSATION NOT NULL, fromJID VARCHAR(JID) NOT NULL,
              fromJIDResource VARCHAR(JID), toJID VARCHAR(JID) NOT NULL, toJIDResource VARCHAR(JID), sentDate BIGINT NOT NULL,
              stanza TEXT, body TEXT, isPMforJID VARCHAR(JID));
            CREATE INDEX ofMessageArchive_con_idx ON ofMessageArchive (conversationID);
            CREATE INDEX ofMessageArchive_sent_idx ON ofMessageArchive (sentDate);
            CREATE INDEX ofMessageArchive_fromjid_idx ON ofMessageArchive (fromJID);
            CREATE TABLE ofMucConversationLog (roomID INTEGER NOT NULL, messageID INTEGER NOT NULL, sender VARCHAR(1024) NOT NULL,
              nickname VARCHAR(255), logTime CHAR(15) NOT NULL, subject VARCHAR(255), body TEXT, stanza TEXT);
            CREATE INDEX ofMucConversationLog_time_idx ON ofMucConversationLog (logTime);
            CREATE INDEX ofMucConversationLog_msg_id ON ofMucConversationLog (messageID)""";

    private static final long DAY = 86_400_000L;

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void the_archive_goes_by_its_conversations_room(TestServer server) throws Exception {
        try (CleanedTables host = tables(server)) {
            Random random = new Random(14);
            long now = NOW.toEpochMilli();
            List<String> conversations = new ArrayList<>();
            for (int id = 1; id <= 40; id++) {
                String room = id % 4 == 0 ? "NULL" : "'room" + id % 5 + "@muc'";
                conversations.add(id + ", " + room + ", 0, 0, 0, " + random.nextInt(120));
            }
            List<String> archive = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                archive.add(String.format(
                        "%s, %d, 'u%d@x', NULL, 'u2@x', NULL, %d, NULL, 'hello', NULL",
                        random.nextInt(15) == 0 ? "NULL" : "" + random.nextInt(2000),
                        1 + random.nextInt(42),
                        i % 7,
                        now - random.nextInt(60) * DAY - random.nextInt(1000)));
            }
            host.insert("ofConversation", conversations);
            host.insert("ofMessageArchive", archive);
            // room1 keeps for ever, room2 for five days, all else for thirty
            host.execute(
                    "CREATE TABLE old AS SELECT a.messageID, a.conversationID FROM ofMessageArchive a"
                            + " LEFT JOIN ofConversation c ON c.conversationID = a.conversationID"
                            + " WHERE COALESCE(c.room, '') <> 'room1@muc' AND a.sentDate < CASE WHEN c.room = 'room2@muc' THEN "
                            + (now - 5 * DAY) + " ELSE " + (now - 30 * DAY) + " END",
                    "CREATE TABLE due AS SELECT o.messageID AS id, COUNT(*) AS copies FROM old o WHERE o.messageID IS NOT NULL"
                            + " GROUP BY o.messageID HAVING COUNT(*) ="
                            + " (SELECT COUNT(*) FROM ofMessageArchive a WHERE a.messageID = o.messageID)");
            assertThat(host.strings("SELECT COUNT(*) FROM due WHERE copies > 1").get(0))
                    .as("ids that several rows share")
                    .isNotEqualTo("0");
            Survivors survivors = new Survivors(host)
                    .of(
                            "SELECT CONCAT(COALESCE(messageID, -1), ' ', conversationID, ' ', sentDate) FROM ofMessageArchive",
                            "messageID IS NULL OR messageID NOT IN (SELECT id FROM due)")
                    .all(
                            "SELECT CONCAT(conversationID, '=', messageCount) FROM ofConversation",
                            "SELECT CONCAT(conversationID, '=', GREATEST(0, messageCount - (SELECT COUNT(*) FROM"
                                    + " ofMessageArchive a WHERE a.conversationID = ofConversation.conversationID"
                                    + " AND a.messageID IN (SELECT id FROM due)))) FROM ofConversation");
            RetentionPolicies policies = RetentionPolicies.builder()
                    .global(keepFor(ofDays(30)))
                    .room("room1@muc", keepForever())
                    .room("room2@muc", keepFor(ofDays(5)))
                    .build();
            Counts counts = host.clean(OpenfireMapping.archive(), policies, c -> {});
            survivors.check();
            assertThat(counts.get("skipped.withoutKey")).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void rooms_forget_what_was_said_and_keep_their_subject(TestServer server) throws Exception {
        try (CleanedTables host = tables(server)) {
            Random random = new Random(15);
            long now = NOW.toEpochMilli();
            List<String> log = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                String subject = random.nextInt(10) > 0 ? "NULL" : random.nextBoolean() ? "'all about'" : "''";
                log.add(String.format(
                        "%d, %d, 'u@x', 'nick', '%015d', %s, 'hello', NULL",
                        1 + random.nextInt(5),
                        random.nextInt(2000),
                        now - random.nextInt(60) * DAY - random.nextInt(1000),
                        subject));
            }
            host.insert("ofMucConversationLog", log);
            host.execute("CREATE TABLE due AS SELECT l.roomID, l.messageID FROM ofMucConversationLog l"
                    + " GROUP BY l.roomID, l.messageID HAVING MAX(CAST(l.logTime AS DECIMAL(20))) < " + (now - 30 * DAY)
                    + " AND COUNT(l.subject) = 0");
            Survivors survivors = new Survivors(host)
                    .of(
                            "SELECT CONCAT(roomID, ' ', messageID, ' ', logTime, COALESCE(subject, '-'))"
                                    + " FROM ofMucConversationLog l",
                            "NOT EXISTS (SELECT 1 FROM due d WHERE d.roomID = l.roomID AND d.messageID = l.messageID)");
            host.clean(
                    OpenfireMapping.roomHistory(),
                    RetentionPolicies.builder().global(keepFor(ofDays(30))).build(),
                    c -> {});
            survivors.check();
        }
    }

    private static CleanedTables tables(TestServer server) throws Exception {
        CleanedTables host = new CleanedTables(server).batchesOf(100);
        boolean postgresql = server == TestServer.POSTGRESQL;
        host.execute(TABLES.replace("CONVERSATION ", postgresql ? "INTEGER " : "BIGINT ")
                .replace("(JID)", postgresql ? "(1024)" : "(255)")
                .split(";", -1));
        return host;
    }
}
