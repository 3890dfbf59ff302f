package io.chatty.maintenance.config;

import static io.chatty.maintenance.config.Mistake.CARE;
import static io.chatty.maintenance.config.Mistake.CLEANUP;
import static io.chatty.maintenance.config.Mistake.DURATIONS;
import static io.chatty.maintenance.config.Mistake.H2;
import static io.chatty.maintenance.config.Mistake.TABLES;
import static io.chatty.maintenance.config.Mistake.TIDY;
import static io.chatty.maintenance.config.Mistake.mistake;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.task.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes that people make in a file, and what they are told. */
class MistakesTest {

    static Stream<Mistake> mistakes() {
        return Stream.of(
                        kinds(),
                        engine(),
                        tasks(),
                        schedules(),
                        windows(),
                        policies(),
                        schema(),
                        tableCare(),
                        stores(),
                        signals())
                .flatMap(part -> part);
    }

    private static Stream<Mistake> kinds() {
        return Stream.of(
                mistake(
                        "engine.tasks-at-once = many",
                        "engine.tasks-at-once: \"many\" given, allowed is a whole number"),
                mistake(
                        "engine.tasks-at-once = 99999999999",
                        "engine.tasks-at-once: 99999999999 given, allowed is a whole number up to 2147483647"),
                mistake(
                        "task-defaults.items-per-second = 99999999999999999999",
                        "task-defaults.items-per-second: \"99999999999999999999\" given, allowed is a whole number that is not"
                                + " that large"),
                mistake("engine.log-batches = maybe", "engine.log-batches: \"maybe\" given, allowed is true or false"),
                mistake(
                        "engine.claim-for = 30",
                        "engine.claim-for: 30 given, allowed is " + DURATIONS + "; a number without a unit is none"),
                mistake(
                        "engine.claim-for = 1 m",
                        "engine.claim-for: \"1 m\" given, allowed is " + DURATIONS
                                + "; \"m\" can be minutes or months, write min or days"),
                mistake(
                        "engine.history-for = 2 years",
                        "engine.history-for: \"2 years\" given, allowed is " + DURATIONS
                                + "; \"years\" has no fixed length, write days"),
                mistake(
                        "engine.claim-for = 30 secnds",
                        "engine.claim-for: \"30 secnds\" given, allowed is " + DURATIONS + "; did you mean seconds?"),
                mistake("engine.claim-for = soon", "engine.claim-for: \"soon\" given, allowed is " + DURATIONS),
                mistake(
                        "engine.history-for = 99999999999999999999 days",
                        "engine.history-for: \"99999999999999999999 days\" given, allowed is a duration that is not that"
                                + " long"),
                mistake(
                        "task-defaults.bytes-per-second = 10 mb",
                        "task-defaults.bytes-per-second: \"10 mb\" given, allowed is a size: a whole number and one of B,"
                                + " KiB, MiB, GiB, such as 64 MiB; did you mean B?"),
                mistake(
                        "task-defaults.bytes-per-second = 99999999999 GiB",
                        "task-defaults.bytes-per-second: \"99999999999 GiB\" given, allowed is a size that is not that"
                                + " large"),
                mistake(
                        "zone = Europe/Berln",
                        "zone: \"Europe/Berln\" given, allowed is the id of a time zone, such as"
                                + " Europe/Berlin; did you mean Europe/Berlin?"),
                mistake("engine = 3", "engine: 3 given, allowed is an object { … }"),
                mistake(
                        "policies.keep-forever = legal",
                        "policies.keep-forever: \"legal\" given, allowed is a list [ … ]"),
                mistake(
                        "policies.keep-forever = [\" \"]",
                        "policies.keep-forever[0]: \" \" given, allowed is a text that is not" + " blank"),
                mistake(
                        "signals.heap.slow-at = high",
                        "signals.heap.slow-at: \"high\" given, allowed is a number, such as" + " 0.75"),
                mistake(
                        "signals.heap.slow-at = NaN",
                        "signals.heap.slow-at: \"NaN\" given, allowed is a number, such as 0.75"),
                mistake(
                        "signals.heap.slow-at = \"0x1p-2\"",
                        "signals.heap.slow-at: \"0x1p-2\" given, allowed is a number, such as 0.75"),
                mistake("engine.tasks-at-once = 1e1", "engine.tasks-at-once: 1e1 given, allowed is a whole number"),
                mistake("profile = prod", "profile: \"prod\" given, allowed is production, development"),
                mistake(
                        "task-defaults.priority = hgh",
                        "task-defaults.priority: \"hgh\" given, allowed is low, normal, high; did you mean high?"));
    }

