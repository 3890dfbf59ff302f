package io.chatty.maintenance.database.mapping;

import static io.chatty.maintenance.jdbc.Match.isOneOf;
import static io.chatty.maintenance.jdbc.TimeKind.zoned;
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

/** Zulip, on PostgreSQL. Its cascades live in the application, so that all children are named here. */
final class ZulipMapping {

    private static final int STREAM = 2;

    private ZulipMapping() {}

    static ChatSchema messages() {
        return ChatSchema.builder()
                .messages(
                        "zerver_message",
                        m -> m.key("id")
                                .sentAt("date_sent", zoned())
                                .roomThrough(
                                        "recipient_id", "zerver_recipient", "id", "type_id", isOneOf("type", STREAM))
                                .team("realm_id")
                                .sender("sender_id"))
                .children("zerver_reaction", "message_id")
                .children("zerver_submessage", "message_id")
                .children("zerver_usermessage", "message_id")
                .shared(
                        "zerver_attachment",
                        s -> s.key("id")
                                .through("zerver_attachment_messages", "attachment_id", "message_id")
                                .keptBy("zerver_attachment_scheduled_messages", "attachment_id")
                                .files("path_id"))
                .build();
    }

    /** The stream's days, else the realm's; −1 is for ever, and a realm without days keeps for ever, too. */
    static RetentionPolicies policies(Connection connection) throws SQLException {
        RetentionPolicies.Builder policies = RetentionPolicies.builder();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT id, message_retention_days FROM zerver_realm"
                    + " WHERE message_retention_days IS NOT NULL")) {
                while (row.next()) {
                    policies.team(row.getString(1), rule(row.getLong(2)));
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT id, message_retention_days FROM zerver_stream"
                    + " WHERE message_retention_days IS NOT NULL")) {
                while (row.next()) {
                    policies.room(row.getString(1), rule(row.getLong(2)));
                }
            }
        }
        return policies.build();
    }

    private static RetentionRule rule(long days) {
        return days == -1 ? keepForever() : keepFor(Duration.ofDays(days));
    }
}
