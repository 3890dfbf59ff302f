package io.chatty.maintenance.database.mapping;

import static io.chatty.maintenance.database.schema.CleanedTables.NOW;
import static java.time.Duration.ofDays;

import io.chatty.maintenance.database.schema.CleanedTables;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.retention.RetentionPolicies;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The mapping for Mattermost against what its own rules say, in plain SQL. */
final class MattermostTest {

    private static final String TABLES = """
            CREATE TABLE Posts (Id VARCHAR(26) PRIMARY KEY, CreateAt BIGINT, UpdateAt BIGINT, EditAt BIGINT, DeleteAt BIGINT,
              IsPinned BOOLEAN, UserId VARCHAR(26), ChannelId VARCHAR(26), RootId VARCHAR(26), OriginalId VARCHAR(26),
              Message TEXT, Type VARCHAR(26), Props JSON, Hashtags TEXT, Filenames TEXT, FileIds VARCHAR(300),
              HasReactions BOOLEAN, RemoteId VARCHAR(26));
            CREATE INDEX idx_posts_create_at_id ON Posts (CreateAt, Id);
            CREATE INDEX idx_posts_delete_at ON Posts (DeleteAt);
            CREATE INDEX idx_posts_root_id ON Posts (RootId);
            CREATE INDEX idx_posts_channel_id_delete_at_create_at ON Posts (ChannelId, DeleteAt, CreateAt);
            CREATE TABLE FileInfo (Id VARCHAR(26) PRIMARY KEY, CreatorId VARCHAR(26), PostId VARCHAR(26), CreateAt BIGINT,
              UpdateAt BIGINT, DeleteAt BIGINT, Path VARCHAR(512), ThumbnailPath VARCHAR(512), PreviewPath VARCHAR(512),
              Name VARCHAR(256), Extension VARCHAR(64), Size BIGINT, MimeType VARCHAR(256), Width INTEGER, Height INTEGER,
              HasPreviewImage BOOLEAN, MiniPreview BYTES, Content TEXT, RemoteId VARCHAR(26), Archived BOOLEAN NOT NULL,
              ChannelId VARCHAR(26));
            CREATE INDEX idx_fileinfo_postid_at ON FileInfo (PostId);
            CREATE TABLE Reactions (UserId VARCHAR(26), PostId VARCHAR(26), EmojiName VARCHAR(64), CreateAt BIGINT,
              UpdateAt BIGINT, DeleteAt BIGINT, RemoteId VARCHAR(26), ChannelId VARCHAR(26) NOT NULL DEFAULT '',
              PRIMARY KEY (PostId, UserId, EmojiName));
            CREATE TABLE Threads (PostId VARCHAR(26) PRIMARY KEY, ReplyCount BIGINT, LastReplyAt BIGINT, Participants JSON,
              ChannelId VARCHAR(26), ThreadDeleteAt BIGINT, ThreadTeamId VARCHAR(26));
            CREATE TABLE ThreadMemberships (PostId VARCHAR(26), UserId VARCHAR(26), Following BOOLEAN, LastViewed BIGINT,
              LastUpdated BIGINT, UnreadMentions BIGINT, PRIMARY KEY (PostId, UserId));
            CREATE TABLE PostsPriority (PostId VARCHAR(26) PRIMARY KEY, ChannelId VARCHAR(26), Priority VARCHAR(32),
              RequestedAck BOOLEAN, PersistentNotifications BOOLEAN);
            CREATE TABLE PostAcknowledgements (PostId VARCHAR(26), UserId VARCHAR(26), AcknowledgedAt BIGINT,
              PRIMARY KEY (PostId, UserId));
            CREATE TABLE PostReminders (PostId VARCHAR(26), UserId VARCHAR(26), TargetTime BIGINT,
              PRIMARY KEY (PostId, UserId));
            CREATE TABLE PersistentNotifications (PostId VARCHAR(26) PRIMARY KEY, CreateAt BIGINT, LastSentAt BIGINT,
              DeleteAt BIGINT, SentCount SMALLINT);
            CREATE TABLE Preferences (UserId VARCHAR(26), Category VARCHAR(32), Name VARCHAR(32), Value VARCHAR(2000),
              PRIMARY KEY (UserId, Category, Name));
            CREATE TABLE Channels (Id VARCHAR(26) PRIMARY KEY, TeamId VARCHAR(26));
            CREATE TABLE RetentionPolicies (Id VARCHAR(26) PRIMARY KEY, DisplayName VARCHAR(64), PostDuration BIGINT);
            CREATE TABLE RetentionPoliciesChannels (PolicyId VARCHAR(26), ChannelId VARCHAR(26) PRIMARY KEY,
              FOREIGN KEY (PolicyId) REFERENCES RetentionPolicies (Id) ON DELETE CASCADE);
            CREATE TABLE RetentionPoliciesTeams (PolicyId VARCHAR(26), TeamId VARCHAR(26) PRIMARY KEY,
              FOREIGN KEY (PolicyId) REFERENCES RetentionPolicies (Id) ON DELETE CASCADE);
            INSERT INTO Channels VALUES ('c1', 't1'), ('c2', 't1'), ('c3', 't2'), ('c4', 't1'), ('c5', 't2'), ('c6', 't3'),
              ('c7', 't4'), ('c8', ''), ('c9', ''), ('c10', 't2');
            INSERT INTO RetentionPolicies VALUES ('p1', 'short', 10), ('p2', 'for ever', -1), ('p3', 'long', 400);
            INSERT INTO RetentionPoliciesChannels VALUES ('p1', 'c1'), ('p2', 'c2'), ('p1', 'c3'), ('p3', 'c9');
            INSERT INTO RetentionPoliciesTeams VALUES ('p3', 't1'), ('p2', 't2'), ('p1', 't3')""";