    private static Stream<Mistake> engine() {
        return Stream.of(
                mistake(
                        "engine.task-at-once = 3",
                        "engine.task-at-once: unknown; at-least-every, claim-for, close-timeout, history-for, limits,"
                                + " log-batches, name, signal-interval, signal-timeout, tasks-at-once are allowed here; did you"
                                + " mean tasks-at-once?"),
                mistake("engine.tasks-at-once = 0", "engine.tasks-at-once: 0 given, 1 to 100 allowed"),
                mistake(
                        "engine.name = \"night shift\"",
                        "engine.name: \"night shift\" given, \"night shift\" is not one to 100 letters, digits, '.', '_' and '-'"),
                mistake("engine.close-timeout = -1 s", "engine.close-timeout: \"-1 s\" given, 0 s to 1 h allowed"),
                mistake("engine.claim-for = 100 ms", "engine.claim-for: \"100 ms\" given, 300 ms to 1 h allowed"),
                mistake("engine.history-for = 5 min", "engine.history-for: \"5 min\" given, 1 h to 36500 days allowed"),
                mistake(
                        "engine.signal-interval = 2 min",
                        "engine.signal-interval: \"2 min\" given, 1 ms to 1 min allowed"),
                mistake("engine.signal-timeout = 0 s", "engine.signal-timeout: \"0 s\" given, 1 ms to 1 min allowed"),
                mistake(
                        "engine.at-least-every = 31 days",
                        "engine.at-least-every: \"31 days\" given, 1 s to 30 days allowed"),
                mistake(
                        "engine.limits.purges = 1\ntasks.tidy { type = tidy, group = purge }",
                        "engine.limits.purges: no task is in that group; there are purge; did you mean purge?"),
                mistake(
                        "engine.limits { purge = 101 }\ntasks.tidy { type = tidy, group = purge }",
                        "engine.limits.purge: 101 given, 1 to 100 allowed"));
    }

    private static Stream<Mistake> tasks() {
        return Stream.of(
                mistake(
                        "tasks {}",
                        "tasks: none given, at least one is required: tasks { message-cleanup { type = … } }"),
                mistake("tasks.tidy {}", "tasks.tidy.type: missing; required is the name of a TaskProvider"),
                mistake(
                        "tasks.tidy.type = tydi",
                        "tasks.tidy.type: \"tydi\" given, the name of a TaskProvider is allowed: there are archive-purge,"
                                + " duplicate-files, erasure, file-limits, file-sweep, file-verification, message-cleanup, partition-drop, removal-delivery, table-care, tidy,"
                                + " unused-rooms, unused-users"),
                mistake(
                        "tasks.\"a b\".type = tidy",
                        "tasks.\"a b\": task name: \"a b\" is not one to 100 letters, digits, '.', '_' and '-'"),
                mistake(
                        "tasks.tidy { type = tidy, settings.misnamed = true }",
                        "tasks.tidy.type: the provider made a task that is called \"mess\", allowed is \"tidy\""),
                mistake(
                        "tasks.tidy { type = tidy, settings.shelves = 0 }",
                        "tasks.tidy.settings: provider \"tidy\" refuses them: shelves: at least 1 is allowed"),
                mistake(
                        "tasks.tidy { type = tidy, settings.shelfs = 2 }",
                        "tasks.tidy.settings.shelfs: unknown; misnamed, shelves are allowed here; did you mean shelves?"),
                mistake("tasks.tidy { type = tidy, retries = 101 }", "tasks.tidy.retries: 101 given, 0 to 100 allowed"),
                mistake(
                        "tasks.tidy { type = tidy, group = \"a b\" }",
                        "tasks.tidy.group: \"a b\" given, \"a b\" is not one to 100 letters, digits, '.', '_' and '-'"),
                mistake(
                        "task-defaults.jitter = 2 days",
                        "task-defaults.jitter: \"2 days\" given, 0 s to 1 day allowed"),
                mistake("task-defaults.spread = -1 ms", "task-defaults.spread: \"-1 ms\" given, 0 s to 1 day allowed"),
                mistake(
                        "task-defaults.smallest-batch = 0",
                        "task-defaults.smallest-batch: 0 given, 1 to 100000 allowed"),
                mistake(
                        "task-defaults.largest-batch = 99",
                        "task-defaults.largest-batch: 99 given, 100 to 100000 allowed"),
                mistake(
                        "task-defaults.items-per-second = 0",
                        "task-defaults.items-per-second: 0 given, 1 or more allowed"),
                mistake(
                        "task-defaults.bytes-per-second = 0 B",
                        "task-defaults.bytes-per-second: \"0 B\" given, 1 or more allowed"),
                mistake(
                        "task-defaults.target-batch-time = 1 h",
                        "task-defaults.target-batch-time: \"1 h\" given, 1 ms to 1 min allowed"),
                mistake(
                        "task-defaults.batch-timeout = 0 s",
                        "task-defaults.batch-timeout: \"0 s\" given, 1 ms to 30 days allowed"),
                mistake(
                        "task-defaults.run-timeout = 5 weeks",
                        "task-defaults.run-timeout: \"5 weeks\" given, 1 ms to 30 days" + " allowed"),
                mistake(
                        "task-defaults.retry-delay = 0 s",
                        "task-defaults.retry-delay: \"0 s\" given, 1 ms to 1 day allowed"),
                mistake(
                        "task-defaults.longest-retry-delay = 500 ms",
                        "task-defaults.longest-retry-delay: \"500 ms\" given, 1 s to 1 day allowed"),
                mistake(
                        "task-defaults.breaker-failures = 0",
                        "task-defaults.breaker-failures: 0 given, 1 to 1000 allowed"),
                mistake(
                        "task-defaults.start-deadline = 0 s",
                        "task-defaults.start-deadline: \"0 s\" given, must be positive"));
    }

