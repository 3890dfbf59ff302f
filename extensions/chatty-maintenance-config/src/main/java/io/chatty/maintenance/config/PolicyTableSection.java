package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.PolicyTable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One of {@code policies.tables}: rules that stand in a table of the host's own. */
final class PolicyTableSection {

    private static final List<String> LEVELS = List.of("team", "room", "user", "global");

    private static final List<String> THROUGH = List.of("column", "table", "key");

    private final Section section;

    private PolicyTableSection(Section section) {
        this.section = section;
    }

    static Optional<PolicyTable> read(Section section, Optional<ChatDatabase> database) {
        return new PolicyTableSection(section).read(database);
    }

    private Optional<PolicyTable> read(Optional<ChatDatabase> database) {
        int before = section.mistakes();
        Optional<String> table = section.required("table", Kind.TEXT, "the table that says what a rule is for");
        String level = level();
        Optional<List<String>> through = through();
        section.either("keep-days", "keep-millis");
        Optional<String> days = section.get("keep-days", Kind.TEXT);
        Optional<String> millis = section.get("keep-millis", Kind.TEXT);
        Optional<String> latest = section.get("keep-latest", Kind.TEXT);
        Map<String, Long> forever = section.list("forever", Kind.WHOLE_NUMBER);
        Optional<Match> where = MatchSection.ofRows(section, "where");
        Optional<Long> cacheSize = section.get("cache-size", Kind.WHOLE_NUMBER);
        Optional<Duration> cachedFor = section.get("cached-for", Kind.DURATION);
        boolean timed = section.has("keep-days") || section.has("keep-millis");
        if (!timed && !section.has("keep-latest")) {
            section.problem("no rule given; the column of one is required: keep-days, keep-millis or keep-latest");
        }
        if (level.equals("user") && section.has("keep-latest")) {
            section.refuse("keep-latest", "but the latest are counted by room; for users only times are allowed");
        }
        if (!timed && section.has("forever")) {
            section.refuse(
                    "forever", "but there is no column of times; set keep-days or keep-millis, or leave it away");
        }
        section.end();
        if (section.mistakes() > before || table.isEmpty() || database.isEmpty()) {
            return Optional.empty();
        }
        AtomicReference<@Nullable PolicyTable> made = new AtomicReference<>();
        section.attempt(
                "table",
                () -> made.set(database.get().policyTable(table.get(), t -> {
                    scope(level, t);
                    through.ifPresent(way -> t.through(way.get(0), way.get(1), way.get(2)));
                    days.ifPresent(t::keepDays);
                    millis.ifPresent(t::keepMillis);
                    latest.ifPresent(t::keepLatest);
                    forever.values().forEach(t::forever);
                    where.ifPresent(t::where);
                    cacheSize.ifPresent(scopes -> section.attempt("cache-size", () -> t.cacheSize(scopes)));
                    cachedFor.ifPresent(time -> section.attempt("cached-for", () -> t.cachedFor(time)));
                })));
        return Optional.ofNullable(made.get());
    }

    /** The one that is set; a problem if there is none, or several. */
    private String level() {
        if (section.has("global") && !section.get("global", Kind.FLAG).orElse(true)) {
            section.refuse("global", "true is allowed; for rules of teams, rooms or users leave it away");
        }
        List<String> given = LEVELS.stream().filter(section::has).toList();
        if (given.size() != 1) {
            section.problem(
                    (given.isEmpty() ? "none" : String.join(" and ", given)) + " given, exactly one of team, room,"
                            + " user (each with the column of its id) and global = true is required: what the rules are for");
        }
        return given.isEmpty() ? "" : given.get(0);
    }

    private void scope(String level, PolicyTable.Builder table) {
        if (level.equals("global")) {
            table.global();
            return;
        }
        section.get(level, Kind.TEXT).ifPresent(column -> {
            switch (level) {
                case "team" -> table.team(column);
                case "room" -> table.room(column);
                case "user" -> table.user(column);
                default -> {}
            }
        });
    }

    private Optional<List<String>> through() {
        if (!section.has("through")) {
            return Optional.empty();
        }
        Section through = section.section("through");
        List<String> way = THROUGH.stream()
                .flatMap(
                        key -> through
                                .required(
                                        key,
                                        Kind.TEXT,
                                        "column (of this table), table (the other) and key (of the other)")
                                .stream())
                .toList();
        through.end();
        return way.size() == THROUGH.size() ? Optional.of(way) : Optional.empty();
    }
}
