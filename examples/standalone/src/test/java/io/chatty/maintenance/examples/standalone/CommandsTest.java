package io.chatty.maintenance.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.config.MaintenanceConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands, what they print, and how they end. */
@Timeout(120)
class CommandsTest {

    private static final String CLEANUP = "tasks.clean.type = message-cleanup";
    private static final String SWEEP = "tasks.sweep.type = steps";
    private static final int ENDLESS = 1_000_000_000;
    private static final String GATED =
            "tasks.sweep { type = steps, settings { gated = true, steps = " + ENDLESS + " } }";

    /** What others ask of a run is seen at the next renewal, a third of that. */
    private static final String SOON = "engine.claim-for = 2 s";

    @TempDir
    private Path folder;

    private Chat chat;

    @BeforeEach
    void fill() throws SQLException {
        chat = Chat.in(folder);
    }

    @AfterEach
    void closeGate() {
        StepsProvider.GATE.close();
    }

    private static CompletableFuture<Ran> aside(CompletableFuture<Void> askedToEnd, String... arguments) {
        return CompletableFuture.supplyAsync(
                () -> Ran.command(askedToEnd, arguments), command -> new Thread(command).start());
    }

    private static Ran end(CompletableFuture<Ran> command) throws Exception {
        return command.get(60, TimeUnit.SECONDS);
    }

    /** A file by which a run that rests after so many batches has five to go. */
    private String stepsMore(long batches) {
        return chat.file("tasks.sweep { type = steps, settings.steps = " + (batches + 5) + " }");
    }

    // ---- preview and run

    @Test
    void a_preview_counts_by_reason_and_changes_nothing() throws Exception {
        String file = chat.file(CLEANUP, SWEEP);

        Ran text = Ran.command("preview", "-c", file);
        Ran json = Ran.command("preview", "clean", "--json", "-c", file);

        assertThat(text.code()).isZero();
        assertThat(text.out()).contains("Preview of clean").containsPattern("due.expired +1,000");
        assertThat(json.json().at("/previews/0/counts/due.expired").asLong()).isEqualTo(1000);
        assertThat(Instant.parse(json.json().at("/previews/0/now").asText())).isBefore(Instant.now());
        assertThat(chat.count("messages")).isEqualTo(Chat.MESSAGES);
        assertThat(chat.count("INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'PUBLIC'"))
                .as("the chat's own")
                .isEqualTo(1);
    }

    @Test
    void a_task_that_cannot_be_previewed_is_told_so() {
        Ran ran = Ran.command("preview", "sweep", "-c", chat.file(SWEEP));
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains("TASK: \"sweep\" given, which cannot be previewed");
    }

    @Test
    void a_run_does_what_the_file_says_and_tells_what_it_did() throws Exception {
        Ran ran = Ran.command("run", "clean", "-c", chat.file(CLEANUP));

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("of clean is SUCCEEDED").containsPattern("deleted.expired +1,000");
        assertThat(ran.err()).as("in a pipe").isEmpty();
        assertThat(chat.due()).isZero();
        assertThat(chat.count("messages")).isEqualTo(Chat.MESSAGES / 2);
    }

    @Test
    void programs_read_one_document() throws Exception {
        JsonNode document =
                Ran.command("--json", "run", "sweep", "-c", chat.file(SWEEP)).json();

        assertThat(document.at("/task").asText()).isEqualTo("sweep");
        assertThat(document.at("/exitCode").asInt()).isZero();
        assertThat(document.at("/run/state").asText()).isEqualTo("SUCCEEDED");
        assertThat(document.at("/run/counts/done").asLong()).isEqualTo(3);
        assertThat(document.at("/run/due").isNull()).isTrue();
        Instant created = Instant.parse(document.at("/run/createdAt").asText());
        Instant ended = Instant.parse(document.at("/run/endedAt").asText());
        assertThat(document.at("/run/seconds").asDouble())
                .isEqualTo(Duration.between(created, ended).toNanos() / 1e9);
    }

