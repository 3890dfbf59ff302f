package io.chatty.maintenance.database.mapping;

import static io.chatty.maintenance.jdbc.Match.hasRow;
import static io.chatty.maintenance.jdbc.TimeKind.epochMillis;
import static io.chatty.maintenance.retention.RetentionRule.keepFor;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.retention.RetentionPolicies;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Synapse, on PostgreSQL. */
final class SynapseMapping {

    private SynapseMapping() {}

    /** Events age by the server's own clock; what was received before that was kept, by the sender's. */
    static ChatSchema events() {
        return ChatSchema.builder()
                .messages(
                        "events",
                        m -> m.key("event_id")
                                .sentAt("received_ts", epochMillis())
                                .orElseSentAt("origin_server_ts", epochMillis())
                                .room("room_id")
                                .sender("sender")
                                .softDeletedBy("redactions", "redacts", "received_ts", epochMillis())
                                // not by isPresent("state_key"): most state has an empty one
                                .never("state", hasRow("state_events", "event_id"))
                                .never("extremity", hasRow("event_forward_extremities", "event_id")))
                .children("event_json", "event_id")
                .children("event_relations", "event_id")
                .children("event_edges", "event_id")
                .children("event_search", "event_id")
                .children("event_to_state_groups", "event_id")
                // with what it redacts: were it to go with the redaction itself, what was deleted would live again
                .children("redactions", "redacts")
                .children("threads", "thread_id")
                .children(
                        "room_memberships",
                        c -> c.refersBy("event_stream_ordering").to("stream_ordering"))
                .build();
    }

    /** Each room's own lifetime, else the default, not less than allowed, and not more: to delete can be a duty. */
    static RetentionPolicies policies(Connection connection, Duration usual, Duration least, Duration most)
            throws SQLException {
        RetentionPolicies.Builder policies =
                RetentionPolicies.builder().global(keepFor(usual)).floor(least).ceiling(most);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT room_id, max_lifetime FROM room_retention WHERE max_lifetime IS NOT NULL")) {
            while (row.next()) {
                policies.room(row.getString(1), keepFor(Duration.ofMillis(row.getLong(2))));
            }
        }
        return policies.build();
    }
}
