package io.chatty.maintenance.database.mapping;

import static io.chatty.maintenance.jdbc.Match.all;
import static io.chatty.maintenance.jdbc.Match.isOneOf;
import static io.chatty.maintenance.jdbc.Match.isPresent;
import static io.chatty.maintenance.jdbc.Match.not;
import static io.chatty.maintenance.jdbc.TimeKind.epochMillis;
import static io.chatty.maintenance.jdbc.TimeKind.epochMillisText;

import io.chatty.maintenance.jdbc.ChatSchema;

/** Openfire and its monitoring plugin 8, on PostgreSQL and on MariaDB. */
final class OpenfireMapping {

    private OpenfireMapping() {}

    /** The archive has no key: rows of one message id go together, rows without one stay. */
    static ChatSchema archive() {
        return ChatSchema.builder()
                .messages(
                        "ofMessageArchive",
                        m -> m.sharedKey("messageID")
                                .sentAt("sentDate", epochMillis())
                                .roomThrough("conversationID", "ofConversation", "conversationID", "room")
                                .sender("fromJID"))
                .counter(
                        "ofConversation",
                        c -> c.key("conversationID").column("messageCount").of("conversationID"))
                .build();
    }

    /** What rooms show of their past; rows that set the subject stay, an empty one, too. */
    static ChatSchema roomHistory() {
        return ChatSchema.builder()
                .messages(
                        "ofMucConversationLog",
                        m -> m.sharedKey("roomID", "messageID")
                                .sentAt("logTime", epochMillisText(15))
                                .room("roomID")
                                .sender("sender")
                                .never("subject", not(all(not(isPresent("subject")), not(isOneOf("subject", ""))))))
                .build();
    }
}
