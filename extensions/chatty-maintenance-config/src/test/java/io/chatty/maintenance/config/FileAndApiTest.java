package io.chatty.maintenance.config;

import static io.chatty.maintenance.jdbc.Match.isOneOf;
import static io.chatty.maintenance.jdbc.Match.not;
import static io.chatty.maintenance.jdbc.TimeKind.epochMillis;
import static io.chatty.maintenance.retention.RetentionRule.keepFor;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.PolicyTable;
import io.chatty.maintenance.jdbc.SizeCap;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceTask;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tasks of a file do to a database what the same tasks, made by the API, do to another one with the same rows. */
@Timeout(120)
class FileAndApiTest {

    /**
     * A task in both forms.
     *
     * @param hocon the file has it, called t
     * @param api makes it, called t
     * @param counted what a run of it counts, at least, and more than 0
     */
    private record Both(String hocon, Function<ChatDatabase, MaintenanceTask> api, String counted) {
        @Override
        public String toString() {
            return hocon;
        }
    }

    private static RetentionPolicies month() {
        return RetentionPolicies.builder().global(keepFor(ofDays(100))).build();
    }

    private static Both cleanup(
            String settings, Function<MessageCleanup.Builder, MessageCleanup.Builder> api, String counted) {
        return new Both(
                "policies.global = 100 days, tasks.t { type = message-cleanup, settings { share-limit = 1, " + settings
                        + " } }",
                chat -> api.apply(chat.messageCleanup(month()).name("t").shareLimit(1))
                        .build(),
                counted);
    }

    private static Both table(String hocon, String name, Consumer<PolicyTable.Builder> description, String counted) {
        return new Both(
                "policies.tables = [ { table = " + name + ", " + hocon
                        + " } ], tasks.t { type = message-cleanup, settings.share-limit = 1 }",
                chat -> chat.messageCleanup(RetentionPolicies.builder()
                                .policy(chat.policyTable(name, description))
                                .build())
                        .name("t")
                        .shareLimit(1)
                        .build(),
                counted);
    }

    static Stream<Both> tasks() {
        return Stream.of(cleanups(), tables(), unused()).flatMap(each -> each);
    }

    private static Stream<Both> cleanups() {
        return Stream.of(
                cleanup("soft-delete-grace = 3 days", c -> c.softDeleteGrace(ofDays(3)), "deleted.softDeleted"),
                cleanup("remove-orphans = true", c -> c.removeOrphans(), "deleted.orphaned"),
                cleanup(
                        "remove-orphans = true, orphan-grace = 5 days",
                        c -> c.removeOrphans(ofDays(5)),
                        "deleted.orphans.reactions"),
                cleanup(
                        "size-cap { rows = 60, down-to = 40 }",
                        c -> c.sizeCap(SizeCap.rows(60).downTo(40)),
                        "deleted.capped"),
                cleanup(
                        "size-cap { bytes = 3 KiB, down-to = 2 KiB }",
                        c -> c.sizeCap(SizeCap.bytes(3072).downTo(2048)),
                        "deleted.capped"));
    }

    private static Stream<Both> tables() {
        return Stream.of(
                table(
                        "room = id, keep-days = days, forever = [-1]",
                        "rooms",
                        t -> t.room("id").keepDays("days").forever(-1),
                        "deleted.expired"),
                table(
                        "room = id, through { column = policy, table = policies, key = id }, keep-millis = millis,"
                                + " keep-latest = latest, forever = [-7, -8], where { is-one-of { column = id, values = [1, 2] } },"
                                + " cache-size = 10, cached-for = 5 s",
                        "rooms",
                        t -> t.room("id")
                                .through("policy", "policies", "id")
                                .keepMillis("millis")
                                .keepLatest("latest")
                                .forever(-7, -8)
                                .where(isOneOf("id", 1, 2))
                                .cacheSize(10)
                                .cachedFor(Duration.ofSeconds(5)),
                        "deleted.expired"),
                table("user = id, keep-days = days", "users", t -> t.user("id").keepDays("days"), "deleted.expired"),
                table(
                        "team = team, keep-days = days, where { is-one-of { column = id, values = [3] } }",
                        "rooms",
                        t -> t.team("team").keepDays("days").where(isOneOf("id", 3)),
                        "deleted.expired"),
                table(
                        "global = true, keep-millis = millis, where { is-one-of { column = id, values = [3] } }",
                        "policies",
                        t -> t.global().keepMillis("millis").where(isOneOf("id", 3)),
                        "deleted.expired"));
    }

