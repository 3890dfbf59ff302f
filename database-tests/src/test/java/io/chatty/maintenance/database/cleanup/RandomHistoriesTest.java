package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random histories under random policies, removed by one worker or by three: what survives is what a few plain lines say,
 * which share nothing with the library; and where it was archived, in tables or in files, it comes back. A failure names
 * its seed; {@code -Dcleanup.seed=…} runs that one alone.
 */
final class RandomHistoriesTest {

    private static final int CASES_A_SHAPE = 70;
    private static final int WORKERS = 3;
    private static final Duration MILLI = Duration.ofMillis(1);

    @ParameterizedTest
    @EnumSource
    void what_survives_is_what_a_plain_model_says(TestServer server) throws Exception {
        Long only = Long.getLong("cleanup.seed");
        long first = only != null ? only : ThreadLocalRandom.current().nextLong(1L << 40);
        System.out.println(server + ": " + CASES_A_SHAPE + " random histories for each shape, seeds from " + first);
        for (Shape shape : Shape.values()) {
            try (TestDatabase database = server.open()) {
                HostChat host = new HostChat(database, shape);
                ChatDatabase chat = ChatDatabase.of(database.dataSource(), host.schema(), WORKERS + 1);
                Undo undo = new Undo(host, chat);
                int cases = only != null ? 1 : CASES_A_SHAPE;
                for (long seed = first; seed < first + cases; seed++) {
                    check(host, chat, undo, seed);
                }
            }
        }
    }

    private static void check(HostChat host, ChatDatabase chat, Undo undo, long seed) throws Exception {
        String label = host.database.server() + " " + host.shape + " seed " + seed;
        Case random = new Case(new Random(seed), host.shape);
        host.clear();
        host.addRooms(random.rooms);
        host.addUsers(random.users);
        host.add(random.messages);
        host.addReactions(random.reactions);
        host.addAttachments(random.attachments);

        int workers = seed % 2 == 0 && !undo.isInFiles(seed) ? WORKERS : 1;
        MessageCleanup.Builder cleanup = chat.messageCleanup(random.policies()).workers(workers);
        if (random.grace != null) {
            cleanup.softDeleteGrace(random.grace);
        }
        if (random.orphans) {
            cleanup.removeOrphans();
        }
        undo.before(seed, cleanup);
        MessageCleanup task = cleanup.build();
        Counts preview;
        Run run;
        try (MaintenanceEngine engine = engine(chat, random, task)) {
            engine.start();
            preview = engine.preview("message-cleanup").counts();
            assertThat(host.ids("messages", "id"))
                    .as(label + ": a preview deletes nothing")
                    .hasSize(random.messages.size());
            run = engine.runNow("message-cleanup").get();
        }

        assertThat(run.state()).as(label + ": " + run.detail()).isEqualTo(RunState.SUCCEEDED);
        Map<String, String> reasons = random.reasons();
        TreeSet<String> kept = new TreeSet<>();
        random.messages.stream()
                .map(Message::id)
                .filter(id -> !reasons.containsKey(id))
                .forEach(kept::add);
        assertThat(host.ids("messages", "id")).as(label + ": messages left").isEqualTo(kept);
        for (String reason : List.of("softDeleted", "expired", "orphaned")) {
            long expected = reasons.values().stream().filter(reason::equals).count();
            assertThat(run.counts().get("deleted." + reason))
                    .as(label + ": " + reason)
                    .isEqualTo(expected);
            assertThat(preview.get("due." + reason))
                    .as(label + ": preview of " + reason)
                    .isEqualTo(expected);
        }
        children(host, label, run, "reactions", random.reactions, random, reasons);
        children(host, label, run, "attachments", random.attachments, random, reasons);
        Set<String> all = random.messages.stream().map(Message::id).collect(Collectors.toSet());
        undo.after(label, all, reasons.size(), () -> {
            try (MaintenanceEngine engine = engine(chat, random, task)) {
                engine.start();
                return engine.runNow("message-cleanup").get();
            }
        });
    }

