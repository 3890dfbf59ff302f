package io.chatty.maintenance.database.mapping;

import static io.chatty.maintenance.jdbc.Match.all;
import static io.chatty.maintenance.jdbc.Match.isOneOf;
import static io.chatty.maintenance.jdbc.Match.isPresent;
import static io.chatty.maintenance.jdbc.Match.isTrue;
import static io.chatty.maintenance.jdbc.Match.not;
import static io.chatty.maintenance.jdbc.TimeKind.epochMillis;
import static io.chatty.maintenance.retention.RetentionRule.keepFor;
import static io.chatty.maintenance.retention.RetentionRule.keepForever;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Mattermost, on PostgreSQL and on MariaDB, where names are the same but for their capitals. */
final class MattermostMapping {

    private MattermostMapping() {}

    /** Posts age by themselves, with all that is theirs. */
    static ChatSchema posts() {
        return ChatSchema.builder()
                .messages(
                        "posts",
                        m -> m.key("id")
                                .sentAt("createat", epochMillis())
                                .softDeletedAt("deleteat", epochMillis())
                                .room("channelid")
                                .sender("userid")
                                // a pin does not shield what its author deleted; 0, and NULL of old rows, is "not
                                // deleted"
                                .exempt(
                                        "pinned",
                                        all(
                                                isTrue("ispinned"),
                                                not(all(isPresent("deleteat"), not(isOneOf("deleteat", 0)))))))
                .children("reactions", "postid")
                .children("fileinfo", c -> c.refersBy("postid").files("path", "thumbnailpath", "previewpath"))
                .children("threadmemberships", "postid")
                .children("threads", "postid")
                .children("postspriority", "postid")
                .children("postacknowledgements", "postid")
                .children("postreminders", "postid")
                .children("persistentnotifications", "postid")
                .children("preferences", c -> c.refersBy("name").where(isOneOf("category", "flagged_post")))
                .counter(
                        "threads",
                        c -> c.key("postid")
                                .column("replycount")
                                .of("rootid")
                                .counted(not(all(isPresent("deleteat"), not(isOneOf("deleteat", 0))))))
                .rooms("channels", r -> r.key("id").team("teamid"))
                .build();
    }

    /** Threads age by their last reply: a cleanup of its own. */
    static ChatSchema threads() {
        return ChatSchema.builder()
                .messages(
                        "threads",
                        m -> m.key("postid")
                                .sentAt("lastreplyat", epochMillis())
                                .room("channelid"))
                .children("threadmemberships", "postid")
                .rooms("channels", r -> r.key("id").team("teamid"))
                .build();
    }

    /** The channel's policy, else the team's, else the global one, whichever is longer; days below zero are for ever. */
    static RetentionPolicies policies(Connection connection, Duration global) throws SQLException {
        RetentionPolicies.Builder policies = RetentionPolicies.builder().global(keepFor(global));
        String days = "SELECT o.%s, p.PostDuration FROM %s o JOIN RetentionPolicies p ON p.Id = o.PolicyId";
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row =
                    statement.executeQuery(String.format(days, "ChannelId", "RetentionPoliciesChannels"))) {
                while (row.next()) {
                    policies.room(row.getString(1), rule(row.getLong(2)));
                }
            }
            try (ResultSet row = statement.executeQuery(String.format(days, "TeamId", "RetentionPoliciesTeams"))) {
                while (row.next()) {
                    policies.team(row.getString(1), rule(row.getLong(2)));
                }
            }
        }
        return policies.build();
    }

    private static RetentionRule rule(long days) {
        return days < 0 ? keepForever() : keepFor(Duration.ofDays(days));
    }
}