    @Test
    void a_run_touches_no_other_task() throws Exception {
        String file = chat.file(
                SWEEP,
                "tasks.other { type = steps, settings { gated = true, steps = 1000000000 }, schedule.every = 1 s }");
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture<Ran> other = aside(end, "run", "other", "-c", file);
        StepsProvider.GATE.awaitReached();
        end.complete(null);
        StepsProvider.GATE.openUntil(other);
        assertThat(end(other).code()).isEqualTo(ExitCode.INTERRUPTED);

        assertThat(Ran.command("run", "sweep", "-c", file).code()).isZero();
        for (String command : List.of("pause", "resume", "run")) {
            assertThat(Ran.command(command, "sweep", "-c", file).code()).isZero();
        }

        Ran history = Ran.command("history", "other", "--json", "-c", file);
        assertThat(history.json().at("/state").asText()).isEqualTo("INTERRUPTED");
        assertThat(history.json().at("/token").asLong())
                .as("nobody has taken it up")
                .isEqualTo(1);
    }

    @Test
    void a_run_that_is_told_to_end_rests_and_the_next_goes_on_from_its_cursor() throws Exception {
        String file = chat.file(GATED);
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture<Ran> first = aside(end, "run", "sweep", "--json", "-c", file);
        StepsProvider.GATE.awaitReached();
        end.complete(null);
        StepsProvider.GATE.openUntil(first);
        Ran rests = end(first);
        assertThat(rests.code()).isEqualTo(ExitCode.INTERRUPTED);
        long batches = rests.json().at("/run/batches").asLong();
        assertThat(batches).isPositive();

        Ran next = Ran.command("run", "sweep", "--json", "-c", stepsMore(batches));

        assertThat(next.code()).isZero();
        assertThat(next.json().at("/run/id")).isEqualTo(rests.json().at("/run/id"));
        assertThat(next.json().at("/run/counts/done").asLong()).isEqualTo(batches + 5);
        assertThat(Ran.command("history", "--json", "-c", file).out().lines()).hasSize(1);
    }

    @Test
    void a_run_that_fails_is_told_so_and_health_says_it_until_one_is_good() {
        String fails = "tasks.sweep { type = steps, settings.fails = true, retries = 0 }";
        Ran ran = Ran.command("run", "sweep", "-c", chat.file(fails));
        assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.out()).contains("of sweep is FAILED", "the broom is broken");

        Ran ill = Ran.command("health", "-c", chat.file(fails));
        assertThat(ill.code()).isEqualTo(ExitCode.DEGRADED);
        assertThat(ill.out()).contains("sweep: DEGRADED, failing: the last run is FAILED", "the broom is broken");