    private static Stream<Mistake> schedules() {
        return Stream.of(
                mistake(
                        "tasks.tidy { type = tidy, schedule {} }",
                        "tasks.tidy.schedule: none given, exactly one of every, fixed-delay, daily, cron, after is allowed;"
                                + " for a task that runs only when it is asked to, no schedule"),
                mistake(
                        "tasks.tidy { type = tidy, schedule { every = 1 h, cron = \"* * * * *\" } }",
                        "tasks.tidy.schedule: every and cron given, exactly one of every, fixed-delay, daily, cron, after is"
                                + " allowed; for a task that runs only when it is asked to, no schedule"),
                mistake(
                        "tasks.tidy { type = tidy, schedule.every = 10 ms }",
                        "tasks.tidy.schedule.every: \"10 ms\" given, 1 s to 3650 days are allowed"),
                mistake(
                        "tasks.tidy { type = tidy, schedule.daily = \"2:30\", schedule.zone = UTC }",
                        "tasks.tidy.schedule.daily: \"2:30\" given, allowed is a time of day in quotes, \"00:00\" to"
                                + " \"23:59:59\""),
                mistake(
                        "tasks.tidy { type = tidy, schedule.daily = \"02:30\" }",
                        "tasks.tidy.schedule.zone: missing; a daily schedule by the clock needs a zone, such as"
                                + " Europe/Berlin, here or as zone for all"),
                mistake(
                        "tasks.tidy { type = tidy, schedule { every = 1 h, zone = UTC } }",
                        "tasks.tidy.schedule.zone: \"UTC\" given, only daily and cron schedules go by a zone's clock"),
                mistake(
                        "tasks.tidy { type = tidy, schedule { cron = \"61 * * * *\", zone = UTC } }",
                        "tasks.tidy.schedule.cron: \"61 * * * *\" given, allowed are five fields (minute hour day-of-month month day-of-week), such as \"30 2 * * *\": Failed to parse cron expression. Value 61 not in range [0, 59]"),
                mistake(
                        "tasks.tidy { type = tidy, schedule.after = tidi }",
                        "tasks.tidy.schedule.after: \"tidi\" given, the name of a task is allowed: there are tidy; did you"
                                + " mean tidy?"),
                mistake(
                        "tasks.a { type = tidy, schedule.after = b }\ntasks.b { type = tidy, schedule.after = a }",
                        "tasks.a.schedule.after: \"b\" given, which makes a circle, so that none of it is ever due: a after"
                                + " b after a"),
                mistake(
                        "tasks.tidy { type = tidy, schedule { every = 1 h, window = night } }",
                        "tasks.tidy.schedule.window: \"night\" given, one of windows is allowed: there are none"));
    }

