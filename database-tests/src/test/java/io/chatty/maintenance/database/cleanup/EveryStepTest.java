package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.LegalHolds;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.MessageView;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.retention.ReviewingPolicy;
import io.chatty.maintenance.retention.Verdict;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The host changes a message at every step of a run that would remove it: before each statement and each commit in turn, on a
 * connection of its own. Where a lock of the batch keeps the host's change out, the change comes too late and is not made.
 */
final class EveryStepTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String VICTIM = "2";
    private static final List<String> IDS = List.of("1", VICTIM, "3", "4");
    /** As old, and pinned; there is one where messages go by age. */
    private static final String PINNED = "6";

    private static final RetentionRule KEEP_50_DAYS = RetentionRule.keepFor(ofDays(50));

    /** How it comes that the messages are due: each is removed in another way. */
    private enum Due {
        BY_ONE_RULE,
        BY_ONE_RULE_AND_COUNTED,
        BY_A_POLICY_OF_THE_HOSTS,
        BEYOND_THE_LATEST,
        AFTER_A_REVIEW,
        INTO_FILES,
        SOFT_DELETED,
        ORPHANED;

        List<Change> changes() {
            return switch (this) {
                case SOFT_DELETED ->
                    List.of(Change.UNDELETE, Change.HOLD, Change.HOLD_ROW, Change.REACTION, Change.REMOVAL);
                case ORPHANED ->
                    List.of(Change.ROOM, Change.MOVE, Change.HOLD, Change.HOLD_ROW, Change.REACTION, Change.REMOVAL);
                default ->
                    List.of(
                            Change.PIN,
                            Change.STAR,
                            Change.SWAP,
                            Change.EDIT,
                            Change.MOVE,
                            Change.HOLD,
                            Change.HOLD_ROW,
                            Change.REACTION,
                            Change.REMOVAL);
            };
        }

        MessageCleanup cleanup(ChatDatabase chat) {
            RetentionPolicies.Builder policies = RetentionPolicies.builder();
            return switch (this) {
                case SOFT_DELETED ->
                    chat.messageCleanup(policies.build())
                            .softDeleteGrace(ofDays(7))
                            .build();
                case ORPHANED ->
                    chat.messageCleanup(policies.build()).removeOrphans().build();
                case BY_ONE_RULE, BY_ONE_RULE_AND_COUNTED ->
                    chat.messageCleanup(policies.global(KEEP_50_DAYS)
                                    .room("9", RetentionRule.keepForever())
                                    .build())
                            .build();
                case INTO_FILES ->
                    chat.messageCleanup(policies.global(KEEP_50_DAYS)
                                    .room("9", RetentionRule.keepForever())
                                    .build())
                            .archive(chat.archive(new InMemoryFileStore(() -> NOW)))
                            .build();
                case BY_A_POLICY_OF_THE_HOSTS ->
                    chat.messageCleanup(policies.policy(scope -> scope.equals(RetentionScope.room("1"))
                                            ? Optional.of(KEEP_50_DAYS)
                                            : Optional.empty())
                                    .build())
                            .build();
                case BEYOND_THE_LATEST ->
                    chat.messageCleanup(policies.room(
                                            "1",
                                            RetentionRule.keepFor(ofDays(50)).andLatest(1))
                                    .build())
                            .build();
                case AFTER_A_REVIEW ->
                    chat.messageCleanup(policies.global(KEEP_50_DAYS)
                                    .room("9", RetentionRule.keepForever())
                                    .policy(new KeepsNothing())
                                    .build())
                            .build();
            };
        }
    }

    private static final class KeepsNothing implements ReviewingPolicy {
        @Override
        public Optional<RetentionRule> ruleFor(RetentionScope scope) {
            return Optional.empty();
        }

        @Override
        public Verdict review(MessageView message) {
            return Verdict.pass();
        }
    }

    /** What the host does to the message. */
    private enum Change {
        PIN("UPDATE messages SET pinned = TRUE WHERE id = 2"),
        STAR("INSERT INTO stars (message_id) VALUES (2)"),
        /** It is starred in the same moment in which another message becomes due: as many as before. */
        SWAP("INSERT INTO stars (message_id) VALUES (2)", "UPDATE messages SET pinned = NULL WHERE id = 6"),
        EDIT("UPDATE messages SET sent_at = (SELECT recent FROM clock) WHERE id = 2"),
        MOVE("UPDATE messages SET room_id = 9 WHERE id = 2"),
        UNDELETE("UPDATE messages SET deleted_at = NULL WHERE id = 2"),
        ROOM("INSERT INTO rooms (id) VALUES (7)"),
        HOLD_ROW("INSERT INTO chatty_maintenance_hold (hold_id, sender, placed_by, why, placed_at)"
                + " VALUES ('by hand', '2', 'a', 'a case', CURRENT_TIMESTAMP)"),
        /** By the library: it returns when batches in flight have ended. */
        HOLD(""),
        /** It does not keep the message, but has to share its fate. */
        REACTION("INSERT INTO reactions (message_id, emoji) VALUES (2, 'late')"),
        /** The host removes the message itself. */
        REMOVAL(
                "DELETE FROM reactions WHERE message_id = 2",
                "DELETE FROM attachments WHERE message_id = 2",
                "DELETE FROM messages WHERE id = 2");

        private final String statements;

        Change(String... statements) {
            this.statements = String.join(";", statements);
        }

        boolean keeps() {
            return this != REACTION && this != REMOVAL;
        }
    }

    private static Stream<Arguments> ways() {
        return Stream.of(TestServer.values())
                .flatMap(server -> Stream.of(Due.values()).map(due -> Arguments.of(server, due)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatever_the_host_changes_at_whatever_step_a_message_and_its_children_stay_or_go_together(
            TestServer server, Due due) throws Exception {
        try (TestDatabase database = server.open()) {
            Scene scene = new Scene(database, due);
            int steps = scene.play(Change.PIN, Integer.MAX_VALUE).steps();
            assertThat(steps).isGreaterThan(5);
            for (Change change : due.changes()) {
                for (int step = 0; step < steps; step++) {
                    Outcome outcome = scene.play(change, step);
                    scene.check(outcome, server + " " + due + " " + change + " before " + outcome.at());
                }
            }
        }
    }

    /**
     * What came of it.
     *
     * @param steps how many statements and commits the run had
     * @param at what the change came before
     * @param made whether it was made: no lock kept it out
     * @param inTime whether it was made before a statement that deletes messages began
     * @param heldThen what was there of the held messages when the hold was placed
     */
    private record Outcome(
            Change change, int steps, String at, boolean made, boolean inTime, Set<String> heldThen, Run run) {}

    private static final class Scene {

        private final TestDatabase database;
        private final Due due;
        private final HostChat host;
        private final RunStore store;
        private final MessageCleanup cleanup;
        private final LegalHolds holds;
        private final List<String> ids;
        private Optional<RunId> last = Optional.empty();
        private int placed;

        // Of the run that goes on.
        private Change change;
        private int wanted;
        private int step;
        private boolean deleting;
        private String at;
        private boolean made;
        private boolean inTime;
        private CompletableFuture<Set<String>> placing;

        private Scene(TestDatabase database, Due due) throws SQLException {
            this.database = database;
            this.due = due;
            boolean byAge = due != Due.SOFT_DELETED && due != Due.ORPHANED;
            ids = Stream.concat(IDS.stream(), Stream.of(PINNED).filter(id -> byAge))
                    .toList();
            host = new HostChat(database, Shape.ZONED);
            host.execute("CREATE TABLE stars (message_id BIGINT)");
            host.execute("CREATE TABLE clock (recent "
                    + (database.server() == TestServer.MARIADB ? "TIMESTAMP(6) NULL" : "TIMESTAMP(6) WITH TIME ZONE")
                    + ")");
            host.execute("CREATE TABLE counts (room BIGINT PRIMARY KEY, messages BIGINT)");
            for (String children : List.of("reactions", "attachments")) {
                host.execute("ALTER TABLE " + children + " ADD FOREIGN KEY (message_id) REFERENCES messages (id)");
            }
            ChatSchema schema = schema(due == Due.BY_ONE_RULE_AND_COUNTED);
            ChatDatabase watched =
                    ChatDatabase.of(PausingDataSource.ofStatements(database.dataSource(), this::at), schema);
            store = watched.runStore();
            cleanup = due.cleanup(watched);
            holds = ChatDatabase.of(database.dataSource(), schema).holds();
        }

        private static ChatSchema schema(boolean counted) {
            ChatSchema.Builder schema = ChatSchema.builder()
                    .messages(
                            "messages",
                            m -> m.key("id")
                                    .sentAt("sent_at")
                                    .room("room_id")
                                    .sender("user_id")
                                    .softDeletedAt("deleted_at")
                                    .pinned("pinned")
                                    .exempt("starred", Match.hasRow("stars", "message_id")))
                    .children("reactions", "message_id")
                    .children("attachments", "message_id")
                    .rooms("rooms", "id");
            if (counted) {
                schema.counter("counts", c -> c.key("room").column("messages").of("room_id"));
            }
            return schema.build();
        }

        private void reset() throws SQLException {
            for (String table : List.of("stars", "clock", "counts", "reactions", "attachments", "messages", "rooms")) {
                host.execute("DELETE FROM " + table);
            }
            host.execute("DELETE FROM chatty_maintenance_hold WHERE hold_id = 'by hand'");
            host.execute("DELETE FROM chatty_maintenance_archived");
            for (LegalHold hold : holds.standing()) {
                holds.release(hold.id(), "a");
            }
            host.addRooms(due == Due.ORPHANED ? List.of("9") : List.of("1", "9"));
            String room = due == Due.ORPHANED ? "7" : "1";
            Instant deletedAt = due == Due.SOFT_DELETED ? NOW.minus(ofDays(30)) : null;
            List<Message> messages = new ArrayList<>();
            for (String id : ids) {
                messages.add(new Message(
                        id,
                        NOW.minus(ofDays(100 + Long.parseLong(id))),
                        room,
                        id,
                        deletedAt,
                        id.equals(PINNED) ? true : null));
            }
            if (due == Due.BEYOND_THE_LATEST) {
                messages.add(new Message("5", NOW.minus(ofDays(60)), room, "5", null, null));
            }
            host.add(messages);
            host.addReactions(ids);
            host.addAttachments(ids);
            host.execute("INSERT INTO clock (recent) VALUES (CURRENT_TIMESTAMP)");
            host.execute("INSERT INTO counts (room, messages) VALUES (1, " + ids.size() + "), (9, 0)");
        }

        /** Runs the cleanup to its end, and changes something before that step. */
        Outcome play(Change what, int before) throws Exception {
            reset();
            change = what;
            wanted = before;
            step = 0;
            deleting = false;
            at = "nothing";
            made = false;
            inTime = false;
            placing = CompletableFuture.completedFuture(Set.of());
            Run run = Run.begun("message-cleanup", "a", Optional.empty(), NOW, NOW);
            change = null; // not while the run begins
            assertThat(store.begin(run, last, LONG)).isTrue();
            change = what;
            last = Optional.of(run.id());
            while (run.state() == RunState.RUNNING) {
                run = batch(run);
            }
            change = null;
            return new Outcome(what, step, at, made, inTime, placing.get(60, TimeUnit.SECONDS), run);
        }

        private Run batch(Run run) throws Exception {
            for (int i = 0; i < 2; i++) {
                try {
                    return ByHand.batch(store, run, cleanup, 100);
                } catch (Exception e) { // as an engine would, which does it again after such failures alone
                    assertThat(e)
                            .as(at)
                            .rootCause()
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    cause -> assertThat(cause.getSQLState())
                                            .as(at + ": " + cause)
                                            .startsWith("40"));
                }
            }
            return ByHand.batch(store, run, cleanup, 100);
        }

        private void at(PausingDataSource.Sent sent, boolean before) {
            if (!before || change == null) {
                return;
            }
            if (step++ == wanted) {
                at = "step " + wanted + ", " + sent.what() + " " + sent.sql();
                try {
                    made = make(change);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                inTime = made && !deleting;
            }
            boolean looksAtRights = sent.sql().endsWith(" WHERE 1 = 0"); // as a run does that archives, as it begins
            deleting = deleting || (sent.deletesFrom("messages") && !looksAtRights);
        }

        private boolean make(Change what) throws Exception {
            if (what == Change.HOLD) {
                String id = "h" + ++placed;
                placing = CompletableFuture.supplyAsync(() -> {
                    holds.place(
                            LegalHold.builder(id, "a", "a case").user(VICTIM).build());
                    return held();
                });
                Eventually.eventually(
                        "the hold is committed",
                        () -> host.count("SELECT COUNT(*) FROM chatty_maintenance_hold WHERE hold_id = '" + id + "'")
                                == 1);
                return true;
            }
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                String[] patience = switch (database.server()) {
                    case H2 -> new String[] {"SET LOCK_TIMEOUT 1", "SET LOCK_TIMEOUT 2000"};
                    case POSTGRESQL -> new String[] {"SET lock_timeout = 10", "RESET lock_timeout"};
                    case MARIADB ->
                        new String[] {"SET innodb_lock_wait_timeout = 0", "SET innodb_lock_wait_timeout = DEFAULT"};
                };
                statement.execute(patience[0]);
                connection.setAutoCommit(false);
                try {
                    for (String sql : what.statements.split(";", -1)) {
                        statement.execute(sql);
                    }
                    connection.commit();
                    return true;
                } catch (SQLException e) { // locked
                    connection.rollback();
                    return false;
                } finally {
                    connection.setAutoCommit(true);
                    statement.execute(patience[1]);
                }
            }
        }

        private Set<String> held() {
            try {
                return new TreeSet<>(database.strings("SELECT id FROM messages WHERE user_id = 2"));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        void check(Outcome outcome, String label) throws Exception {
            Set<String> left = host.ids("messages", "id");
            Set<String> expected = new TreeSet<>();
            if (due == Due.BEYOND_THE_LATEST && outcome.change() != Change.EDIT) {
                expected.add("5");
            }
            if (ids.contains(PINNED) && outcome.change() != Change.SWAP) {
                expected.add(PINNED);
            }
            if (outcome.inTime() && outcome.change() == Change.ROOM) {
                expected.addAll(IDS);
            } else if (outcome.inTime() && outcome.change().keeps()) {
                expected.add(VICTIM);
            }
            assertThat(left).as(label + ": what was kept in time").containsAll(expected);
            assertThat(left)
                    .as(label + ": all that is due goes")
                    .isSubsetOf(Stream.concat(expected.stream(), keptAfterAll(outcome))
                            .toList());
            assertThat(left)
                    .as(label + ": what was held when the hold was placed")
                    .containsAll(outcome.heldThen());
            List<String> reactions = new ArrayList<>();
            List<String> attachments = new ArrayList<>();
            for (String id : ids) {
                if (left.contains(id)) {
                    reactions.add(id);
                    attachments.add(id);
                }
                if (id.equals(VICTIM) && (left.contains(id) ? madeReaction(outcome) : isLeftBehind(outcome))) {
                    reactions.add(id);
                }
            }
            assertThat(database.strings("SELECT message_id FROM reactions ORDER BY message_id"))
                    .as(label + ": reactions")
                    .isEqualTo(reactions);
            assertThat(database.strings("SELECT message_id FROM attachments ORDER BY message_id"))
                    .as(label + ": attachments")
                    .isEqualTo(attachments);
            checkCounts(outcome, label, left);
        }

        private static boolean madeReaction(Outcome outcome) {
            return outcome.change() == Change.REACTION && outcome.made();
        }

        /**
         * H2 checks a foreign key against what is committed: it lets the host refer to a message whose delete is about to be,
         * and nobody can keep it from that.
         */
        private boolean isLeftBehind(Outcome outcome) {
            return database.server() == TestServer.H2 && madeReaction(outcome) && !outcome.inTime();
        }

        /** What a change that came after a deleting statement began may have kept, or not. */
        private Stream<String> keptAfterAll(Outcome outcome) {
            if (!outcome.made()) {
                return Stream.of("5", PINNED);
            }
            if (outcome.change() == Change.SWAP) {
                return Stream.of(VICTIM, PINNED);
            }
            if (outcome.change() == Change.EDIT) { // then it can be the latest
                return Stream.of(VICTIM, "5");
            }
            return outcome.change() == Change.ROOM ? IDS.stream() : Stream.of(VICTIM);
        }

        private void checkCounts(Outcome outcome, String label, Set<String> left) throws SQLException {
            long there = due == Due.BEYOND_THE_LATEST ? ids.size() + 1 : ids.size();
            long gone = there - left.size();
            boolean byHost = outcome.change() == Change.REMOVAL && outcome.inTime();
            long late = madeReaction(outcome) && !left.contains(VICTIM) && !isLeftBehind(outcome) ? 1 : 0;
            long counted = Stream.of("softDeleted", "expired", "orphaned")
                    .mapToLong(reason -> outcome.run().counts().get("deleted." + reason))
                    .sum();
            assertThat(counted).as(label + ": counted messages").isEqualTo(byHost ? gone - 1 : gone);
            assertThat(outcome.run().counts().get("deleted.children.reactions"))
                    .as(label + ": counted reactions")
                    .isEqualTo(ids.stream().filter(id -> !left.contains(id)).count() - (byHost ? 1 : 0) + late);
            assertThat(host.rows("chatty_maintenance_archived"))
                    .as(label + ": archived")
                    .isEqualTo(due == Due.INTO_FILES ? counted : 0);
            if (due == Due.BY_ONE_RULE_AND_COUNTED) {
                assertThat(host.count("SELECT messages FROM counts WHERE room = 1"))
                        .as(label + ": the host's own count, which it did not change itself")
                        .isEqualTo(ids.size() - counted);
            }
        }
    }
}