    private static final String DUE = """
            CREATE TABLE due AS SELECT p.Id FROM Posts p LEFT JOIN Channels c ON c.Id = p.ChannelId
              LEFT JOIN RetentionPoliciesChannels rc ON rc.ChannelId = p.ChannelId
              LEFT JOIN RetentionPolicies a ON a.Id = rc.PolicyId
              LEFT JOIN RetentionPoliciesTeams rt ON rt.TeamId = c.TeamId
              LEFT JOIN RetentionPolicies b ON b.Id = rt.PolicyId
            WHERE (p.DeleteAt > 0 AND p.DeleteAt < NOW - 7 * 86400000)
              OR (p.CreateAt > 0 AND COALESCE(a.PostDuration, b.PostDuration, 90) >= 0
                AND p.CreateAt < NOW - COALESCE(a.PostDuration, b.PostDuration, 90) * 86400000
                AND NOT (COALESCE(p.IsPinned, FALSE) AND COALESCE(p.DeleteAt, 0) = 0))
              OR (p.ChannelId <> '' AND c.Id IS NULL)""";

    private static final String DUE_THREADS = """
            CREATE TABLE due_threads AS SELECT t.PostId AS Id FROM Threads t LEFT JOIN Channels c ON c.Id = t.ChannelId
              LEFT JOIN RetentionPoliciesChannels rc ON rc.ChannelId = t.ChannelId
              LEFT JOIN RetentionPolicies a ON a.Id = rc.PolicyId
              LEFT JOIN RetentionPoliciesTeams rt ON rt.TeamId = c.TeamId
              LEFT JOIN RetentionPolicies b ON b.Id = rt.PolicyId
            WHERE t.LastReplyAt > 0 AND COALESCE(a.PostDuration, b.PostDuration, 90) >= 0
              AND t.LastReplyAt < NOW - COALESCE(a.PostDuration, b.PostDuration, 90) * 86400000""";

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void posts_and_threads_go_as_mattermosts_own_policies_say(TestServer server) throws Exception {
        survivesWhatIsToSurvive(
                server,
                host -> host.clean(
                        MattermostMapping.posts(),
                        policies(host),
                        c -> c.softDeleteGrace(ofDays(7)).removeOrphans()));
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void a_file_has_the_same_posts_go(TestServer server) throws Exception {
        survivesWhatIsToSurvive(server, host -> FileMapping.clean(host, "mattermost.conf"));
    }

    private static RetentionPolicies policies(CleanedTables host) throws SQLException {
        try (Connection connection = host.database.dataSource().getConnection()) {
            return MattermostMapping.policies(connection, ofDays(90));
        }
    }

    private static void survivesWhatIsToSurvive(TestServer server, Cleaning posts) throws Exception {
        try (CleanedTables host = new CleanedTables(server).batchesOf(200)) {
            boolean postgresql = server == TestServer.POSTGRESQL;
            host.execute(TABLES.replace(" JSON", postgresql ? " JSONB" : " JSON")
                    .replace(" BYTES", postgresql ? " BYTEA" : " BLOB")
                    .split(";", -1));
            fill(host, new Random(11));
            long now = NOW.toEpochMilli();
            host.execute(DUE.replace("NOW", "" + now));
            String left = " IN (SELECT Id FROM Posts WHERE Id NOT IN (SELECT Id FROM due))";
            Survivors survivors = new Survivors(host)
                    .of("SELECT Id FROM Posts", "Id NOT IN (SELECT Id FROM due)")
                    .of("SELECT CONCAT(PostId, UserId) FROM Reactions", "PostId" + left)
                    .of("SELECT Id FROM FileInfo", "PostId = '' OR PostId" + left)
                    .of("SELECT CONCAT(PostId, UserId) FROM ThreadMemberships", "PostId" + left)
                    .of("SELECT PostId FROM PostsPriority", "PostId" + left)
                    .of("SELECT CONCAT(PostId, UserId) FROM PostAcknowledgements", "PostId" + left)
                    .of("SELECT CONCAT(PostId, UserId) FROM PostReminders", "PostId" + left)
                    .of("SELECT PostId FROM PersistentNotifications", "PostId" + left)
                    .of(
                            "SELECT CONCAT(UserId, Category, Name) FROM Preferences",
                            "Category <> 'flagged_post' OR Name" + left)
                    .all(
                            "SELECT CONCAT(PostId, '=', ReplyCount) FROM Threads",
                            "SELECT CONCAT(PostId, '=', GREATEST(0, ReplyCount - (SELECT COUNT(*) FROM Posts p WHERE"
                                    + " p.RootId = Threads.PostId AND COALESCE(p.DeleteAt, 0) = 0 AND p.Id IN"
                                    + " (SELECT Id FROM due)))) FROM Threads WHERE PostId" + left);
            posts.clean(host);
            survivors.check();

            host.execute(DUE_THREADS.replace("NOW", "" + now));
            Survivors ofThreads = new Survivors(host)
                    .of("SELECT PostId FROM Threads", "PostId NOT IN (SELECT Id FROM due_threads)")
                    .of(
                            "SELECT CONCAT(PostId, UserId) FROM ThreadMemberships",
                            "PostId NOT IN (SELECT Id FROM due_threads)");
            host.clean(MattermostMapping.threads(), policies(host), c -> {});
            ofThreads.check();
        }
    }

    private static void fill(CleanedTables host, Random random) throws Exception {
        long now = NOW.toEpochMilli();
        List<String> posts = new ArrayList<>();
        List<String> files = new ArrayList<>();
        List<String> reactions = new ArrayList<>();
        List<String> threads = new ArrayList<>();
        List<String> byUser = new ArrayList<>();
        List<String> once = new ArrayList<>();
        List<String> preferences = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            String id = String.format("%-26s", Long.toString(random.nextLong() >>> 1, 36))
                    .replace(' ', 'q');
            String root =
                    ids.isEmpty() || random.nextInt(3) > 0 ? "" : ids.get(random.nextInt(Math.min(ids.size(), 300)));
            ids.add(id);
            long sent = now - random.nextInt(500) * 86_400_000L - random.nextInt(86_400_000);
            String createAt = random.nextInt(50) == 0 ? (random.nextBoolean() ? "NULL" : "0") : "" + sent;
            long deleted = now - random.nextInt(14) * 86_400_000L;
            String deleteAt = pick(random, "0", "0", "0", "0", "0", "0", "NULL", "" + deleted);
            String channel = random.nextInt(40) == 0 ? pick(random, "gone", "") : "c" + (1 + random.nextInt(10));
            posts.add(String.format(
                    "'%s', %s, %s, 0, %s, %s, 'u%d', '%s', '%s', '', 'hello', '', '{}', '', '[]', '[]', FALSE, NULL",
                    id,
                    createAt,
                    createAt,
                    deleteAt,
                    pick(random, "NULL", "FALSE", "FALSE", "TRUE"),
                    i % 9,
                    channel,
                    root));
            String of = random.nextInt(60) == 0 ? "nowhere" + i : id;
            if (random.nextInt(4) == 0) {
                files.add(String.format(
                        "'f%d', 'u1', '%s', 0, 0, 0, 'a/%d', 'b/%d', '', 'n', 'png', 1, 'image/png', 1, 1, TRUE, NULL, '',"
                                + " NULL, FALSE, '%s'",
                        i, random.nextInt(5) == 0 ? "" : of, i, i, channel));
            }
            if (random.nextInt(2) == 0) {
                reactions.add(String.format("'u%d', '%s', '+1', 0, 0, 0, NULL, '%s'", i % 5, of, channel));
                byUser.add(String.format("'%s', 'u%d'", of, i % 5));
                once.add("'" + of + "'");
            }
            if (i < 300) {
                threads.add(String.format(
                        "'%s', %d, %d, '[]', '%s', 0, ''",
                        id, random.nextInt(9), now - random.nextInt(500) * 86_400_000L, channel));
            }
            preferences.add(String.format(
                    "'u%d', '%s', '%s', 'true'", i % 7, pick(random, "flagged_post", "flagged_post", "theme"), of));
        }
        host.insert("Posts", posts);
        host.insert("FileInfo", files);
        host.insert("Reactions", reactions);
        host.insert("Threads", threads);
        host.insert("Preferences", preferences);
        host.insert("ThreadMemberships (PostId, UserId)", byUser);
        host.insert("PostAcknowledgements (PostId, UserId)", byUser);
        host.insert("PostReminders (PostId, UserId)", byUser);
        host.insert("PostsPriority (PostId)", once);
        host.insert("PersistentNotifications (PostId)", once);
    }

    private static String pick(Random random, String... from) {
        return from[random.nextInt(from.length)];
    }
}