    private static Stream<Mistake> windows() {
        String used = "\ntasks.tidy { type = tidy, schedule { every = 1 h, window = night } }";
        return Stream.of(
                mistake(
                        "windows.night { from = \"01:00\", to = \"02:00\", zone = UTC }\n" + TIDY,
                        "windows.night: no schedule refers to this window; say window = night in one, or take it away"),
                mistake(
                        "windows.night { from = \"01:00\", to = \"02:00\" }" + used,
                        "windows.night.zone: missing; a window by the clock needs a zone, such as Europe/Berlin, here or as"
                                + " zone for all"),
                mistake(
                        "windows.night { to = \"02:00\", zone = UTC }" + used,
                        "windows.night.from: missing; required is when it opens, such as \"01:00\""),
                mistake(
                        "windows.night { from = \"01:00\", zone = UTC }" + used,
                        "windows.night.to: missing; required is when it closes, such as \"05:30\""),
                mistake(
                        "windows.night { from = \"01:00\", to = \"01:00\", zone = UTC }" + used,
                        "windows.night.to: \"01:00\" given, another time than from is allowed; for a task that may always run set no window"),
                mistake(
                        "windows.night { from = \"01:00\", to = \"02:00\", zone = UTC, days = [] }" + used,
                        "windows.night.days: a list of 0 given, at least one of monday to sunday is allowed; for every day"
                                + " leave it out"),
                mistake(
                        "windows.night { from = \"01:00\", to = \"02:00\", zone = UTC, days = [mon] }" + used,
                        "windows.night.days[0]: \"mon\" given, allowed is monday, tuesday, wednesday, thursday, friday,"
                                + " saturday, sunday"),
                mistake(
                        "windows.night = []" + used,
                        "windows.night: a list of 0 given, at least one { from, to } is allowed; for a task that may always run set no window"),
                mistake(
                        "windows.night = [{ from = \"00:00\", to = \"12:00\", zone = UTC },"
                                + " { from = \"12:00\", to = \"00:00\", zone = UTC }]" + used,
                        "windows.night: a list of 2 given, which together never close; for a task that may always run set no window"));
    }

    private static Stream<Mistake> policies() {
        return Stream.of(
                mistake(
                        "policies.global = 0 days",
                        "policies.global: \"0 days\" given, allowed is forever, { keep-for, keep-latest }, or a duration longer"
                                + " than 0 s; nothing means \"delete all\""),
                mistake(
                        "policies.global = 365",
                        "policies.global: 365 given, allowed is forever, { keep-for, keep-latest }, or " + DURATIONS
                                + "; a number without a unit is none"),
                mistake(
                        "policies.global = 4000000 days",
                        "policies.global: \"4000000 days\" given, allowed is forever, { keep-for, keep-latest }, or a"
                                + " duration of at most 10,000 years"),
                mistake(
                        "policies.global = [30 days]",
                        "policies.global: a list of 1 given, allowed is forever, { keep-for, keep-latest }, or "
                                + DURATIONS),
                mistake(
                        "policies.global { keep-for = 0 s, keep-latest = 5 }",
                        "policies.global.keep-for: \"0 s\" given, allowed is a duration longer than 0 s; nothing means"
                                + " \"delete all\""),
                mistake(
                        "policies.global { keep-for = forever, keep-latest = 5 }",
                        "policies.global.keep-for: \"forever\" given, allowed is " + DURATIONS),
                mistake(
                        "policies.teams.free.keep-latest = 0",
                        "policies.teams.free.keep-latest: 0 given, allowed is at least 1; nothing means \"delete all\""),
                mistake(
                        "policies.teams.free.keep-latest = 5 days",
                        "policies.teams.free.keep-latest: \"5 days\" given, allowed is a whole number"),
                mistake(
                        "policies.rooms.lobby {}",
                        "policies.rooms.lobby: neither keep-for nor keep-latest given; one of them, or both, is required"),
                mistake(
                        "policies.rooms.lobby.keep-latest = null",
                        "policies.rooms.lobby: neither keep-for nor keep-latest given; one of them, or both, is required"),
                mistake(
                        "policies.rooms.lobby { keep-for = 1 day, keep-last = 5 }",
                        "policies.rooms.lobby.keep-last: unknown; keep-for, keep-latest are allowed here; did you mean"
                                + " keep-latest?"),
                mistake("policies.teams = [free]", "policies.teams: a list of 1 given, allowed is an object { … }"),
                mistake(
                        "policies.teams.free = null",
                        "policies.teams.free: null given, allowed is forever, or how long; for no rule of its own leave the"
                                + " team out"),
                mistake(
                        "policies.users.ann = null",
                        "policies.users.ann: null given, allowed is forever, or how long; for no rule of its own leave the"
                                + " user out"),
                mistake(
                        "policies.users.ann.keep-latest = 5",
                        "policies.users.ann: an object {keep-latest} given, but the latest are counted by room; for users"
                                + " only times are allowed"),
                mistake(
                        "policies.precedence = longst",
                        "policies.precedence: \"longst\" given, allowed is most-specific, longest, shortest; did you mean"
                                + " longest?"),
                mistake(
                        "policies { precedence = shortest, teams.free.keep-latest = 5 }",
                        "policies.precedence: \"shortest\" given, the rule \"keep the latest 5\" for team free has a count,"
                                + " which cannot be compared to see which rule keeps shortest; only times are allowed where"
                                + " the shortest decides"),
                mistake(
                        "policies.floor = 0 s",
                        "policies.floor: \"0 s\" given, allowed is a duration longer than 0 s; nothing means \"delete all\""),
                mistake("policies.floor = forever", "policies.floor: \"forever\" given, allowed is " + DURATIONS),
                mistake(
                        "policies.ceiling = 4000000 days",
                        "policies.ceiling: \"4000000 days\" given, allowed is a duration of at most 10,000 years"),
                mistake(
                        "policies { floor = 7 days, ceiling = 3 days }",
                        "policies.floor: \"7 days\" given, must not be longer than the ceiling of 3 days"),
                mistake(
                        "policies.rooms.legal = null",
                        "policies.rooms.legal: null given, allowed is forever, or how long; for no"
                                + " rule of its own leave the room out"),
                mistake(
                        "policies { keep-forever = [legal], rooms.legal = 30 days }",
                        "policies.keep-forever[0]: \"legal\" given, which has a rule already; a room is allowed once, in"
                                + " keep-forever or in policies.rooms"),
                mistake(
                        "policies.plugins = [{ provider = plans }]",
                        "policies.plugins[0].provider: \"plans\" given, the name of a PolicyProvider is allowed: there are"
                                + " plan; did you mean plan?"));
    }

