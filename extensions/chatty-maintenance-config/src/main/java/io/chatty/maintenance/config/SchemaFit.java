package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageTable;
import java.util.ArrayList;
import java.util.List;

/** What settings of a cleanup ask of the tables. The rest is looked at when the engine starts. */
final class SchemaFit {

    private static final String SHARED_KEY = "schema.messages.shared-key is set, and several messages can share a key";

    private SchemaFit() {}

    /** Notes what does not go with those of the settings that are set. */
    static void check(Section settings, ChatSchema schema, int workers) {
        MessageTable messages = schema.messages();
        if (settings.has("size-cap") && messages.sentAt().size() > 1) {
            settings.refuse(
                    "size-cap",
                    "but schema.messages.or-else-sent-at is set, and the oldest messages are found by one time of sending;"
                            + " leave one of the two away");
        }
        if (messages.isKeyShared()) {
            for (String key : List.of("size-cap", "archive-folder")) {
                if (settings.has(key)) {
                    settings.refuse(
                            key, "but " + SHARED_KEY + "; set schema.messages.key, or leave one of the two away");
                }
            }
        }
        if (workers > 1) {
            inTheWay(schema)
                    .forEach(reason ->
                            settings.refuse("workers", "but " + reason + "; set workers = 1, or leave that away"));
        }
    }

    /** What only one worker can tell, or change, at a time. */
    private static List<String> inTheWay(ChatSchema schema) {
        List<String> reasons = new ArrayList<>();
        MessageTable messages = schema.messages();
        if (messages.isKeyShared()) {
            reasons.add(SHARED_KEY);
        }
        boolean files = !messages.files().isEmpty()
                || schema.children().stream().anyMatch(child -> !child.files().isEmpty());
        if (files) {
            reasons.add("schema has files, of whose last two references each could go by another worker");
        }
        if (!schema.shared().isEmpty()) {
            reasons.add("schema.shared is set, whose last two messages each could go by another worker");
        }
        if (!schema.counters().isEmpty()) {
            reasons.add("schema.counters is set, where who changes one keeps all others waiting");
        }
        if (schema.children().stream().anyMatch(child -> child.table().equals(messages.table()))) {
            reasons.add("schema.children has messages that refer to messages, which another worker may hold");
        }
        return reasons;
    }
}
