package io.chatty.maintenance.config;

import static io.chatty.maintenance.config.Mistake.CLEANUP;
import static io.chatty.maintenance.config.Mistake.CONDITIONS;
import static io.chatty.maintenance.config.Mistake.H2;
import static io.chatty.maintenance.config.Mistake.ROOMS;
import static io.chatty.maintenance.config.Mistake.WORKERS;
import static io.chatty.maintenance.config.Mistake.mistake;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes that people make in the settings of tasks, and of rules in tables of their own. */
class TaskMistakesTest {

    private static final String SHARED_KEY = H2
            + "schema.messages { table = messages, shared-key = id, sent-at = sent_at }\ntasks.clean.type = message-cleanup\n";

    static Stream<Mistake> mistakes() {
        return Stream.of(policies(), cleanup(), tables(), others()).flatMap(part -> part);
    }

    private static Stream<Mistake> policies() {
        return Stream.of(
                mistake(
                        "policies.tables = [{ room = id, keep-days = d }]\n" + H2,
                        "policies.tables[0].table: missing; required is the table that says what a rule is for"),
                mistake(
                        "policies.tables = [{ table = rooms, keep-days = d }]\n" + H2,
                        "policies.tables[0]: none given, exactly one of team, room, user (each with the column of its id) and global = true is required: what the rules are for"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, team = t, keep-days = d }]\n" + H2,
                        "policies.tables[0]: team and room given, exactly one of team, room, user (each with the column of its id) and global = true is required: what the rules are for"),
                mistake(
                        "policies.tables = [{ table = rooms, global = false, keep-days = d }]\n" + H2,
                        "policies.tables[0].global: false given, true is allowed; for rules of teams, rooms or users leave it away"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id }]\n" + H2,
                        "policies.tables[0]: no rule given; the column of one is required: keep-days, keep-millis or keep-latest"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, keep-days = d, keep-millis = m }]\n" + H2,
                        "policies.tables[0].keep-millis: \"m\" given, but policies.tables[0].keep-days is set, too; leave one of the two away"),
                mistake(
                        "policies.tables = [{ table = users, user = id, keep-latest = l }]\n" + H2,
                        "policies.tables[0].keep-latest: \"l\" given, but the latest are counted by room; for users only times are allowed"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, keep-latest = l, forever = [-1] }]\n" + H2,
                        "policies.tables[0].forever: a list of 1 given, but there is no column of times; set keep-days or keep-millis, or leave it away"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, keep-days = d, forever = [never] }]\n" + H2,
                        "policies.tables[0].forever[0]: \"never\" given, allowed is a whole number"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, keep-days = d, forever = -1 }]\n" + H2,
                        "policies.tables[0].forever: -1 given, allowed is a list [ … ]"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, keep-days = d, where = null }]\n" + H2,
                        "policies.tables[0].where: null given, allowed is { … } of exactly one of " + CONDITIONS
                                + "; for no condition leave it out"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, keep-days = d, cache-size = 0 }]\n" + H2,
                        "policies.tables[0].cache-size: 0 given, must be at least 1"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, keep-days = d, cached-for = 2 days }]\n" + H2,
                        "policies.tables[0].cached-for: \"2 days\" given, a second to a day is allowed"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, keep-days = d, through { table = p, key = id } }]\n"
                                + H2,
                        "policies.tables[0].through.column: missing; required is column (of this table), table (the other) and key (of the other)"),
                mistake(
                        "policies.tables = [{ table = rooms, room = id, keep-days = d }]",
                        "database.url: missing; policies.tables needs a database: its JDBC URL, or a data source that the host gives"));
    }

    private static Stream<Mistake> cleanup() {
        return Stream.of(
                mistake(
                        "tasks.clean.settings.orphan-grace = 1 day\n" + CLEANUP,
                        "tasks.clean.settings.orphan-grace: \"1 day\" given, but orphans stay; set remove-orphans = true, or leave it away"),
                mistake(
                        "tasks.clean.settings { remove-orphans = true, orphan-grace = 0 s }\n" + ROOMS,
                        "tasks.clean.settings.orphan-grace: \"0 s\" given, must be longer than zero"),
                mistake(
                        "tasks.clean.settings.workers = 0\n" + CLEANUP,
                        "tasks.clean.settings.workers: 0 given, 1 to 16 allowed"),
                mistake(
                        "tasks.clean.settings.workers = 17\n" + CLEANUP,
                        "tasks.clean.settings.workers: 17 given, 1 to 16 allowed"),
                mistake(
                        "tasks.clean.settings.workers = 2\n" + CLEANUP,
                        "tasks.clean.settings.workers: 2 given, which take a connection each beside one for claims, but database.connections is 2; set that to 3 or more"),
                mistake(
                        "tasks.clean.settings { workers = 2, tell-deleted = true }\n" + WORKERS,
                        "tasks.clean.settings.workers: 2 given, but tell-deleted is set, too, whose listener is told in an order that several at once do not have; leave one of the two away"),
                mistake(
                        "tasks.clean.settings { workers = 2, archive-folder = target }\n" + WORKERS,
                        "tasks.clean.settings.workers: 2 given, but archive-folder is set, too, whose files are written by one; set archive, or leave one of the two away"),
                mistake(
                        "tasks.clean.settings.size-cap = 1000\n" + CLEANUP,
                        "tasks.clean.settings.size-cap: 1000 given, allowed is an object { … }"),
                mistake(
                        "tasks.clean.settings.size-cap { down-to = 1 KiB }\n" + CLEANUP,
                        "tasks.clean.settings.size-cap: neither rows nor bytes given; one of them is required, above which the oldest messages go"),
                mistake(
                        "tasks.clean.settings.size-cap { rows = 10, bytes = 1 KiB, down-to = 5 }\n" + CLEANUP,
                        "tasks.clean.settings.size-cap.bytes: \"1 KiB\" given, but tasks.clean.settings.size-cap.rows is set, too; leave one of the two away"),
                mistake(
                        "tasks.clean.settings.size-cap { rows = 10 }\n" + CLEANUP,
                        "tasks.clean.settings.size-cap.down-to: missing; required is how many rows are left when the oldest have gone"),
                mistake(
                        "tasks.clean.settings.size-cap { rows = 0, down-to = 5 }\n" + CLEANUP,
                        "tasks.clean.settings.size-cap.rows: 0 given, must be more than zero; for no cap set none"),
                mistake(
                        "tasks.clean.settings.size-cap { rows = 10, down-to = 10 }\n" + CLEANUP,
                        "tasks.clean.settings.size-cap.down-to: 10 given, must be more than zero and less than the high mark of 10"),
                mistake(
                        "tasks.clean.settings.size-cap { rows = 10, down-to = 1 KiB }\n" + CLEANUP,
                        "tasks.clean.settings.size-cap.down-to: \"1 KiB\" given, allowed is a whole number"),
                mistake(
                        "tasks.clean.settings.size-cap { bytes = 0 B, down-to = 1 KiB }\n" + CLEANUP,
                        "tasks.clean.settings.size-cap.bytes: \"0 B\" given, must be more than zero; for no cap set none"),
                mistake(
                        "tasks.clean.settings.size-cap { bytes = 10 GiB, down-to = 9 }\n" + CLEANUP,
                        "tasks.clean.settings.size-cap.down-to: 9 given, allowed is a size: a whole number and one of B, KiB, MiB, GiB, such as 64 MiB; a number without a unit is none"),
                mistake(
                        "tasks.clean.settings { archive = old_, size-cap { rows = 10, down-to = 5 } }\n" + CLEANUP,
                        "tasks.clean.settings.size-cap: an object {down-to, rows} given, but archive is set, too, which is in the same database, so that nothing would be freed; set archive-folder, or leave one of the two away"),
                mistake(
                        "tasks.clean.settings.share-limit = 0\n" + CLEANUP,
                        "tasks.clean.settings.share-limit: 0 given, more than 0, up to 1 for no limit, is allowed"));
    }

    private static Stream<Mistake> others() {
        return Stream.of(
                mistake(
                        "tasks.drop.type = partition-drop\n" + CLEANUP,
                        "tasks.drop.settings.cleanup: missing; required is the name of a task of type message-cleanup"),
                mistake(
                        "tasks.drop { type = partition-drop, settings.cleanup = claen }\n" + CLEANUP,
                        "tasks.drop.settings.cleanup: \"claen\" given, the name of a task of type message-cleanup is allowed: there are clean; did you mean clean?"),
                mistake(
                        "tasks.drop { type = partition-drop, settings { cleanup = clean, lock-limit = 2 min } }\n"
                                + CLEANUP,
                        "tasks.drop.settings.lock-limit: \"2 min\" given, 10 ms to a minute allowed"),
                mistake(
                        "tasks { clean.settings.archive = old_, drop { type = partition-drop, settings.cleanup = clean } }\n"
                                + CLEANUP,
                        "tasks.drop.settings.cleanup: \"clean\" given, but what it removes goes into an archive, which could not restore into partitions that are gone; leave the archive away, or this task"),
                mistake(
                        "tasks.purge { type = archive-purge, settings { cleanup = clean, after = 30 days } }\n"
                                + CLEANUP,
                        "tasks.purge.settings.cleanup: \"clean\" given, but that has no archive; set archive or archive-folder in its settings"),
                mistake(
                        "tasks { clean.settings.archive = old_, purge { type = archive-purge, settings.cleanup = clean } }\n"
                                + CLEANUP,
                        "tasks.purge.settings.after: missing; required is how long what was removed can be restored, such as 30 days"),
                mistake(
                        "tasks { clean.settings.archive = old_, purge { type = archive-purge, settings { cleanup = clean, after = 1 h } } }\n"
                                + CLEANUP,
                        "tasks.purge.settings.after: \"1 h\" given, a day or longer allowed"),
                mistake(
                        "tasks.erase.type = erasure\n" + CLEANUP,
                        "tasks.erase.type: \"erasure\" given, whose one task is always called erasure; write tasks.erasure in the place of tasks.erase"),
                mistake(
                        "tasks.tell { type = removal-delivery, settings.provider = search-index, settings.settings.index = a }\n"
                                + CLEANUP,
                        "tasks.tell.type: \"removal-delivery\" given, whose one task is always called removal-delivery; write tasks.removal-delivery in the place of tasks.tell"),
                mistake(
                        "tasks.removal-delivery.type = removal-delivery\n" + CLEANUP,
                        "tasks.removal-delivery.settings.provider: missing; required is the name of a RemovalListenerProvider"),
                mistake(
                        "tasks.removal-delivery { type = removal-delivery, settings.provider = search-indx }\n"
                                + CLEANUP,
                        "tasks.removal-delivery.settings.provider: \"search-indx\" given, the name of a RemovalListenerProvider is allowed: there are search-index; did you mean search-index?"),
                mistake(
                        "tasks.removal-delivery { type = removal-delivery, settings.provider = search-index }\n"
                                + CLEANUP,
                        "tasks.removal-delivery.settings.settings: provider \"search-index\" refuses them: index: missing"),
                mistake(
                        "tasks.unused { type = unused-rooms, settings { created-at = a, grace = 1 day } }\n" + CLEANUP,
                        "tasks.unused.settings: the file does not describe them; set schema.rooms"),
                mistake(
                        "tasks.unused { type = unused-users, settings { created-at = a, grace = 1 day } }\n" + CLEANUP,
                        "tasks.unused.settings: the file does not describe them; set schema.users"),
                mistake(
                        "tasks.unused { type = unused-rooms, settings { grace = 1 day } }\n" + ROOMS,
                        "tasks.unused.settings.created-at: missing; required is the column of rooms that tells when one was made"),
                mistake(
                        "tasks.unused { type = unused-rooms, settings { created-at = a } }\n" + ROOMS,
                        "tasks.unused.settings.grace: missing; required is how old one has to be at least, such as 30 days"),
                mistake(
                        "tasks.unused { type = unused-rooms, settings { created-at = a, grace = -1 day } }\n" + ROOMS,
                        "tasks.unused.settings.grace: \"-1 day\" given, must be longer than zero"),
                mistake(
                        "tasks.unused { type = unused-rooms, settings { created-at = a, grace = 1 day, share-limit = 2 } }\n"
                                + ROOMS,
                        "tasks.unused.settings.share-limit: 2 given, more than 0, up to 1 for no limit, is allowed"),
                mistake(
                        "tasks.unused { type = unused-rooms, settings { created-at = a, grace = 1 day, keep = null } }\n"
                                + ROOMS,
                        "tasks.unused.settings.keep: null given, allowed is { … } of exactly one of " + CONDITIONS
                                + "; for no condition leave it out"),
                mistake(
                        "tasks.unused { type = unused-rooms, settings { created-at = a, grace = 1 day, without-foreign-keys = yess } }\n"
                                + ROOMS,
                        "tasks.unused.settings.without-foreign-keys: \"yess\" given, allowed is true or false"),
                mistake(
                        "tasks { clean.settings.archive-folder = target, unused { type = unused-rooms, settings { created-at = a, grace = 1 day } } }\n"
                                + ROOMS,
                        "tasks.unused.settings: what task clean removes is kept in files, which no statement can ask who is in them; leave this task away as long as that has an archive-folder"));
    }

    private static Stream<Mistake> tables() {
        return Stream.of(
                mistake(
                        "tasks.clean.settings { size-cap { rows = 10, down-to = 5 } }\n" + CLEANUP
                                + "schema.messages.or-else-sent-at = made",
                        "tasks.clean.settings.size-cap: an object {down-to, rows} given, but schema.messages.or-else-sent-at is set, and the oldest messages are found by one time of sending; leave one of the two away"),
                mistake(
                        "tasks.clean.settings { size-cap { rows = 10, down-to = 5 } }\n" + SHARED_KEY,
                        "tasks.clean.settings.size-cap: an object {down-to, rows} given, but schema.messages.shared-key is set, and several messages can share a key; set schema.messages.key, or leave one of the two away"),
                mistake(
                        "tasks.clean.settings.archive-folder = target\n" + SHARED_KEY,
                        "tasks.clean.settings.archive-folder: \"target\" given, but schema.messages.shared-key is set, and several messages can share a key; set schema.messages.key, or leave one of the two away"),
                mistake(
                        "tasks.clean.settings.workers = 2\n" + SHARED_KEY + "database.connections = 5",
                        "tasks.clean.settings.workers: 2 given, but schema.messages.shared-key is set, and several messages can share a key; set workers = 1, or leave that away"),
                mistake(
                        "tasks.clean.settings.workers = 2\n" + WORKERS + "schema.messages.files = path",
                        "tasks.clean.settings.workers: 2 given, but schema has files, of whose last two references each could go by another worker; set workers = 1, or leave that away"),
                mistake(
                        "tasks.clean.settings.workers = 2\n" + WORKERS
                                + "schema.children = [{ table = files, column = message_id, files = path }]",
                        "tasks.clean.settings.workers: 2 given, but schema has files, of whose last two references each could go by another worker; set workers = 1, or leave that away"),
                mistake(
                        "tasks.clean.settings.workers = 2\n" + WORKERS
                                + "schema.shared = [{ table = a, key = b, through { table = c, refers-by = d, message-key = e } }]",
                        "tasks.clean.settings.workers: 2 given, but schema.shared is set, whose last two messages each could go by another worker; set workers = 1, or leave that away"),
                mistake(
                        "tasks.clean.settings.workers = 2\n" + WORKERS
                                + "schema.counters = [{ table = a, key = b, column = c, of = d }]",
                        "tasks.clean.settings.workers: 2 given, but schema.counters is set, where who changes one keeps all others waiting; set workers = 1, or leave that away"),
                mistake(
                        "tasks.clean.settings.workers = 2\n" + WORKERS
                                + "schema.children = [{ table = messages, column = root, set-loose = true }]",
                        "tasks.clean.settings.workers: 2 given, but schema.children has messages that refer to messages, which another worker may hold; set workers = 1, or leave that away"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_is_told_with_its_path_what_was_given_and_what_is_allowed(Mistake mistake) {
        mistake.check();
    }
}