    private static Stream<Both> unused() {
        return Stream.of(
                new Both(
                        "tasks.t { type = unused-rooms, settings { created-at { column = made, kind = epoch-millis }, grace = 30 days,"
                                + " used-by { table = members, column = room_id }, without-foreign-keys = true, share-limit = 1,"
                                + " keep { not { is-one-of { column = team, values = [plus] } } } } }",
                        chat -> chat.unusedRooms("made", epochMillis(), ofDays(30))
                                .name("t")
                                .usedBy("members", "room_id")
                                .withoutForeignKeys()
                                .keep(not(isOneOf("team", "plus")))
                                .shareLimit(1)
                                .build(),
                        "deleted.unused"),
                new Both(
                        "tasks.t { type = unused-users, settings { created-at { column = made, kind = epoch-millis }, grace = 40 days,"
                                + " used-by = [ { table = members, column = user_id } ], without-foreign-keys = true } }",
                        chat -> chat.unusedUsers("made", epochMillis(), ofDays(40))
                                .name("t")
                                .usedBy("members", "user_id")
                                .withoutForeignKeys()
                                .build(),
                        "deleted.unused"));
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void a_task_of_the_file_does_what_the_task_of_the_api_does(Both both) throws Exception {
        CleanedChat byFile = new CleanedChat();
        CleanedChat byApi = new CleanedChat();
        List<Object> before = byFile.rows();

        Run ofFile = byFile.run(both.hocon(), "t");
        Run ofApi = byApi.run(both.api());

        assertThat(ofFile.counts().asMap()).isEqualTo(ofApi.counts().asMap());
        assertThat(ofFile.counts().asMap()).containsKey(both.counted());
        assertThat(byFile.rows()).isEqualTo(byApi.rows()).isNotEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"0.05, AWAITING_CONFIRMATION", "0.95, SUCCEEDED"})
    void a_run_that_would_remove_more_than_the_share_limit_waits(String share, RunState state) throws Exception {
        String unused =
                "type = unused-rooms, settings { created-at { column = made, kind = epoch-millis }, grace = 120 days,"
                        + " without-foreign-keys = true, share-limit = " + share + " }";
        String cleanup = "type = message-cleanup, settings.share-limit = " + share;
        for (String task : List.of(unused, cleanup)) {
            CleanedChat chat = new CleanedChat();
            chat.execute(
                    "INSERT INTO messages SELECT 1000 + X, 1, 1, " + CleanedChat.NOW.toEpochMilli() + " - X, 0, 'young'"
                            + " FROM SYSTEM_RANGE(1, 10000) WHERE X > 1100"); // under 10,000 there is no limit
            chat.execute("INSERT INTO messages SELECT 20000 + X, 1, 1, X, 0, 'old' FROM SYSTEM_RANGE(1, 1000)");

            chat.expecting(state).run("policies.global = 100 days, tasks.t { " + task + " }", "t");
        }
    }

    @Test
    void several_workers_are_asked_for() throws Exception {
        String settings = "schema.children = [ { table = MESSAGES, column = room_id, set-loose = true } ]\n"
                + "tasks.t { type = message-cleanup, settings.workers = 3 }"; // its name is known when the engine
        // starts
        CleanedChat chat = new CleanedChat();

        assertThat(catchThrowable(() -> chat.run(settings, "t")))
                .hasMessageContaining("workers: 3 given, but messages refer to messages");
    }

    @Test
    void what_is_archived_leaves_for_good_after_its_time_from_tables_and_from_files(@TempDir Path folder)
            throws Exception {
        for (String archive : List.of("archive = old_", "archive-folder = \"" + folder + "\"")) {
            CleanedChat chat = new CleanedChat();
            String tasks =
                    "policies.global = 100 days\n tasks { clean { type = message-cleanup, settings { share-limit = 1, "
                            + archive
                            + " } }, purge { type = archive-purge, settings { cleanup = clean, after = 30 days } } }";
            long removed = chat.run(tasks, "clean").counts().get("deleted.expired");
            assertThat(removed).isPositive();
            Instant archivedAt = Instant.now(); // what is archived has the time of the database's clock
            assertThat(chat.archived()).isEqualTo(removed);

            chat.at(archivedAt.plus(ofDays(29))).run(tasks, "purge");
            assertThat(chat.archived()).as("after 29 days, " + archive).isEqualTo(removed);

            chat.at(archivedAt.plus(ofDays(31))).run(tasks, "purge");
            assertThat(chat.archived()).as("after 31 days, " + archive).isZero();
        }
    }

