package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.cleanup.PausingDataSource.Sent;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** More rooms with rules of their own than a statement could spell out. */
final class ManyRoomsTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final int SEEDS = 12;
    private static final int ROOMS = 300;

    private final List<Sent> sent = new ArrayList<>();

    /** Who keeps what for how long, and what was written: most of it close to where it falls due. */
    private static final class Chat {

        private final Random random;
        private final Map<String, Optional<Duration>> rules = new HashMap<>(); // empty: for ever
        private final @Nullable Duration global;
        private final List<Message> messages = new ArrayList<>();

        Chat(int seed) {
            random = new Random(seed);
            global = random.nextBoolean() ? days() : null;
            for (int room = 1; room <= ROOMS; room++) {
                if (random.nextInt(10) > 0) {
                    rules.put("" + room, random.nextInt(10) == 0 ? Optional.empty() : Optional.of(days()));
                }
            }
            for (int id = 1; id <= 1500; id++) {
                String room = random.nextInt(20) == 0 ? null : "" + (1 + random.nextInt(ROOMS));
                Boolean pinned = random.nextInt(10) == 0 ? Boolean.TRUE : random.nextBoolean() ? false : null;
                messages.add(new Message("" + id, sentAt(room), room, "1", null, pinned));
            }
        }

        private Duration days() {
            return Duration.ofDays(1 + random.nextInt(40)).plusMillis(random.nextInt(3));
        }

        private Instant sentAt(@Nullable String room) {
            Duration near = kept(room).orElse(Duration.ofDays(20));
            return switch (random.nextInt(4)) {
                case 0 -> NOW.minus(near).plusMillis(random.nextInt(3) - 1);
                case 1 -> NOW.minus(near).plusSeconds(random.nextInt(20_000) - 10_000);
                default -> NOW.minusSeconds(random.nextInt(45 * 86_400));
            };
        }

        private Optional<Duration> kept(@Nullable String room) {
            Optional<Duration> rule = room == null ? null : rules.get(room);
            return rule == null ? Optional.ofNullable(global) : rule;
        }

        boolean isDue(Message message) {
            return !Boolean.TRUE.equals(message.pinned())
                    && kept(message.room())
                            .filter(kept -> message.sentAt().isBefore(NOW.minus(kept)))
                            .isPresent();
        }

        RetentionPolicies policies() {
            RetentionPolicies.Builder policies = RetentionPolicies.builder();
            if (global != null) {
                policies.global(RetentionRule.keepFor(global));
            }
            rules.forEach((room, kept) -> policies.room(
                    room, kept.isPresent() ? RetentionRule.keepFor(kept.get()) : RetentionRule.keepForever()));
            return policies.build();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_each_room_says_goes_and_nothing_else(TestServer server) throws Exception {
        try (TestDatabase zoned = server.open();
                TestDatabase millis = server.open()) {
            List<HostChat> hosts = List.of(new HostChat(zoned, Shape.ZONED), new HostChat(millis, Shape.MILLIS));
            for (int seed = 0; seed < SEEDS; seed++) {
                check(hosts.get(seed % 2), seed);
            }
        }
        assertThat(sent.stream().anyMatch(it -> it.sql().contains("SELECT UNNEST(")))
                .isEqualTo(server == TestServer.POSTGRESQL);
    }

    private void check(HostChat host, int seed) throws Exception {
        Chat given = new Chat(seed);
        host.clear();
        host.add(given.messages);
        host.addChildrenToAll();
        Set<String> stays = new TreeSet<>();
        given.messages.stream().filter(message -> !given.isDue(message)).forEach(message -> stays.add(message.id()));
        ChatDatabase chat = ChatDatabase.of(
                PausingDataSource.ofStatements(host.database.dataSource(), (it, before) -> {
                    if (before) {
                        sent.add(it);
                    }
                }),
                host.schema());
        MessageCleanup cleanup =
                chat.messageCleanup(given.policies()).shareLimit(1).build();
        assertThat(cleanup.problems()).isEmpty();
        RunStore store = chat.runStore();
        Optional<Run> last = store.history("message-cleanup", 1).stream().findFirst();
        Run run = Run.begun("message-cleanup", "a", Optional.empty(), NOW, NOW);
        assertThat(store.begin(run, last.map(Run::id), Duration.ofMinutes(10))).isTrue();
        String label = host.database.server() + ", seed " + seed;
        while (run.state().isActive()) {
            run = ByHand.batch(store, run, cleanup, 30 + given.random.nextInt(600));
        }
        assertThat(host.ids("messages", "id")).as(label).isEqualTo(stays);
        assertThat(host.ids("reactions", "message_id")).as(label).isEqualTo(stays);
        assertThat(run.counts().get("deleted.expired")).as(label).isEqualTo(given.messages.size() - stays.size());
    }
}
