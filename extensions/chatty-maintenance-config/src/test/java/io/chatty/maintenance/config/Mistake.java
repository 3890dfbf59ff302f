package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * One mistake.
 *
 * @param settings what the file says below {@code chatty-maintenance}; the mistake stands in the first line
 * @param message all that is said about it, but for the number of the line
 */
record Mistake(String settings, String message) {

    static final String TIDY = "tasks.tidy.type = tidy\n";
    static final String H2 = "database.url = \"jdbc:h2:mem:nowhere\"\n";
    static final String TABLES = "schema.messages { table = messages, key = id, sent-at = sent_at }\n";
    static final String CLEANUP = H2 + TABLES + "tasks.clean.type = message-cleanup\n";
    static final String CARE = H2 + TABLES + "tasks.care.type = table-care\n";
    static final String ROOMS = CLEANUP + "schema { messages.room = room_id, rooms { table = rooms, key = id } }\n";
    static final String WORKERS = CLEANUP + "database.connections = 5\n";
    static final String DURATIONS =
            "a duration: a whole number and one of ms, s, min, h, days, weeks, such as 30 s; or ISO-8601, such as PT30S";
    static final String CONDITIONS = "is-true, is-present, is-one-of, not, all, has-row, room-has-row, sender-has-row";

    static Mistake mistake(String settings, String message) {
        return new Mistake(settings, message);
    }

    List<String> found() {
        boolean hasTasks = settings.lines().anyMatch(line -> line.startsWith("tasks"));
        return MaintenanceConfig.parse("chatty-maintenance {\n" + settings + "\n" + (hasTasks ? "" : TIDY) + "}")
                .validate();
    }

    /** It is told, and nothing else. */
    void check() {
        assertThat(found())
                .map(message -> message.replaceFirst(" \\(line \\d+\\)$", ""))
                .containsExactly(message);
    }

    @Override
    public String toString() {
        return settings.lines().findFirst().orElse("");
    }
}