        assertThat(Ran.command("run", "sweep", "-c", chat.file(SWEEP)).code()).isZero();
        assertThat(Ran.command("health", "-c", chat.file(SWEEP)).code()).isZero();
    }

    // ---- explain, restore, erase

    @Test
    void a_message_is_explained() throws Exception {
        String file = chat.file(CLEANUP);
        assertThat(Ran.command("explain", "clean", "1", "-c", file).out())
                .contains("message 1 goes at the next run, as expired", "keep for 30 days");
        Ran young = Ran.command("explain", "clean", "2", "--json", "-c", file);
        assertThat(young.code()).isZero();
        assertThat(young.json().at("/exists").asBoolean()).isTrue();
        assertThat(Instant.parse(young.json().at("/goesAt").asText())).isAfter(Instant.now());
        assertThat(Ran.command("explain", "clean", "no number", "-c", file).out())
                .contains("there is none");
        assertThat(Ran.command("explain", "clean", "1", "2", "-c", file).code()).isEqualTo(ExitCode.USAGE);
        assertThat(Ran.command("explain", "sweep", "1", "-c", chat.file(SWEEP)).code())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void what_a_run_removed_is_restored_and_what_is_erased_is_not() throws Exception {
        assertIsRestoredUnlessErased("archive = archived_");
    }

    @Test
    void the_same_out_of_files(@TempDir Path directory) throws Exception {
        assertIsRestoredUnlessErased("archive-folder = \"" + directory + "\"");
    }

    private void assertIsRestoredUnlessErased(String archive) throws Exception {
        String file = chat.file("tasks.clean { type = message-cleanup, settings { " + archive + " } }");
        assertThat(Ran.command("run", "clean", "-c", file).code()).isZero();
        assertThat(chat.due()).isZero();

        Ran erased = Ran.command("erase", "--user", "1", "--by", "me", "--why", "asked for", "--json", "-c", file);
        assertThat(erased.code()).isZero();
        assertThat(erased.json().at("/requestsLeft").asInt()).isZero();
        assertThat(erased.json().at("/run/counts/deleted.erased.archived").asLong())
                .isEqualTo(Chat.MESSAGES / 4);

        assertThat(Ran.command("restore", "--user", "3", "-c", file).out())
                .containsPattern("restored.messages +" + Chat.MESSAGES / 4);
        assertThat(Ran.command("restore", "--all", "-c", file).out()).containsPattern("restored.messages +0");
        assertThat(chat.due()).isEqualTo(Chat.MESSAGES / 4);
        assertThat(chat.count("messages WHERE user_id = 1")).isZero();
    }

    @Test
    void what_is_erased_leaves_the_archives_that_an_erasure_of_the_file_names() throws Exception {
        String archiving = chat.file("tasks.clean { type = message-cleanup, settings.archive = archived_ }");
        assertThat(Ran.command("run", "clean", "-c", archiving).code()).isZero();

        String file = chat.file(
                "tasks { clean.type = message-cleanup, erasure { type = erasure, settings.archives = [ archived_ ] } }");
        Ran erased = Ran.command("erase", "--user", "1", "--by", "me", "--why", "asked for", "--json", "-c", file);

        assertThat(erased.code()).isZero();
        assertThat(erased.json().at("/run/counts/deleted.erased.archived").asLong())
                .isEqualTo(Chat.MESSAGES / 4);
        assertThat(chat.count("archived_messages WHERE user_id = 1")).isZero();
    }

    @Test
    void a_restore_and_an_erasure_need_to_be_told_of_what() {
        String file = chat.file(CLEANUP);
        assertThat(Ran.command("restore", "-c", file).err()).contains("allowed are --run, --room, --user");
        assertThat(Ran.command("restore", "--all", "--user", "1", "-c", file).code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Ran.command("restore", "--from", "2026-01-01T00:00:00Z", "-c", file)
                        .err())
                .contains("--from: given alone");
        assertThat(Ran.command("restore", "--all", "-c", file).err()).contains("has an archive");
        assertThat(Ran.command("erase", "--by", "me", "--why", "asked for", "-c", file)
                        .code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Ran.command("erase", "--user", "1", "--by", "me", "-c", file).code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Ran.command("erase", "--room", "1", "--by", "me", "--why", "asked for", "-c", file)
                        .err())
                .contains("room(column)");
    }

    @Test
    void files_that_a_sweep_set_aside_are_restored_by_name_and_by_run(@TempDir Path root) throws Exception {
        Path names = Files.writeString(root.resolve("names"), "needed\n# complete 1\n");
        Path files = Files.createDirectory(root.resolve("files"));
        for (String name : List.of("needed", "one.part", "two.part")) {
            Path written = Files.writeString(files.resolve(name), name);
            Files.setLastModifiedTime(written, FileTime.from(Instant.now().minus(Duration.ofDays(20))));
        }
        String file = chat.file(
                "files.uploads { root = \"" + files + "\", trusts-modification-time = true, references.wiki.list = \""
                        + names + "\" }",
                "tasks.files { type = file-sweep, settings { store = uploads, moves-on-first-run = true,"
                        + " temporary = [ { prefix = \"\", pattern = \"*.part\", age = 1 day } ] } }");
        assertThat(Ran.command("status", "-c", file).code()).isZero(); // which makes the tables of our own
        assertThat(Ran.command("preview", "files", "-c", file).out())
                .containsPattern("due.quarantined.temporary[ =]+2");
        assertThat(files.resolve("one.part")).exists();
        Ran run = Ran.command("run", "files", "--json", "-c", file);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(files.resolve("one.part")).doesNotExist();

        Ran one = Ran.command("restore-files", "files", "--file", "one.part", "--json", "-c", file);
        assertThat(one.json().at("/restored").asInt()).isEqualTo(1);
        assertThat(files.resolve("one.part")).exists();
        assertThat(files.resolve("two.part")).doesNotExist();

        String id = run.json().at("/run/id").asText();
        assertThat(Ran.command("restore-files", "files", "--run", id, "-c", file)
                        .out())
                .contains("Files restored: 1");
        assertThat(files.resolve("two.part")).exists();
        assertThat(Ran.command("restore-files", "files", "--file", "never", "-c", file)
                        .code())
                .isEqualTo(ExitCode.ERROR);
        assertThat(Ran.command("restore-files", "files", "-c", file).err()).contains("exactly one of --file");
        assertThat(Ran.command("restore-files", "files", "--to", "2026-01-01T00:00:00Z", "-c", file)
                        .err())
                .contains("--to: given alone");
        assertThat(Ran.command("restore-files", "fils", "--run", id, "-c", file).code())
                .isEqualTo(ExitCode.UNKNOWN_TASK);
    }

    // ---- confirmation

    private static final String CAUTIOUS = "tasks.sweep { type = steps, settings.cautious = true }";

    @Test
    void a_run_that_awaits_confirmation_is_shown_confirmed_and_then_goes_on() throws Exception {
        String file = chat.file(CAUTIOUS);
        Ran run = Ran.command("run", "sweep", "--json", "-c", file);
        String id = run.json().at("/run/id").asText();
        String toType = "\"confirm " + id + "\" lets it go on, \"cancel sweep\" ends it";
        assertThat(run.code()).isEqualTo(ExitCode.AWAITING_CONFIRMATION);
        assertThat(run.json().at("/run/state").asText()).isEqualTo("AWAITING_CONFIRMATION");
        assertThat(run.json().at("/run/fingerprint").asText()).isEqualTo("3 steps");

        Ran again = Ran.command("run", "sweep", "-c", file);
        assertThat(again.code()).isEqualTo(ExitCode.AWAITING_CONFIRMATION);
        assertThat(again.out()).contains("Run " + id + " awaits confirmation: the rest is a lot; " + toType);
        assertThat(Ran.command("status", "-c", file).out())
                .contains("not well: awaiting confirmation: the rest is a lot; " + toType);
        assertThat(Ran.command("health", "-c", file).code()).isEqualTo(ExitCode.DEGRADED);
        assertThat(Ran.command("resume", "sweep", "-c", file).out())
                .contains("sweep was not paused. Its run still awaits confirmation: the rest is a lot; " + toType);

        Ran confirmed = Ran.command("confirm", id, "--json", "-c", file);
        assertThat(confirmed.code()).isZero();
        assertThat(confirmed.json().at("/confirmed").asBoolean()).isTrue();
        assertThat(confirmed.json().at("/run/state").asText()).isEqualTo("INTERRUPTED");
        Ran second = Ran.command("confirm", id, "-c", file);
        assertThat(second.code()).isEqualTo(ExitCode.NOT_CONFIRMED);
        assertThat(second.out()).contains("does not await confirmation: it is INTERRUPTED, confirmed at ");

        Ran goesOn = Ran.command("run", "sweep", "--json", "-c", file);
        assertThat(goesOn.code()).isZero();
        assertThat(goesOn.json().at("/run/id").asText()).isEqualTo(id);
        assertThat(goesOn.json().at("/run/counts/done").asLong()).isEqualTo(3);
    }

    @Test
    void a_confirmation_of_what_there_is_not_or_of_what_was_counted_under_other_settings_is_refused() {
        String file = chat.file(CAUTIOUS);
        String id = Ran.command("run", "sweep", "--json", "-c", file)
                .out()
                .replaceAll("(?s).*\"id\" ?: ?\"([^\"]+)\".*", "$1");
        assertThat(Ran.command("confirm", "nobody", "-c", file).code()).isEqualTo(ExitCode.NOT_CONFIRMED);
        assertThat(Ran.command("confirm", "x".repeat(37), "-c", file).code()).isEqualTo(ExitCode.USAGE);

        String other = chat.file("tasks.sweep { type = steps, settings { cautious = true, steps = 9 } }");
        Ran late = Ran.command("confirm", id, "-c", other);
        assertThat(late.code()).isEqualTo(ExitCode.NOT_CONFIRMED);
        assertThat(late.out())
                .contains("it is EXPIRED, the task's settings have changed", "\"3 steps\"", "\"9 steps\"");
        assertThat(Ran.command("run", "sweep", "-c", other).code()).isEqualTo(ExitCode.AWAITING_CONFIRMATION);
        assertThat(Ran.command("cancel", "sweep", "-c", other).out()).contains("The run of sweep is cancelled.");
    }

    // ---- beside another process

    @Test
    void a_run_that_goes_on_elsewhere_is_left_there() throws Exception {
        String file = chat.file(GATED);
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture<Ran> first = aside(end, "run", "sweep", "-c", file);
        StepsProvider.GATE.awaitReached();

        Ran second = Ran.command("run", "sweep", "-c", file);
        Ran status = Ran.command("status", "--json", "-c", file);

        assertThat(second.code()).isEqualTo(ExitCode.ELSEWHERE);
        assertThat(second.out()).contains("goes on in another process");
        assertThat(status.json().at("/tasks/0/activeRun/state").asText()).isEqualTo("RUNNING");
        end.complete(null);
        StepsProvider.GATE.openUntil(first);
        assertThat(end(first).code()).isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    void a_pause_stops_a_run_elsewhere_and_after_a_resume_the_next_goes_on_with_it() throws Exception {
        String file = chat.file(GATED, SOON);
        CompletableFuture<Ran> first = aside(new CompletableFuture<>(), "run", "sweep", "--json", "-c", file);
        StepsProvider.GATE.awaitReached();

        Ran pause = Ran.command("pause", "sweep", "-c", file);
        assertThat(pause.code()).isZero();
        assertThat(pause.out()).contains("sweep is paused. Its run in ", "stops when its claim is renewed");
        StepsProvider.GATE.openUntil(first);
        Ran paused = end(first);
        assertThat(paused.code()).isEqualTo(ExitCode.PAUSED);
        assertThat(Ran.command("pause", "sweep", "-c", file).out()).contains("was paused already. Its run rests after");
        assertThat(Ran.command("run", "sweep", "-c", file).code()).isEqualTo(ExitCode.PAUSED);
        assertThat(Ran.command("health", "sweep", "-c", file).out()).contains("DEGRADED, paused");

        Ran resume = Ran.command("resume", "sweep", "-c", file);
        assertThat(resume.out()).contains("is no longer paused. Its run goes on after");
        long batches = paused.json().at("/run/batches").asLong();
        Ran next = Ran.command("run", "sweep", "--json", "-c", stepsMore(batches));
        assertThat(next.json().at("/run/id")).isEqualTo(paused.json().at("/run/id"));
        assertThat(next.json().at("/run/counts/done").asLong()).isEqualTo(batches + 5);
        assertThat(Ran.command("resume", "sweep", "-c", file).out()).contains("was not paused");
    }

    @Test
    void a_cancel_ends_a_run_elsewhere_for_good() throws Exception {
        String file = chat.file(GATED, SOON);
        CompletableFuture<Ran> first = aside(new CompletableFuture<>(), "run", "sweep", "-c", file);
        StepsProvider.GATE.awaitReached();

        assertThat(Ran.command("cancel", "sweep", "-c", file).out()).contains("ends when its claim is renewed");

        StepsProvider.GATE.openUntil(first);
        assertThat(end(first).code()).isEqualTo(ExitCode.CANCELLED);
        Ran again = Ran.command("cancel", "sweep", "--json", "-c", file);
        assertThat(again.json().at("/cancelled").asBoolean()).isFalse();
        assertThat(Ran.command("history", "-c", file).out()).contains("CANCELLED");
    }

    @Test
    void a_run_that_rests_is_cancelled_at_once() throws Exception {
        String file = chat.file(GATED);
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture<Ran> first = aside(end, "run", "sweep", "-c", file);
        StepsProvider.GATE.awaitReached();
        end.complete(null);
        StepsProvider.GATE.openUntil(first);

        assertThat(Ran.command("cancel", "sweep", "-c", file).out()).contains("The run of sweep is cancelled.");
        Ran fresh = Ran.command("run", "sweep", "--json", "-c", chat.file(SWEEP));
        assertThat(fresh.json().at("/run/counts/done").asLong()).isEqualTo(3);
    }

    // ---- serve

    @Test
    void serve_runs_what_is_due_prints_a_line_a_run_and_ends_well_when_told_to() throws Exception {
        String file = chat.file("tasks.sweep { type = steps, settings.gated = true, schedule.every = 1 s }");
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture<Ran> serve = aside(end, "serve", "--json", "-c", file);
        StepsProvider.GATE.awaitReached();
        StepsProvider.GATE.open(3);
        for (int batch = 0; batch < 3; batch++) { // the last is of the next run
            StepsProvider.GATE.awaitReached();
        }
        end.complete(null);
        StepsProvider.GATE.openUntil(serve);

        Ran ran = end(serve);
        assertThat(ran.code()).isZero();
        List<String> states = ran.out()
                .lines()
                .map(CommandsTest::state)
                .filter(state -> !state.equals("SKIPPED"))
                .toList();
        assertThat(states).hasSizeGreaterThanOrEqualTo(2).startsWith("SUCCEEDED");
        assertThat(Ran.command("history", "--json", "-c", file).out().lines().map(CommandsTest::state))
                .as("nothing is left as if it went on")
                .contains("SUCCEEDED")
                .doesNotContain("RUNNING", "FAILED");
    }

    private static String state(String line) {
        try {
            return new ObjectMapper().readTree(line).at("/state").asText();
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void a_due_time_that_nobody_has_seen_to_is_overdue() throws Exception {
        String file = chat.file("tasks.sweep { type = steps, schedule.every = 1 h }");
        assertThat(Ran.command("run", "sweep", "-c", file).code()).isZero();
        assertThat(Ran.command("health", "-c", file).code()).isZero();
        try (Connection connection = DriverManager.getConnection(chat.url());
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE chatty_maintenance_run SET created_at = DATEADD(HOUR, -3, created_at)");
        }

        Ran health = Ran.command("health", "--json", "-c", file);

        assertThat(health.code()).isEqualTo(ExitCode.DEGRADED);
        assertThat(health.json().at("/level").asText()).isEqualTo("DEGRADED");
        assertThat(health.json().at("/tasks/0/reasons/0").asText()).startsWith("overdue: it was due at ");
    }

    // ---- what is wrong

    @Test
    void all_mistakes_of_a_file_are_listed() throws Exception {
        String file = chat.file("engine.tasks-at-once = 0", "colour = red", SWEEP);
        Ran text = Ran.command("validate", "-c", file);
        assertThat(text.code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(text.out().lines())
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).startsWith("engine.tasks-at-once: 0 given, 1 to 100 allowed"))
                .anySatisfy(line -> assertThat(line).startsWith("colour: unknown; "));

        Ran json = Ran.command("validate", "--json", "-c", file);
        assertThat(json.json().at("/valid").asBoolean(true)).isFalse();
        assertThat(json.json().at("/mistakes")).hasSize(2);

        for (String command : List.of("run", "pause", "preview", "history", "cancel", "resume", "health", "status")) {
            Ran ran = Ran.command(command, "sweep", "--json", "-c", file);
            assertThat(ran.code()).as(command).isEqualTo(ExitCode.SETTINGS);
            assertThat(ran.json().at("/error/kind").asText()).isEqualTo("settings");
            assertThat(ran.json().at("/error/mistakes")).as(command).hasSize(2);
            assertThat(ran.err()).contains("engine.tasks-at-once", "colour");
        }
        assertThat(Ran.command("serve", "-c", file).code()).isEqualTo(ExitCode.SETTINGS);
        assertThat(Ran.command("validate", "-c", chat.file(SWEEP)).out()).contains("no mistakes");
    }

    @Test
    void a_file_that_cannot_be_used_is_named() {
        String nowhere = folder.resolve("nowhere.conf").toString();
        assertThat(Ran.command("run", "sweep", "-c", nowhere))
                .satisfies(ran -> assertThat(ran.code()).isEqualTo(ExitCode.SETTINGS))
                .satisfies(ran -> assertThat(ran.err()).contains("\"" + nowhere + "\" given, which does not exist"));
        assertThat(Ran.command("status", "-c", folder.toString()).err()).contains("which is a folder");
        assertThat(Ran.command("validate", "-c", chat.write("zone = 02:30")).out())
                .contains("is not HOCON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "preview", "history", "pause", "resume", "cancel", "status", "health"})
    void an_unknown_task_is_told_with_those_that_there_are(String command) throws Exception {
        Ran ran = Ran.command(command, "swepe", "--json", "-c", chat.file(SWEEP));
        assertThat(ran.code()).isEqualTo(ExitCode.UNKNOWN_TASK);
        assertThat(ran.err())
                .contains("task: \"swepe\" given, the file has sweep; did you mean sweep?")
                .doesNotContain("\tat ");
        assertThat(ran.json().at("/error/code").asInt()).isEqualTo(ExitCode.UNKNOWN_TASK);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run                   | Missing required parameter: 'TASK'",
                "runn sweep            | Did you mean: chatty-maintenance run",
                "history --limit -3    | Invalid value for option '--limit': \"-3\" given, 1 to 100000 allowed",
                "history --limit many  | Invalid value for option '--limit': \"many\" given, 1 to 100000 allowed",
                "history --limt 3      | --limit",
                "run a b               | Unmatched argument",
                "run a --progress soon | auto, always, never",
                "--json                | A command is missing: preview, run, serve, history"
            })
    void wrong_arguments_are_told_with_what_is_allowed(String arguments, String message) {
        Ran ran = Ran.command(arguments.split(" "));
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://localhost:1/chat",
                "jdbc:mariadb://localhost:1/chat",
                "jdbc:h2:FOLDER/none;IFEXISTS=TRUE"
            })
    void a_database_that_cannot_be_reached_is_told(String url) throws Exception {
        String file = chat.write("database { connection-timeout = 250 ms, user = sa, password = \"t1ger\", url = \""
                + url.replace("FOLDER", folder.toString()) + "\" }\nstore { type = jdbc }\n" + SWEEP);
        for (String command : List.of("run", "status", "pause")) {
            Ran ran = Ran.command(command, "sweep", "--json", "-c", file);
            assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(ran.err())
                    .contains("database: cannot be reached: ", "database.url")
                    .doesNotContain("t1ger", "\tat ");
            assertThat(ran.json().at("/error/kind").asText()).isEqualTo("unreachable");
        }
        assertThat(Ran.command("serve", "-c", file).code()).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void settings_that_do_not_fit_the_database_are_listed() {
        String wrong = chat.file(CLEANUP, "schema.messages { table = mesages, pinned = pined }");
        for (String command : List.of("preview", "run")) {
            Ran ran = Ran.command(command, "clean", "-c", wrong);
            assertThat(ran.code()).isEqualTo(ExitCode.SETTINGS);
            assertThat(ran.err()).contains("mesages");
        }
    }

    @Test
    void a_store_without_tables_is_told_by_who_may_not_make_them() {
        String file = chat.file("store.migrate = false", SWEEP);
        for (String command : List.of("run", "history", "pause", "status")) {
            Ran ran = Ran.command(command, "sweep", "-c", file);
            assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.SETTINGS);
            assertThat(ran.err()).contains("store.migrate = true");
        }
    }

    @Test
    void a_store_in_memory_can_run_and_has_nothing_to_show() throws Exception {
        String file = chat.write(SWEEP);
        assertThat(Ran.command("run", "sweep", "--json", "-c", file)
                        .json()
                        .at("/run/batches")
                        .asLong())
                .isEqualTo(3);
        for (String command : List.of("history", "pause", "resume", "cancel", "status", "health")) {
            Ran ran = Ran.command(command, "sweep", "-c", file);
            assertThat(ran.code()).as(command).isEqualTo(ExitCode.SETTINGS);
            assertThat(ran.err()).contains("store.type: \"memory\" given", "needs jdbc");
        }
    }

    // ---- streams

    @Test
    void a_bar_is_shown_where_it_is_asked_for() {
        Ran ran = Ran.command("run", "sweep", "--progress", "always", "-c", chat.file(SWEEP));
        assertThat(ran.err()).contains("sweep", "3 batches");
        assertThat(ran.out()).doesNotContain("\r");
    }

    @Test
    void a_reader_that_went_away_is_no_mistake() {
        String file = chat.file(SWEEP);
        Ran.command("run", "sweep", "-c", file);
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = StandaloneCommand.run(
                new PrintStream(closed, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CompletableFuture::new,
                "history",
                "-c",
                file);
        assertThat(code).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void the_newest_runs_of_all_tasks_come_first() throws Exception {
        String file = chat.file(SWEEP, "tasks.other.type = steps");
        for (String task : List.of("sweep", "other", "sweep", "other")) {
            assertThat(Ran.command("run", task, "-c", file).code()).isZero();
        }
        List<String> tasks = Ran.command("history", "-n", "3", "-c", file)
                .out()
                .lines()
                .map(line -> line.contains("  sweep  ") ? "sweep" : "other")
                .toList();
        assertThat(tasks).containsExactly("other", "sweep", "other");
        try (ConfiguredEngine engine = MaintenanceConfig.load(Path.of(file)).engine()) {
            assertThat(engine.engine().history("sweep", 10)).hasSize(2);
        }
    }
}