    private static Stream<Mistake> schema() {
        return Stream.of(
                mistake(
                        "schema.messages { key = id, sent-at = sent_at }\n" + H2 + "tasks.clean.type = message-cleanup",
                        "schema.messages.table: missing; task clean needs the table of messages"),
                mistake(
                        "schema.messages { table = messages, key = id }\n" + H2 + "tasks.clean.type = message-cleanup",
                        "schema.messages.sent-at: missing; task clean needs the column of the time of sending"),
                mistake(
                        "schema.messages.sent-at { kind = zoned }",
                        "schema.messages.sent-at.column: missing; required is the name of the column"),
                mistake(
                        "schema.messages.sent-at { column = sent_at, kind = local }",
                        "schema.messages.sent-at.zone: missing; a local time needs the zone whose clock it shows, such as"
                                + " Europe/Berlin"),
                mistake(
                        "schema.messages.sent-at { column = sent_at, kind = epoch-millis, zone = UTC }",
                        "schema.messages.sent-at.zone: \"UTC\" given, only kind = local and kind = text have one"),
                mistake(
                        "schema.messages.sent-at { column = sent_at, kind = text, zone = UTC }",
                        "schema.messages.sent-at.pattern: missing; a time as text needs its pattern, such as"
                                + " uuuu-MM-dd HH:mm:ss"),
                mistake(
                        "schema.messages.sent-at { column = sent_at, pattern = uuuu }",
                        "schema.messages.sent-at.pattern: \"uuuu\" given, only kind = text has one"),
                mistake(
                        "schema.messages.sent-at { column = sent_at, kind = epoch-millis-text }",
                        "schema.messages.sent-at.digits: missing; milliseconds as text need how many digits each has,"
                                + " such as 15"),
                mistake(
                        "schema.messages.sent-at { column = sent_at, kind = epoch-millis, digits = 15 }",
                        "schema.messages.sent-at.digits: 15 given, only kind = epoch-millis-text has them"),
                mistake(
                        "schema.messages.sent-at { column = sent_at, kind = epoch-millis-text, digits = 10 }",
                        "schema.messages.sent-at.digits: 10 given, 13 to 19 allowed"),
                mistake(
                        "schema { messages { room = room_id, team = team_id }, rooms { table = rooms, key = id, team = team_id } }",
                        "schema.rooms.team: \"team_id\" given, but schema.messages.team is set, too; at most one is"
                                + " allowed"),
                mistake("schema.rooms.team = team_id", "schema.rooms.table: missing; the team needs its table"),
                mistake(
                        "schema.children = [{ table = reactions, column = a }, { table = reactions, refers-by = [a] }]",
                        "schema.children[1].table: \"reactions\" given, which is schema.children[0] already, by the same"
                                + " columns and condition; leave one of the two away"),
                mistake(
                        "schema { messages.table = messages, children = [{ table = messages, column = parent }] }",
                        "schema.children[0].table: \"messages\" given, which is the message table itself; it cannot be its"
                                + " own child: to have messages that refer to one that goes set loose from it say set-loose ="
                                + " true"),
                mistake(
                        "schema.rooms.table = rooms\nschema.messages.room = room_id",
                        "schema.rooms.key: missing; the table needs" + " the column of its key"),
                mistake("schema.users.key = id", "schema.users.table: missing; the key needs its table"),
                mistake(
                        "schema.rooms { table = rooms, key = id }",
                        "schema.messages.room: missing; schema.rooms needs the column that refers to it"),
                mistake(
                        "tasks.clean.settings.soft-delete-grace = 7 days\n" + CLEANUP,
                        "tasks.clean.settings.soft-delete-grace: \"7 days\" given, but nothing says when messages were soft-deleted; set schema.messages.soft-deleted-at or soft-deleted-by"),
                mistake(
                        "tasks.clean.settings { archive = a_, archive-folder = /tmp }\n" + CLEANUP,
                        "tasks.clean.settings.archive-folder: \"/tmp\" given, but tasks.clean.settings.archive is set, too; leave one of the two away"),
                mistake(
                        "tasks.clean.settings.archive-folder = /not/there\n" + CLEANUP,
                        "tasks.clean.settings.archive-folder: \"/not/there\" given, a directory that is there and can be written to is allowed: java.nio.file.NoSuchFileException: /not/there"),
                mistake(
                        "tasks.clean.settings.soft-delete-grace = -7 days\n" + CLEANUP,
                        "tasks.clean.settings.soft-delete-grace: \"-7 days\" given, must be longer than zero"),
                mistake(
                        "tasks.clean.settings.remove-orphans = true\n" + CLEANUP,
                        "tasks.clean.settings.remove-orphans: true given, but nothing is described that could be gone; set schema.rooms, schema.users, schema.children or schema.shared"));
    }