    @Test
    void what_was_asked_for_is_erased_out_of_all_archives_of_the_file() throws Exception {
        String tasks = "policies.global = 100 days\n tasks {"
                + " clean { type = message-cleanup, settings { share-limit = 1, archive = old_ } }, erasure.type = erasure }";
        CleanedChat chat = new CleanedChat();
        chat.run(tasks, "clean");
        long archived = chat.archived();

        chat.before(configured -> configured.erasure().orElseThrow().ask(RetentionScope.user("3"), "ann", "asked to"))
                .run(tasks, "erasure");

        assertThat(chat.archived()).isLessThan(archived);
        assertThat(chat.strings("SELECT id FROM messages WHERE user_id = 3")).isEmpty();
        assertThat(chat.strings("SELECT id FROM old_messages WHERE user_id = 3"))
                .isEmpty();
    }

    @Test
    void a_room_whose_messages_are_archived_stays_whichever_cleanup_archived_them() throws Exception {
        String unused =
                " unused { type = unused-rooms, settings { created-at { column = made, kind = epoch-millis }, grace = 1 day,"
                        + " without-foreign-keys = true, share-limit = 1, archives = [%s] } } }";
        String clean =
                "policies.rooms.3 = 1 day\n tasks { clean { type = message-cleanup, settings { share-limit = 1%s } },";
        String archiving = String.format(clean, ", archive = old_");
        for (String later : List.of(
                archiving + String.format(unused, ""),
                String.format(clean, "") + String.format(unused, "old_"),
                archiving + String.format(unused, "old_"))) {
            CleanedChat chat = new CleanedChat();
            chat.run(archiving + " }", "clean");
            assertThat(chat.strings("SELECT id FROM messages WHERE room_id = 3"))
                    .isEmpty();

            chat.run(later, "unused");

            assertThat(chat.strings("SELECT id FROM rooms WHERE id IN (3, 21)")).containsExactly("3");
        }
    }

    @Test
    void what_went_is_told_to_the_listener_of_a_plugin() throws Exception {
        String tasks = "policies.global = 190 days\n tasks {"
                + " clean { type = message-cleanup, settings { share-limit = 1, tell-deleted = true } },"
                + " removal-delivery { type = removal-delivery, settings { provider = search-index, settings.index = told } } }";
        CleanedChat chat = new CleanedChat();
        long removed = chat.run(tasks, "clean").counts().get("deleted.expired");
        assertThat(IndexProvider.told("told")).isEmpty();

        chat.run(tasks, "removal-delivery");

        assertThat(IndexProvider.told("told")).hasSize((int) removed).hasSize(10);
    }

    @Test
    void what_is_erased_is_told_to_the_listener_that_a_cleanup_tells_unless_the_file_says_no() throws Exception {
        Map<String, String> erasures = Map.of(
                "erased",
                "erasure.type = erasure",
                "quiet",
                "erasure { type = erasure, settings.tell-deleted = false }");
        for (Map.Entry<String, String> each : erasures.entrySet()) {
            CleanedChat chat = new CleanedChat();
            String file = "policies.global = forever\n tasks {"
                    + " clean { type = message-cleanup, settings.tell-deleted = true }, " + each.getValue()
                    + ", removal-delivery { type = removal-delivery, settings { provider = search-index, settings.index = "
                    + each.getKey() + " } } }";
            List<String> theirs = chat.strings("SELECT id FROM messages WHERE user_id = 3");
            assertThat(theirs).isNotEmpty();

            chat.before(configured ->
                            configured.erasure().orElseThrow().ask(RetentionScope.user("3"), "ann", "asked to"))
                    .run(file, "erasure");
            chat.run(file, "removal-delivery");

            assertThat(IndexProvider.told(each.getKey())).hasSize(each.getKey().equals("erased") ? theirs.size() : 0);
        }
    }

    @Test
    void partitions_are_dropped_by_a_task_of_its_own_where_the_database_has_them() throws Exception {
        CleanedChat chat = new CleanedChat();
        String tasks = "tasks { clean.type = message-cleanup, drop { type = partition-drop,"
                + " settings { cleanup = clean, lock-limit = 1 s } } }";

        assertThat(catchThrowable(() -> chat.run(tasks, "drop"))).hasMessageContaining("partitions: h2 has none");
    }
}