    private static MaintenanceEngine engine(ChatDatabase chat, Case random, MessageCleanup task) {
        return MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> random.now)
                .workers(Runnable::run)
                .settings(s -> s.batchSize(random.batchSize))
                .task(task)
                .build();
    }

    private static void children(
            HostChat host,
            String label,
            Run run,
            String table,
            List<String> rows,
            Case random,
            Map<String, String> reasons)
            throws Exception {
        List<String> existing = random.messages.stream().map(Message::id).toList();
        boolean nobodyLeft = reasons.size() == existing.size(); // no message at all: then no child counts as an orphan
        long orphans = !random.orphans || nobodyLeft
                ? 0
                : rows.stream()
                        .filter(id -> id != null && !existing.contains(id))
                        .count();
        long went = rows.stream().filter(reasons::containsKey).count();
        assertThat(run.counts().get("deleted.children." + table))
                .as(label + ": " + table)
                .isEqualTo(went);
        assertThat(run.counts().get("deleted.orphans." + table))
                .as(label + ": orphans of " + table)
                .isEqualTo(orphans);
        assertThat(host.rows(table)).as(label + ": " + table + " left").isEqualTo(rows.size() - went - orphans);
    }

    /** A history and policies, and what is due by them. */
    private static final class Case {

        private final Random random;
        private final Instant now;
        private final int batchSize;
        private final Duration grace;
        private final boolean orphans;
        private final Duration global; // null: for ever, or no rule
        private final boolean globalRule;
        private final Map<String, Optional<Duration>> roomRules = new TreeMap<>(); // empty: for ever
        private final Map<String, Optional<Duration>> customRules = new TreeMap<>();
        private final List<String> rooms = new ArrayList<>();
        private final List<String> users = new ArrayList<>();
        private final List<Message> messages = new ArrayList<>();
        private final List<String> reactions = new ArrayList<>();
        private final List<String> attachments = new ArrayList<>();

        private Case(Random random, Shape shape) {
            this.random = random;
            // Away from the hours that Berlin's clock shows twice, which a test of their own looks at.
            now = Instant.parse("2026-06-15T12:00:00Z")
                    .plus(random.nextInt(3_600_000) * 1000L + random.nextInt(1000), ChronoUnit.MICROS);
            batchSize = 1 + random.nextInt(12);
            grace = random.nextInt(3) == 0 ? null : duration();
            orphans = random.nextBoolean();
            globalRule = random.nextInt(4) != 0;
            global = globalRule && random.nextInt(4) != 0 ? duration() : null;
            String prefix = shape == Shape.LOCAL ? "r ü'" : "";
            for (int i = 1; i <= 6; i++) {
                String room = prefix + i;
                if (random.nextInt(5) != 0) {
                    rooms.add(room);
                }
                int rule = random.nextInt(4);
                Optional<Duration> keep = random.nextInt(3) == 0 ? Optional.empty() : Optional.of(duration());
                if (rule == 0) {
                    roomRules.put(room, keep);
                } else if (rule == 1) {
                    customRules.put(room, keep);
                }
            }
            for (int i = 1; i <= 5; i++) {
                if (random.nextInt(5) != 0) {
                    users.add(prefix + i);
                }
            }
            int count = random.nextInt(50);
            for (int i = 0; i < count; i++) {
                Instant tie =
                        i > 0 && random.nextInt(5) == 0 ? messages.get(i - 1).sentAt() : sentAt(shape);
                messages.add(new Message(
                        prefix + (100 + i),
                        tie,
                        random.nextInt(8) == 0 ? null : prefix + (1 + random.nextInt(6)),
                        random.nextInt(8) == 0 ? null : prefix + (1 + random.nextInt(5)),
                        random.nextInt(4) == 0 ? near(grace == null ? duration() : grace, shape) : null,
                        random.nextInt(3) == 0 ? (Boolean) random.nextBoolean() : null));
                for (int child = random.nextInt(3); child > 0; child--) {
                    (random.nextBoolean() ? reactions : attachments).add(prefix + (100 + i));
                }
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                (random.nextBoolean() ? reactions : attachments)
                        .add(random.nextInt(3) == 0 ? null : prefix + (900 + i));
            }
        }

        private Duration duration() {
            return Duration.ofDays(1 + random.nextInt(20)).plusNanos(random.nextInt(3) * 500_000L);
        }

        private Instant sentAt(Shape shape) {
            if (random.nextInt(12) == 0) {
                return null;
            }
            List<Duration> rules = new ArrayList<>();
            if (global != null) {
                rules.add(global);
            }
            roomRules.values().forEach(rule -> rule.ifPresent(rules::add));
            customRules.values().forEach(rule -> rule.ifPresent(rules::add));
            if (rules.isEmpty() || random.nextInt(4) == 0) {
                return round(now.minus(Duration.ofHours(random.nextInt(24 * 25))), shape);
            }
            return near(rules.get(random.nextInt(rules.size())), shape);
        }

        private Instant near(Duration age, Shape shape) {
            Instant at = now.minus(age);
            return round(
                    switch (random.nextInt(5)) {
                        case 0 -> at;
                        case 1 -> at.minus(MILLI);
                        case 2 -> at.plus(MILLI);
                        case 3 -> at.plus(1, ChronoUnit.MICROS);
                        default -> at.minus(1, ChronoUnit.MICROS);
                    },
                    shape);
        }

        private static Instant round(Instant instant, Shape shape) {
            return instant.truncatedTo(shape == Shape.MILLIS ? ChronoUnit.MILLIS : ChronoUnit.MICROS);
        }

        private RetentionPolicies policies() {
            RetentionPolicies.Builder policies = RetentionPolicies.builder();
            if (globalRule) {
                policies.global(rule(Optional.ofNullable(global)));
            }
            roomRules.forEach((room, keep) -> policies.room(room, rule(keep)));
            if (!customRules.isEmpty()) {
                policies.policy(scope -> scope instanceof RetentionScope.Room room
                        ? Optional.ofNullable(customRules.get(room.id())).map(Case::rule)
                        : Optional.empty());
            }
            return policies.build();
        }

        private static RetentionRule rule(Optional<Duration> keep) {
            return keep.<RetentionRule>map(RetentionRule::keepFor).orElseGet(RetentionRule::keepForever);
        }

        /** Why each message that goes is to go. */
        private Map<String, String> reasons() {
            Map<String, String> reasons = new HashMap<>();
            for (Message message : messages) {
                if (grace != null
                        && message.deletedAt() != null
                        && message.deletedAt().plus(grace).isBefore(now)) {
                    reasons.put(message.id(), "softDeleted");
                    continue;
                }
                Duration keep = global;
                if (message.room() != null && roomRules.containsKey(message.room())) {
                    keep = roomRules.get(message.room()).orElse(null);
                } else if (message.room() != null && customRules.containsKey(message.room())) {
                    keep = customRules.get(message.room()).orElse(null);
                }
                if (keep != null
                        && message.sentAt() != null
                        && message.sentAt().plus(keep).isBefore(now)
                        && !Boolean.TRUE.equals(message.pinned())) {
                    reasons.put(message.id(), "expired");
                    continue;
                }
                boolean roomGone = message.room() != null && !rooms.isEmpty() && !rooms.contains(message.room());
                boolean senderGone = message.sender() != null && !users.isEmpty() && !users.contains(message.sender());
                if (orphans && (roomGone || senderGone)) {
                    reasons.put(message.id(), "orphaned");
                }
            }
            return reasons;
        }
    }
}