    private static Stream<Mistake> tableCare() {
        return Stream.of(
                mistake(
                        "tasks.care.type = table-care\nschema.messages { key = id, sent-at = sent_at }\n" + H2,
                        "schema.messages.table: missing; task care needs the table of messages"),
                mistake(
                        "tasks.care.settings.also = [a, messages]\n" + CARE,
                        "tasks.care.settings.also[1]: table \"messages\" is one of the schema, which are cared for anyway"),
                mistake(
                        "tasks.care.settings.dead-share = 2\n" + CARE,
                        "tasks.care.settings.dead-share: 2 given, 0 to 1 allowed"),
                mistake(
                        "tasks.care.settings.time-limit = 50 ms\n" + CARE,
                        "tasks.care.settings.time-limit: \"50 ms\" given, 100 ms to a day allowed"),
                mistake(
                        "tasks.care.settings.time-limit = 10 min\n" + CARE,
                        "tasks.care.settings.time-limit: \"10 min\" given, so that 10 min hold; allowed is less than the"
                                + " task's batch-timeout, 5 min, which would end the statement first"),
                mistake(
                        "tasks.care.settings.rebuild-room = 1 GiB\n" + CARE,
                        "tasks.care.settings.rebuild-room: \"1 GiB\" given, but a rebuild takes both rebuild-free-share and"
                                + " rebuild-room"),
                mistake(
                        "tasks.care.settings { rebuild-free-share = 1, rebuild-room = 1 GiB }\n" + CARE,
                        "tasks.care.settings.rebuild-free-share: 1 given, above 0 and below 1 allowed"),
                mistake(
                        "tasks.care.settings { rebuild-room = 0 B, rebuild-free-share = 0.5 }\n" + CARE,
                        "tasks.care.settings.rebuild-room: \"0 B\" given, must be above 0"));
    }

    private static Stream<Mistake> stores() {
        return Stream.of(
                mistake(
                        "tasks.clean.type = message-cleanup\n" + TABLES,
                        "database.url: missing; task clean needs a database: its JDBC URL, or a data source that the host"
                                + " gives"),
                mistake(
                        "store.type = jdbc",
                        "database.url: missing; store.type = jdbc needs a database: its JDBC URL, or a data source that the"
                                + " host gives"),
                mistake(
                        "store.migrate = true",
                        "store.migrate: true given, but store.type = memory has no tables; jdbc has"),
                mistake(
                        "database.url = \"jdbc:oracle:thin:scott/tiger@db\"",
                        "database.url: \"jdbc:oracle:thin:scott/***@db\" given, a URL that begins with one of"
                                + " jdbc:postgresql:, jdbc:mariadb:, jdbc:h2: is allowed"),
                mistake(
                        "database.url = \"jdbc:postgresql://db/chat?password=tiger\"",
                        "database.url: \"jdbc:postgresql://db/chat?password=***\" given, for which the class path has no JDBC"
                                + " driver; add the database's"),
                mistake(
                        "database.user = scott",
                        "database.user: \"scott\" given, which needs a database.url to connect to"),
                mistake("database.connections = 1\n" + H2, "database.connections: 1 given, 2 to 100 allowed"),
                mistake(
                        "database.connection-timeout = 1 ms\n" + H2,
                        "database.connection-timeout: \"1 ms\" given, 250 ms to 10 min allowed"));
    }

