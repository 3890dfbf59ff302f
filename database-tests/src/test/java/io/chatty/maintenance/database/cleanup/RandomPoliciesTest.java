package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Explanation;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.MessageView;
import io.chatty.maintenance.retention.Precedence;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.retention.ReviewingPolicy;
import io.chatty.maintenance.retention.Verdict;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random histories under all kinds of policies at once: teams, users, precedence, bounds, counts, exemptions, legal holds,
 * reviews. What survives, what is previewed, counted and explained is what a plain model says, which shares nothing with the
 * library. A failure names its seed; {@code -Dcleanup.seed=…} runs that one alone.
 */
final class RandomPoliciesTest {

    private static final int CASES = 60;
    private static final List<String> REASONS = List.of("softDeleted", "expired", "orphaned");

    @ParameterizedTest
    @EnumSource
    void what_survives_is_what_a_plain_model_of_all_policies_says(TestServer server) throws Exception {
        Long only = Long.getLong("cleanup.seed");
        long first = only != null ? only : ThreadLocalRandom.current().nextLong(1L << 40);
        System.out.println(server + ": " + CASES + " random histories under all policies, seeds from " + first);
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            host.execute("ALTER TABLE rooms ADD COLUMN team VARCHAR(20)");
            host.execute("CREATE TABLE stars (message_id BIGINT PRIMARY KEY)");
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), schema());
            Undo undo = new Undo(host, chat);
            for (long seed = first; seed < first + (only != null ? 1 : CASES); seed++) {
                check(host, chat, undo, seed, server + " seed " + seed);
            }
        }
    }

    private static ChatSchema schema() {
        return ChatSchema.builder()
                .messages(
                        "messages",
                        m -> m.key("id")
                                .sentAt("sent_at")
                                .room("room_id")
                                .sender("user_id")
                                .softDeletedAt("deleted_at")
                                .pinned("pinned")
                                .exempt("starred", Match.hasRow("stars", "message_id"))
                                .never("sticky", Match.isOneOf("body", "sticky")))
                .children("reactions", "message_id")
                .children("attachments", "message_id")
                .rooms("rooms", r -> r.key("id").team("team"))
                .users("users", "id")
                .build();
    }

    private static void check(HostChat host, ChatDatabase chat, Undo undo, long seed, String label) throws Exception {
        Case random = new Case(new Random(seed));
        host.clear();
        host.execute("DELETE FROM stars");
        host.addRooms(List.copyOf(random.rooms.keySet()));
        for (String team : List.of("red", "blue")) {
            update(
                    host,
                    "UPDATE rooms SET team = '" + team + "'",
                    random.rooms.entrySet().stream()
                            .filter(room -> room.getValue().equals(team))
                            .map(Map.Entry::getKey));
        }
        host.addUsers(random.users);
        host.add(random.messages);
        update(host, "UPDATE messages SET body = 'sticky'", random.sticky.stream());
        for (String id : random.starred) {
            host.execute("INSERT INTO stars (message_id) VALUES (" + id + ")");
        }
        host.addReactions(random.children);
        host.addAttachments(random.children);
        random.holds.forEach(hold -> chat.holds().place(hold));
        try {
            run(host, chat, undo, seed, random, label);
        } finally {
            random.holds.forEach(hold -> chat.holds().release(hold.id(), "a"));
        }
    }

    private static void update(HostChat host, String update, Stream<String> ids) throws Exception {
        String list = ids.collect(Collectors.joining(", "));
        if (!list.isEmpty()) {
            host.execute(update + " WHERE id IN (" + list + ")");
        }
    }

    private static void run(HostChat host, ChatDatabase chat, Undo undo, long seed, Case random, String label)
            throws Exception {
        MessageCleanup.Builder builder = chat.messageCleanup(random.policies());
        if (random.grace != null) {
            builder.softDeleteGrace(random.grace);
        }
        if (random.orphans) {
            builder.removeOrphans();
        }
        undo.before(seed, builder);
        MessageCleanup cleanup = builder.build();
        Map<String, String> reasons = random.reasons();
        for (Message message : random.messages) {
            Explanation explanation = cleanup.explain(random.now, message.id());
            assertThat(explanation.due())
                    .as(label + ": " + explanation + " of " + message)
                    .isEqualTo(Optional.ofNullable(reasons.get(message.id())));
        }
        Counts preview;
        Run run;
        try (MaintenanceEngine engine = engine(chat, random, cleanup)) {
            engine.start();
            preview = engine.preview("message-cleanup").counts();
            assertThat(host.ids("messages", "id")).as(label).hasSize(random.messages.size());
            run = engine.runNow("message-cleanup").get();
        }
        assertThat(run.state()).as(label + ": " + run.detail()).isEqualTo(RunState.SUCCEEDED);
        Set<String> kept = random.messages.stream()
                .map(Message::id)
                .filter(id -> !reasons.containsKey(id))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(host.ids("messages", "id")).as(label + ": messages left").isEqualTo(kept);
        for (String reason : REASONS) {
            long expected = reasons.values().stream().filter(reason::equals).count();
            assertThat(run.counts().get("deleted." + reason))
                    .as(label + ": " + reason)
                    .isEqualTo(expected);
            assertThat(preview.get("due." + reason))
                    .as(label + ": preview of " + reason)
                    .isEqualTo(expected);
        }
        long expired = reasons.values().stream().filter("expired"::equals).count();
        assertThat(sum(preview, "due.by.")).as(label + ": previewed by policy").isEqualTo(expired);
        assertThat(sum(run.counts(), "deleted.by."))
                .as(label + ": counted by policy")
                .isIn(0L, expired);
        assertThat(sum(preview, "due.room."))
                .as(label + ": previewed by room")
                .isEqualTo(random.messages.stream()
                        .filter(message -> message.room() != null && reasons.containsKey(message.id()))
                        .count());
        long children = random.children.stream().filter(reasons::containsKey).count();
        for (String table : List.of("reactions", "attachments")) {
            assertThat(run.counts().get("deleted.children." + table))
                    .as(label + ": " + table)
                    .isEqualTo(children);
            assertThat(host.rows(table))
                    .as(label + ": " + table + " left")
                    .isEqualTo(random.children.size() - children);
        }
        Set<String> all = random.messages.stream().map(Message::id).collect(Collectors.toSet());
        undo.after(label, all, reasons.size(), () -> {
            try (MaintenanceEngine engine = engine(chat, random, cleanup)) {
                engine.start();
                return engine.runNow("message-cleanup").get();
            }
        });
    }

    private static MaintenanceEngine engine(ChatDatabase chat, Case random, MessageCleanup cleanup) {
        return MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> random.now)
                .workers(Runnable::run)
                .settings(s -> s.batchSize(random.batchSize))
                .task(cleanup)
                .build();
    }

    private static long sum(Counts counts, String prefix) {
        return counts.asMap().entrySet().stream()
                .filter(count -> count.getKey().startsWith(prefix))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /**
     * A rule, in the model's own words.
     *
     * @param keep for how long; null for ever, zero if only the count keeps
     * @param latest how many of the latest; 0 for none
     */
    private record Rule(Duration keep, int latest) {

        RetentionRule given() {
            if (keep == null) {
                return RetentionRule.keepForever();
            }
            if (latest == 0) {
                return RetentionRule.keepFor(keep);
            }
            return keep.isZero()
                    ? RetentionRule.keepLatest(latest)
                    : RetentionRule.keepFor(keep).andLatest(latest);
        }
    }

    /** A history and policies, and what is due by them. */
    private static final class Case {

        private final Random random;
        private final Instant now;
        private final int batchSize;
        private final Duration grace;
        private final boolean orphans;
        private final boolean reviewed;
        private final boolean roomsByPolicy;
        private final Precedence precedence;
        private final boolean counts;
        private final Duration floor;
        private final Duration ceiling;
        private Rule global;
        private final Map<String, Rule> teamRules = new TreeMap<>();
        private final Map<String, Rule> roomRules = new TreeMap<>();
        private final Map<String, Rule> userRules = new TreeMap<>();
        private final Map<String, String> rooms = new TreeMap<>(); // with their teams, "" for none
        private final List<String> users = new ArrayList<>();
        private final List<Message> messages = new ArrayList<>();
        private final Set<String> starred = new TreeSet<>();
        private final Set<String> sticky = new TreeSet<>();
        private final List<String> children = new ArrayList<>();
        private final List<LegalHold> holds = new ArrayList<>();

        private Case(Random random) {
            this.random = random;
            now = Instant.parse("2026-06-15T12:00:00Z").plus(random.nextInt(1_000_000_000), ChronoUnit.MICROS);
            batchSize = 1 + random.nextInt(12);
            grace = random.nextInt(3) == 0 ? null : duration();
            orphans = random.nextInt(3) == 0;
            reviewed = random.nextInt(4) == 0;
            roomsByPolicy = random.nextInt(4) == 0;
            precedence = List.of(Precedence.MOST_SPECIFIC, Precedence.LONGEST, Precedence.SHORTEST)
                    .get(random.nextInt(3));
            counts = precedence != Precedence.SHORTEST && random.nextBoolean();
            floor = random.nextInt(4) == 0 ? duration() : null;
            ceiling = random.nextInt(4) != 0
                    ? null
                    : (floor == null ? Duration.ofDays(1) : floor).plus(Duration.ofDays(random.nextInt(12)));
            rules();
            for (int i = 1; i <= 5; i++) {
                if (random.nextInt(6) != 0) {
                    rooms.put("" + i, List.of("red", "blue", "").get(random.nextInt(3)));
                }
                if (random.nextInt(6) != 0) {
                    users.add("" + i);
                }
            }
            history();
            for (int i = random.nextInt(4); i > 1; i--) {
                holds.add(hold());
            }
        }

        private void rules() {
            if (random.nextInt(3) != 0) {
                global = rule(counts);
            }
            for (String team : List.of("red", "blue")) {
                if (random.nextInt(3) == 0) {
                    teamRules.put(team, rule(counts));
                }
            }
            for (int i = 1; i <= 5; i++) {
                if (random.nextInt(3) == 0) {
                    roomRules.put("" + i, rule(counts));
                }
                // What a user's own rule removes would change what the latest of a room are in the middle of a run.
                if (!counts && random.nextInt(5) == 0) {
                    userRules.put("" + i, rule(false));
                }
            }
        }

        private void history() {
            int count = random.nextInt(35);
            for (int i = 0; i < count; i++) {
                String id = "" + (100 + i);
                Instant tie =
                        i > 0 && random.nextInt(5) == 0 ? messages.get(i - 1).sentAt() : sentAt();
                messages.add(new Message(
                        id,
                        tie,
                        random.nextInt(8) == 0 ? null : "" + (1 + random.nextInt(5)),
                        random.nextInt(8) == 0 ? null : "" + (1 + random.nextInt(5)),
                        random.nextInt(4) == 0 ? near(grace == null ? duration() : grace) : null,
                        random.nextInt(5) == 0 ? (Boolean) random.nextBoolean() : null));
                if (random.nextInt(10) == 0) {
                    starred.add(id);
                }
                if (random.nextInt(15) == 0) {
                    sticky.add(id);
                }
                if (random.nextBoolean()) {
                    children.add(id);
                }
            }
        }

        private Rule rule(boolean mayCount) {
            int kind = random.nextInt(mayCount ? 4 : 2);
            if (kind == 0 && random.nextBoolean()) {
                return new Rule(null, 0);
            }
            return switch (kind) {
                case 2 -> new Rule(Duration.ZERO, 1 + random.nextInt(4));
                case 3 -> new Rule(duration(), 1 + random.nextInt(4));
                default -> new Rule(duration(), 0);
            };
        }

        private LegalHold hold() {
            LegalHold.Builder hold = LegalHold.builder("h" + random.nextLong(), "a", "a case");
            if (random.nextInt(12) == 0) {
                return hold.everything().build();
            }
            int parts = 1 + random.nextInt(15);
            if ((parts & 1) != 0) {
                hold.room("" + (1 + random.nextInt(5)));
            }
            if ((parts & 2) != 0) {
                hold.user("" + (1 + random.nextInt(5)));
            }
            Instant edge = messages.isEmpty()
                    ? null
                    : messages.get(random.nextInt(messages.size())).sentAt();
            Instant from = edge == null ? now.minus(duration()) : edge;
            if ((parts & 4) != 0) {
                hold.from(from);
            }
            if ((parts & 8) != 0) {
                hold.to(from.plus(random.nextInt(200) + 1, ChronoUnit.HOURS));
            }
            return hold.build();
        }

        private Duration duration() {
            return Duration.ofDays(1 + random.nextInt(20)).plusNanos(random.nextInt(3) * 500_000L);
        }

        private Instant sentAt() {
            if (random.nextInt(12) == 0) {
                return null;
            }
            List<Duration> edges = Stream.of(
                            Stream.of(Optional.ofNullable(global)),
                            teamRules.values().stream().map(Optional::of),
                            roomRules.values().stream().map(Optional::of),
                            userRules.values().stream().map(Optional::of))
                    .flatMap(it -> it)
                    .flatMap(Optional::stream)
                    .map(Rule::keep)
                    .collect(Collectors.toCollection(ArrayList::new));
            edges.add(floor);
            edges.add(ceiling);
            edges.removeIf(Objects::isNull);
            return edges.isEmpty() || random.nextInt(3) == 0
                    ? now.minus(Duration.ofHours(random.nextInt(24 * 25)))
                    : near(edges.get(random.nextInt(edges.size())));
        }

        private Instant near(Duration age) {
            Instant at = now.minus(age);
            return switch (random.nextInt(3)) {
                case 0 -> at;
                case 1 -> at.minus(1, ChronoUnit.MICROS);
                default -> at.plus(1, ChronoUnit.MICROS);
            };
        }

        private RetentionPolicies policies() {
            RetentionPolicies.Builder policies = RetentionPolicies.builder().precedence(precedence);
            if (global != null) {
                policies.global(global.given());
            }
            teamRules.forEach((team, rule) -> policies.team(team, rule.given()));
            userRules.forEach((user, rule) -> policies.user(user, rule.given()));
            if (roomsByPolicy) {
                policies.policy(new OfRooms(roomRules));
            } else {
                roomRules.forEach((room, rule) -> policies.room(room, rule.given()));
            }
            if (reviewed) {
                policies.policy(new KeepsThirds());
            }
            if (floor != null) {
                policies.floor(floor);
            }
            if (ceiling != null) {
                policies.ceiling(ceiling);
            }
            return policies.build();
        }

        /** Why each message that goes is to go. */
        private Map<String, String> reasons() {
            Map<String, String> reasons = new HashMap<>();
            for (Message message : messages) {
                if (sticky.contains(message.id()) || held(message)) {
                    continue;
                }
                boolean deleted = grace != null
                        && message.deletedAt() != null
                        && message.deletedAt().plus(grace).isBefore(now);
                boolean shielded = Boolean.TRUE.equals(message.pinned()) || starred.contains(message.id());
                boolean roomGone = message.room() != null && !rooms.isEmpty() && !rooms.containsKey(message.room());
                boolean senderGone = message.sender() != null && !users.isEmpty() && !users.contains(message.sender());
                if (deleted) {
                    reasons.put(message.id(), "softDeleted");
                } else if (isOld(message) && !shielded) {
                    if (!reviewed || Integer.parseInt(message.id()) % 3 != 0) {
                        reasons.put(message.id(), "expired");
                    }
                } else if (orphans && (roomGone || senderGone)) {
                    reasons.put(message.id(), "orphaned");
                }
            }
            return reasons;
        }

        private boolean held(Message message) {
            return holds.stream()
                    .anyMatch(hold ->
                            hold.room().map(room -> room.equals(message.room())).orElse(true)
                                    && hold.user()
                                            .map(user -> user.equals(message.sender()))
                                            .orElse(true)
                                    && hold.from()
                                            .map(from -> message.sentAt() == null
                                                    || !message.sentAt().isBefore(from))
                                            .orElse(true)
                                    && hold.to()
                                            .map(to -> message.sentAt() == null
                                                    || message.sentAt().isBefore(to))
                                            .orElse(true));
        }

        private boolean isOld(Message message) {
            List<Rule> found = new ArrayList<>();
            found.add(message.sender() == null ? null : userRules.get(message.sender()));
            found.add(message.room() == null ? null : roomRules.get(message.room()));
            String team = message.room() == null ? null : rooms.get(message.room());
            found.add(team == null ? null : teamRules.get(team));
            found.add(global);
            found.removeIf(Objects::isNull);
            if (found.isEmpty() || message.sentAt() == null) {
                return false;
            }
            Duration keep = found.get(0).keep();
            int latest = found.get(0).latest();
            for (Rule rule : found) {
                boolean longer =
                        keep != null && (rule.keep() == null || rule.keep().compareTo(keep) > 0);
                boolean shorter =
                        rule.keep() != null && (keep == null || rule.keep().compareTo(keep) < 0);
                if (precedence == Precedence.LONGEST) {
                    keep = longer ? rule.keep() : keep;
                    latest = Math.max(latest, rule.latest());
                } else if (precedence == Precedence.SHORTEST && shorter) {
                    keep = rule.keep();
                }
            }
            if (keep != null && floor != null && keep.compareTo(floor) < 0) {
                keep = floor;
            }
            Duration age = Duration.between(message.sentAt(), now);
            if (ceiling != null && age.compareTo(ceiling) > 0) {
                return true;
            }
            return keep != null && age.compareTo(keep) > 0 && !(latest > 0 && isAmongLatest(message, latest));
        }

        private boolean isAmongLatest(Message message, int latest) {
            if (message.room() == null) {
                return true;
            }
            List<Instant> live = messages.stream()
                    .filter(other -> message.room().equals(other.room()))
                    .filter(other -> other.deletedAt() == null && other.sentAt() != null)
                    .map(Message::sentAt)
                    .sorted(Comparator.reverseOrder())
                    .toList();
            return live.size() < latest || !message.sentAt().isBefore(live.get(latest - 1));
        }
    }

    private record OfRooms(Map<String, Rule> rules) implements RetentionPolicy {
        @Override
        public Optional<RetentionRule> ruleFor(RetentionScope scope) {
            return scope instanceof RetentionScope.Room room
                    ? Optional.ofNullable(rules.get(room.id())).map(Rule::given)
                    : Optional.empty();
        }
    }

    private static final class KeepsThirds implements ReviewingPolicy {
        @Override
        public Optional<RetentionRule> ruleFor(RetentionScope scope) {
            return Optional.empty();
        }

        @Override
        public Verdict review(MessageView message) {
            return Integer.parseInt(message.key().get(0)) % 3 == 0 ? Verdict.keep("third") : Verdict.pass();
        }
    }
}
