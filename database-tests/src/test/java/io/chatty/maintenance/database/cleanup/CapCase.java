package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.SizeCap;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A random history under random policies and a size cap, and what goes by plain lines that share nothing with the library. */
final class CapCase {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final String HELD = "9";

    /** What a room's messages are under; a keep of null is for ever. */
    private record Rule(Duration keep, int latest) {}

    private final Random random;
    private final String prefix;
    private final List<Message> messages = new ArrayList<>();
    private final Map<String, Rule> rules = new HashMap<>();
    private final Rule global;
    private final Duration floor;
    private final Duration grace;
    private final long low;
    private final long high;
    private final int batchSize;

    CapCase(long seed, Shape shape) {
        random = new Random(seed);
        prefix = shape == Shape.LOCAL ? "r ü'" : "";
        global = random.nextInt(3) == 0 ? rule() : null;
        for (int i = 1; i <= 4; i++) {
            if (random.nextInt(3) == 0) {
                rules.put(prefix + i, rule());
            }
        }
        floor = random.nextBoolean() ? ofDays(1 + random.nextInt(6)) : null;
        grace = random.nextBoolean() ? ofDays(5) : null;
        int count = 5 + random.nextInt(40);
        for (int i = 0; i < count; i++) {
            Instant sent = random.nextInt(12) == 0 ? null : NOW.minus(Duration.ofHours(6L * random.nextInt(100)));
            messages.add(new Message(
                    prefix + (100 + i),
                    sent,
                    random.nextInt(8) == 0 ? null : prefix + (1 + random.nextInt(4)),
                    random.nextInt(8) == 0 ? HELD : prefix + "1",
                    random.nextInt(6) == 0 ? NOW.minus(ofDays(1 + random.nextInt(10))) : null,
                    random.nextInt(8) == 0));
        }
        high = 2L + random.nextInt(count);
        low = Math.max(1, high - 1 - random.nextInt(5)); // close, so that often more may go than is too much
        batchSize = 1 + random.nextInt(9);
    }

    private Rule rule() {
        return switch (random.nextInt(4)) {
            case 0 -> new Rule(null, 0);
            case 1 -> new Rule(ofDays(5 + random.nextInt(20)), 1 + random.nextInt(4));
            default -> new Rule(ofDays(5 + random.nextInt(20)), 0);
        };
    }

    static void hold(HostChat host) {
        host.chat()
                .holds()
                .place(LegalHold.builder("case-9", "counsel", "litigation")
                        .user(HELD)
                        .build());
    }

    void check(HostChat host, String label) throws Exception {
        host.clear();
        host.add(messages);
        host.addReactions(messages.stream().map(Message::id).toList());
        MessageCleanup.Builder cleanup = host.chat()
                .messageCleanup(policies())
                .sizeCap(SizeCap.rows(high).downTo(low));
        if (grace != null) {
            cleanup.softDeleteGrace(grace);
        }
        Counts preview;
        Run run;
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(host.chat().runStore())
                .clock(() -> NOW)
                .workers(Runnable::run)
                .settings(s -> s.batchSize(batchSize))
                .task(cleanup.build())
                .build()) {
            engine.start();
            preview = engine.preview("message-cleanup").counts();
            run = engine.runNow("message-cleanup").get();
        }
        assertThat(run.state()).as(label + ": " + run.detail()).isEqualTo(RunState.SUCCEEDED);
        Set<String> otherwise = goesOtherwise();
        List<String> capped = capped(otherwise);
        TreeSet<String> kept = messages.stream().map(Message::id).collect(Collectors.toCollection(TreeSet::new));
        kept.removeAll(otherwise);
        long measured = kept.size();
        kept.removeAll(capped);
        assertLeft(host, label, kept);
        for (Counts counts : List.of(preview, run.counts())) {
            assertThat(counts.get("due.capped") + counts.get("deleted.capped"))
                    .as(label + ": capped")
                    .isEqualTo(capped.size());
            assertThat(counts.get("capped.measured")).as(label + ": measured").isEqualTo(measured);
            assertThat(counts.get("capped.unreached"))
                    .as(label + ": unreached")
                    .isEqualTo(measured > high ? measured - low - capped.size() : 0);
        }
    }

    private static void assertLeft(HostChat host, String label, Set<String> kept) throws SQLException {
        assertThat(host.ids("messages", "id")).as(label + ": messages left").isEqualTo(kept);
        assertThat(host.ids("reactions", "message_id"))
                .as(label + ": reactions left")
                .isEqualTo(kept);
    }

    private RetentionPolicies policies() {
        RetentionPolicies.Builder policies = RetentionPolicies.builder();
        if (global != null) {
            policies.global(rule(global));
        }
        rules.forEach((room, rule) -> policies.room(room, rule(rule)));
        if (floor != null) {
            policies.floor(floor);
        }
        return policies.build();
    }

    private static RetentionRule rule(Rule rule) {
        if (rule.keep() == null) {
            return RetentionRule.keepForever();
        }
        RetentionRule.KeepFor keep = RetentionRule.keepFor(rule.keep());
        return rule.latest() == 0 ? keep : keep.andLatest(rule.latest());
    }

    private Rule of(Message message) {
        return message.room() != null && rules.containsKey(message.room()) ? rules.get(message.room()) : global;
    }

    private boolean isLatest(Message message, int latest) {
        if (message.room() == null) {
            return true;
        }
        long younger = messages.stream()
                .filter(other -> message.room().equals(other.room()))
                .filter(other -> other.sentAt() != null && other.deletedAt() == null)
                .filter(other -> other.sentAt().isAfter(message.sentAt()))
                .count();
        return younger < latest;
    }

    private Set<String> goesOtherwise() {
        Set<String> goes = new HashSet<>();
        for (Message message : messages) {
            if (message.sender().equals(HELD)) {
                continue;
            }
            if (grace != null
                    && message.deletedAt() != null
                    && message.deletedAt().plus(grace).isBefore(NOW)) {
                goes.add(message.id());
                continue;
            }
            Rule rule = of(message);
            if (rule == null || rule.keep() == null || message.sentAt() == null || message.pinned()) {
                continue;
            }
            Duration keep = floor != null && floor.compareTo(rule.keep()) > 0 ? floor : rule.keep();
            boolean latest = rule.latest() > 0 && isLatest(message, rule.latest());
            if (message.sentAt().plus(keep).isBefore(NOW) && !latest) {
                goes.add(message.id());
            }
        }
        return goes;
    }

    private List<String> capped(Set<String> otherwise) {
        long measured = (long) messages.size() - otherwise.size();
        if (measured <= high) {
            return List.of();
        }
        return messages.stream()
                .filter(message -> !otherwise.contains(message.id()))
                .filter(message -> message.sentAt() != null && message.sentAt().isBefore(NOW))
                .filter(message -> !message.pinned() && !message.sender().equals(HELD))
                .filter(message -> floor == null || message.sentAt().isBefore(NOW.minus(floor)))
                .filter(message -> of(message) == null || of(message).keep() != null)
                .filter(message -> of(message) == null
                        || of(message).latest() == 0
                        || !isLatest(message, of(message).latest()))
                .sorted(Comparator.comparing(Message::sentAt).thenComparing(Message::id))
                .limit(measured - low)
                .map(Message::id)
                .toList();
    }
}