    private static Stream<Mistake> signals() {
        return Stream.of(
                mistake(
                        "signals.host-cpu.stop-at = 0.5",
                        "signals.host-cpu.stop-at: 0.5 given, above slow-at, 0.75, is allowed"),
                mistake(
                        "signals.free-disk.stop-at = 0.5",
                        "signals.free-disk.stop-at: 0.5 given, below slow-at, 0.15, is" + " allowed"),
                mistake(
                        "signals.heap.stop-at = 1.5",
                        "signals.heap.stop-at: 1.5 given, shares from 0 to 1 are allowed"),
                mistake(
                        "signals.lock-waits.on = true",
                        "signals.lock-waits.on: true given, but there is no database to ask; set database.url, or have the"
                                + " host give a data source"),
                mistake(
                        "signals.free-disk.path = \"\\u0000\"",
                        "signals.free-disk.path: \"\u0000\" given, allowed is the path of a file or folder"),
                mistake(
                        "signals.replica-lag.second { slow-at = 2 s }\n" + H2,
                        "signals.replica-lag.second.url: missing; required is the JDBC URL of the replica"),
                mistake(
                        "signals.replica-lag.second.url = \"jdbc:h2:mem:second\"",
                        "signals.replica-lag.second: given, but there is no database whose replica it could be; set"
                                + " database.url"),
                mistake(
                        "signals.replica-lag.\"a b\".url = \"jdbc:h2:mem:second\"\n" + H2,
                        "signals.replica-lag.\"a b\": replica name: \"a b\" is not one to 100 letters, digits, '.', '_' and"
                                + " '-'"),
                mistake(
                        "signals { heap.on = true, plugins = [{ provider = queue, settings.signal = heap }] }",
                        "signals.plugins[0]: the signal is called \"heap\", as another one that is on; each needs a name of"
                                + " its own"),
                mistake(
                        "signals.plugins = [{ provider = queue, settings.signal = \"a b\" }]",
                        "signals.plugins[0]: the provider made a signal that cannot be used: signal name: \"a b\" is not one"
                                + " to 100 letters, digits, '.', '_' and '-'"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_is_told_with_its_path_what_was_given_and_what_is_allowed(Mistake mistake) {
        mistake.check();
    }

    /** Two that differ in names and numbers alone may have met the same check, and count as one. */
    @Test
    void the_table_has_at_least_fifty_mistakes_no_two_of_which_meet_the_same_check() {
        assertThat(mistakes().map(mistake -> check(mistake.message())).distinct())
                .hasSizeGreaterThanOrEqualTo(50);
    }

    private static String check(String message) {
        return message.replaceFirst("^([^:\"]|\"[^\"]*\")+: (.*? given, )?", "")
                .replaceAll("; did you mean .*", "; did you mean?")
                .replaceAll("(there (are|is)|allowed is|in) [a-z, -]+$", "$1 names")
                .replaceAll("\"[^\"]*\"", "name")
                .replaceAll("[\\d.]+( ms| s| min| h| days?)?", "n")
                .replaceAll("task [a-z]+", "task name");
    }

    @Test
    void all_mistakes_are_told_at_once_with_their_lines() {
        assertThatThrownBy(() -> MaintenanceConfig.parse("""
                        chatty-maintenance {
                          engine.tasks-at-once = 0
                          policies.global = 0 days
                          tasks.tidy {
                            type = tidy
                            colour = red
                          }
                        }
                        """).engine())
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(e.problems())
                                .hasSize(3)
                                .anySatisfy(problem -> assertThat(problem)
                                        .startsWith("engine.tasks-at-once: ")
                                        .endsWith(" (line 2)"))
                                .anySatisfy(problem -> assertThat(problem)
                                        .startsWith("policies.global: ")
                                        .endsWith(" (line 3)"))
                                .anySatisfy(problem -> assertThat(problem)
                                        .startsWith("tasks.tidy.colour: unknown; ")
                                        .endsWith(" (line 6)")));
    }

    @Test
    void a_wrong_default_is_told_once_and_not_for_each_task() {
        assertThat(new Mistake(
                                "task-defaults.retries = 101\ntasks { a.type = tidy, b { type = tidy, retries = 102 } }",
                                "")
                        .found())
                .containsExactly(
                        "task-defaults.retries: 101 given, 0 to 100 allowed (line 2)",
                        "tasks.b.retries: 102 given, 0 to 100 allowed (line 3)");
    }

    @Test
    void a_text_that_is_not_hocon_is_told_with_its_line() {
        assertThatThrownBy(() -> MaintenanceConfig.parse("chatty-maintenance {\n  zone = 02:30\n}"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("the text: is not HOCON that can be used")
                .hasMessageContaining("2: ");
    }

    @Test
    void a_substitution_that_stands_for_nothing_is_told() {
        assertThatThrownBy(() -> MaintenanceConfig.parse("chatty-maintenance.zone = ${NO_SUCH_VARIABLE}"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("NO_SUCH_VARIABLE");
    }

    @Test
    void a_file_that_is_not_there_is_told(@TempDir Path folder) {
        Path file = folder.resolve("nowhere.conf");
        assertThatThrownBy(() -> MaintenanceConfig.load(file))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("file: \"" + file + "\" given, which does not exist");
        assertThatThrownBy(() -> MaintenanceConfig.load(folder))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("which is a folder");
    }

    @Test
    void a_text_without_the_root_is_told() {
        assertThat(MaintenanceConfig.parse("chaty-maintenance {}").validate())
                .contains("chatty-maintenance: missing; all settings stand below it: chatty-maintenance { … };"
                        + " did you mean chatty-maintenance?");
        assertThat(MaintenanceConfig.parse("chatty-maintenance = 3").validate())
                .contains("chatty-maintenance: 3 given, allowed is an object { … } (line 1)");
    }

    @Test
    void what_is_no_object_is_told_once_and_not_for_all_that_would_stand_in_it() {
        assertThat(new Mistake(
                                "database = \"jdbc:h2:mem:nowhere\"\n" + TABLES + "tasks.clean.type = message-cleanup",
                                "")
                        .found())
                .containsExactly("database: \"jdbc:h2:mem:nowhere\" given, allowed is an object { … } (line 2)");
        assertThat(new Mistake("tasks.clean = message-cleanup", "").found())
                .containsExactly("tasks.clean: \"message-cleanup\" given, allowed is an object { … } (line 2)");
    }

    @Test
    void what_is_missing_has_no_line_of_the_defaults() {
        assertThat(new Mistake(
                                H2
                                        + "profile = development\nengine.limits.purge = 1\ntasks.clean.type = message-cleanup",
                                "")
                        .found())
                .containsExactly(
                        "schema.messages.table: missing; task clean needs the table of messages",
                        "schema.messages.key: missing; task clean needs the column of its key",
                        "schema.messages.sent-at: missing; task clean needs the column of the time of sending",
                        "engine.limits.purge: no task is in that group; none is in any (line 4)");
    }

    @Test
    void a_mistake_in_a_file_that_is_included_is_told_with_that_file(@TempDir Path folder) throws IOException {
        Path part = Files.writeString(folder.resolve("part.conf"), "chatty-maintenance {\n engine.tasks-at-once = 0 }");
        Path whole = Files.writeString(folder.resolve("whole.conf"), """
                include required("part.conf")
                chatty-maintenance {
                  tasks.tidy { type = tidy, retries = 101 }
                }
                """);

        assertThat(MaintenanceConfig.load(whole).validate())
                .containsExactlyInAnyOrder(
                        "engine.tasks-at-once: 0 given, 1 to 100 allowed (line 2 of " + part + ")",
                        "tasks.tidy.retries: 101 given, 0 to 100 allowed (line 3)");
    }

    @Test
    void a_file_that_is_not_utf_8_is_refused_before_a_room_is_taken_for_another(@TempDir Path folder)
            throws IOException {
        Path part = Files.writeString(
                folder.resolve("part.conf"),
                "chatty-maintenance.policies.rooms { \"Büro\" = forever }",
                StandardCharsets.ISO_8859_1);
        Path whole = Files.writeString(folder.resolve("whole.conf"), "include required(\"part.conf\")");

        for (Path file : List.of(part, whole)) {
            assertThatThrownBy(() -> MaintenanceConfig.load(file))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("policies.rooms")
                    .hasMessageContaining("UTF-8");
        }
    }

    @Test
    void what_is_nested_too_deep_is_told() {
        assertThatThrownBy(() -> MaintenanceConfig.parse("chatty-maintenance = " + "[".repeat(100_000)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("nested");
    }
}
