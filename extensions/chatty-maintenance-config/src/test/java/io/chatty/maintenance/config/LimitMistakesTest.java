package io.chatty.maintenance.config;

import static io.chatty.maintenance.config.FileMistakesTest.COLUMN;
import static io.chatty.maintenance.config.FileMistakesTest.STORE;
import static io.chatty.maintenance.config.FileMistakesTest.SWEEP;
import static io.chatty.maintenance.config.Mistake.CONDITIONS;
import static io.chatty.maintenance.config.Mistake.DURATIONS;
import static io.chatty.maintenance.config.Mistake.H2;
import static io.chatty.maintenance.config.Mistake.TABLES;
import static io.chatty.maintenance.config.Mistake.mistake;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes that people make in limits on files. None of them, and nothing that is left out, has files go. */
class LimitMistakesTest {

    private static final String WHOLE = "table = a, name = b, size = c, created-at = d";
    private static final String HOW = "all-evictable = true, deletes-rows = true";
    private static final String USAGE = "usage { " + WHOLE + ", " + HOW + " }";
    private static final String TOTAL = "total { soft = 1 MiB, hard = 2 MiB }";
    private static final String SIZE = "a size: a whole number and one of B, KiB, MiB, GiB, such as 64 MiB";
    private static final String SETTINGS = "tasks.limits.settings";

    @BeforeAll
    static void makeRoot() throws IOException {
        Files.createDirectories(Path.of("target/files-with-mistakes"));
    }

    private static String file(String settings) {
        return "tasks.limits { type = file-limits, settings { " + settings + " } }\n" + SWEEP;
    }

    private static Mistake settings(String settings, String message) {
        return mistake(file(settings), SETTINGS + message);
    }

    /** A mistake in what limits have beside a usage that is right. */
    private static Mistake limit(String settings, String message) {
        return settings("store = uploads, " + USAGE + ", " + settings, message);
    }

    private static Mistake beside(String settings, String message) {
        return limit(TOTAL + ", " + settings, message);
    }

    private static Mistake usage(String usage, String message) {
        return settings("store = uploads, usage { " + usage + " }, " + TOTAL, ".usage" + message);
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(whole(), usages(), limits(), others()).flatMap(part -> part);
    }

    private static Stream<Mistake> whole() {
        return Stream.of(
                settings(USAGE + ", " + TOTAL, ".store: missing; required is one of files"),
                settings(
                        "store = upload, " + USAGE + ", " + TOTAL,
                        ".store: \"upload\" given, one of files is allowed: uploads; did you mean uploads?"),
                mistake(
                        "tasks.limits { type = file-limits, settings { store = uploads, " + USAGE + ", " + TOTAL
                                + " } }\n" + H2 + TABLES + STORE,
                        SETTINGS
                                + ".store: \"uploads\" given, but nothing says which of its files are needed; set files.uploads.references"),
                settings(
                        "store = uploads, " + TOTAL,
                        ".usage: missing; required is the table of files: { table, name, size, created-at, evictable, … }"),
                settings(
                        "store = uploads, usage = null, " + TOTAL,
                        ".usage: missing; required is the table of files: { table, name, size, created-at, evictable, … }"),
                settings(
                        "store = uploads, usage = attachments, " + TOTAL,
                        ".usage: \"attachments\" given, allowed is an object { … }"),
                settings(
                        "store = uploads, " + USAGE,
                        ": no limit given; at least one of total, per-room, per-user, used-space, free-space is required"),
                limit(
                        "total = null",
                        ": no limit given; at least one of total, per-room, per-user, used-space, free-space is required"),
                beside(
                        "totals = 1",
                        ".totals: unknown; findings-file, findings-limit, free-space, grace, listener, order, per-room, per-user, remember, reports-only, share-limit, store, swept-by, total, usage, used-space are allowed here; did you mean total?"),
                mistake(
                        "tasks.limits { type = file-limits, settings { store = uploads, " + USAGE + ", " + TOTAL
                                + " } }\n" + STORE + TABLES + COLUMN,
                        "database.url: missing; task limits needs a database: its JDBC URL, or a data source that the host gives"));
    }

    private static Stream<Mistake> usages() {
        String who = "files.uploads.references";
        return Stream.of(
                usage(
                        "name = b, size = c, created-at = d, " + HOW,
                        ".table: missing; required is the table in which each row is a file"),
                usage(
                        "table = a, size = c, created-at = d, " + HOW,
                        ".name: missing; required is the column of the file's name, one of those of its references"),
                usage(
                        "table = a, name = b, created-at = d, " + HOW,
                        ".size: missing; required is the column of its size in bytes"),
                usage(
                        "table = a, name = b, size = c, " + HOW,
                        ".created-at: missing; required is the column that tells when its row was made"),
                usage(
                        "table = a, name = b, size = c, created-at { column = d, kind = local }, " + HOW,
                        ".created-at.zone: missing; a local time needs the zone whose clock it shows, such as Europe/Berlin"),
                usage(WHOLE + ", " + HOW + ", size = \" \"", ".size: \" \" given, allowed is a text that is not blank"),
                usage(WHOLE + ", " + HOW + ", room = []", ".room: a list of 0 given, allowed is a text"),
                usage(WHOLE + ", " + HOW + ", user {}", ".user: an object {} given, allowed is a text"),
                usage(
                        WHOLE + ", " + HOW + ", last-used-at { column = x }",
                        ".last-used-at: an object {column} given, allowed is a text"),
                usage(
                        WHOLE + ", deletes-rows = true",
                        ": neither evictable nor all-evictable = true given, exactly one of them is required, to say which files may go"),
                usage(
                        WHOLE + ", deletes-rows = true, all-evictable = false",
                        ": neither evictable nor all-evictable = true given, exactly one of them is required, to say which files may go"),
                usage(
                        WHOLE + ", deletes-rows = true, evictable = null",
                        ".evictable: null given, allowed is { … } of exactly one of " + CONDITIONS
                                + "; for no condition leave it out"),
                usage(
                        WHOLE + ", deletes-rows = true, evictable {}",
                        ".evictable: no condition given, exactly one of " + CONDITIONS
                                + " is required; for several together say all = [ … ]"),
                usage(
                        WHOLE + ", " + HOW + ", evictable { is-true = x }",
                        ".all-evictable: true given, but " + SETTINGS
                                + ".usage.evictable is set, too; leave one of the two away"),
                usage(
                        WHOLE + ", deletes-rows = true, all-evictable = yes",
                        ".all-evictable: \"yes\" given, allowed is true or false"),
                usage(
                        WHOLE + ", all-evictable = true, deletes-rows = 1",
                        ".deletes-rows: 1 given, allowed is true or false"),
                usage(
                        WHOLE + ", all-evictable = true",
                        ": neither marks nor deletes-rows = true given, exactly one of them is required, to say how a file is given up"),
                usage(
                        WHOLE + ", all-evictable = true, deletes-rows = false",
                        ": neither marks nor deletes-rows = true given, exactly one of them is required, to say how a file is given up"),
                usage(
                        WHOLE + ", " + HOW + ", marks = x",
                        ".deletes-rows: true given, but " + SETTINGS
                                + ".usage.marks is set, too; leave one of the two away"),
                usage(
                        WHOLE + ", all-evictable = true, marks = null",
                        ".marks: null given, allowed is the column that is set; where rows are deleted leave it out"),
                usage(
                        WHOLE + ", " + HOW + ", marks = null",
                        ".marks: null given, allowed is the column that is set; where rows are deleted leave it out"),
                usage(
                        WHOLE + ", all-evictable = true, marks = x, go-along = [ y ]",
                        ".go-along: a list of 1 given, which is for rows that are deleted, but these are marked; leave it away"),
                usage(WHOLE + ", " + HOW + ", go-along = y", ".go-along: \"y\" given, allowed is a list [ … ]"),
                usage(
                        WHOLE + ", " + HOW + ", references = chatt",
                        ".references: \"chatt\" given, one of " + who
                                + " that is in the database is allowed: chat; did you mean chat?"),
                usage(
                        WHOLE + ", " + HOW + ", tables = y",
                        ".tables: unknown; all-evictable, created-at, deletes-rows, evictable, go-along, last-used-at, marks, name, references, room, size, table, user are allowed here; did you mean table?"),
                mistake(
                        file("store = uploads, " + USAGE + ", " + TOTAL)
                                + "files.uploads.references.more.columns = [ { table = x, column = y } ]\n",
                        SETTINGS + ".usage.references: missing; required is which of " + who
                                + " has the column of names: chat, more"),
                mistake(
                        "tasks.limits { type = file-limits, settings { store = uploads, " + USAGE + ", " + TOTAL
                                + " } }\n" + H2 + TABLES + STORE
                                + "files.uploads.references.wiki.provider = wiki\n",
                        SETTINGS + ".usage.references: none of " + who
                                + " is in the database, which has to know the files of the table; name the column of names in one of their columns"));
    }

    private static Stream<Mistake> limits() {
        String sizes = "bytes are allowed, soft 1 or more and hard no less than soft";
        return Stream.of(
                limit("total = 5 GiB", ".total: \"5 GiB\" given, allowed is an object { … }"),
                limit(
                        "total { hard = 1 B }",
                        ".total.soft: missing; required is down to which size files are given up, such as 90 GiB"),
                limit(
                        "per-user { soft = 1 B }, usage.user = u",
                        ".per-user.hard: missing; required is above which size files are given up, such as 100 GiB"),
                limit("total { soft = 0 B, hard = 1 B }", ".total.soft: \"0 B\" given, " + sizes),
                limit("total { soft = -1 B, hard = 1 B }", ".total.soft: \"-1 B\" given, " + sizes),
                limit("total { soft = 2 B, hard = 1 B }", ".total.hard: \"1 B\" given, " + sizes),
                limit(
                        "total { soft = 5, hard = 1 GiB }",
                        ".total.soft: 5 given, allowed is " + SIZE + "; a number without a unit is none"),
                limit(
                        "total { soft = 1 B, hard = 2 B, high = 1 }",
                        ".total.high: unknown; hard, soft are allowed here"),
                limit("per-room { soft = 3 B, hard = 1 B }, usage.room = r", ".per-room.hard: \"1 B\" given, " + sizes),
                limit("per-user { soft = 3 B, hard = 1 B }, usage.user = r", ".per-user.hard: \"1 B\" given, " + sizes),
                limit(
                        "per-room { soft = 1 B, hard = 1 B }",
                        ".per-room: an object {hard, soft} given, but usage.room is not set; name that column, or leave the limit away"),
                limit(
                        "per-user { soft = 1 B, hard = 1 B }",
                        ".per-user: an object {hard, soft} given, but usage.user is not set; name that column, or leave the limit away"),
                limit(
                        "used-space { high = 85, low = 80 }",
                        ".used-space.high: 85 given, shares are allowed, over 0 and under 1, low under high"),
                limit(
                        "used-space { high = 0.8, low = 0 }",
                        ".used-space.low: 0 given, shares are allowed, over 0 and under 1, low under high"),
                limit(
                        "used-space { high = 0.8, low = 0.9 }",
                        ".used-space.high: 0.8 given, shares are allowed, over 0 and under 1, low under high"),
                limit(
                        "used-space { high = 0.8, low = much }",
                        ".used-space.low: \"much\" given, allowed is a number, such as 0.75"),
                limit(
                        "used-space { low = 0.8 }",
                        ".used-space.high: missing; required is above which share of used space files are given up, such as 0.85"),
                limit(
                        "used-space { high = 0.8 }",
                        ".used-space.low: missing; required is down to which share files are given up, such as 0.8"),
                limit(
                        "free-space { floor = 0, target = 0.1 }",
                        ".free-space.floor: 0 given, shares are allowed, over 0 and under 1, floor under target"),
                limit(
                        "free-space { floor = 0.2, target = 0.1 }",
                        ".free-space.target: 0.1 given, shares are allowed, over 0 and under 1, floor under target"),
                limit(
                        "free-space { target = 0.1 }",
                        ".free-space.floor: missing; required is below which share of free space files are given up, such as 0.05"),
                limit(
                        "free-space { floor = 0.1 }",
                        ".free-space.target: missing; required is up to which share files are given up, such as 0.1"),
                mistake(
                        "tasks.limits { type = file-limits, settings { store = uploads, " + USAGE
                                + ", free-space { floor = 0.1, target = 0.2 } } }\n" + H2 + TABLES + STORE + COLUMN,
                        SETTINGS
                                + ".free-space: an object {floor, target} given, but no task of type file-sweep has that store, and without one no file would go; add one, or leave it away"),
                mistake(
                        file("store = uploads, " + USAGE + ", used-space { high = 0.85, low = 0.8 }")
                                + "tasks.again { type = file-sweep, settings { store = uploads, orphans = [ \"a/\" ] } }\n",
                        SETTINGS
                                + ".swept-by: missing; required with used-space is one of the tasks that sweep that store: again, sweep"),
                beside(
                        "swept-by = sweeps",
                        ".swept-by: \"sweeps\" given, the name of a task of type file-sweep with the same store is allowed: there are sweep; did you mean sweep?"));
    }

    private static Stream<Mistake> others() {
        return Stream.of(
                beside("order = newest", ".order: \"newest\" given, allowed is oldest, least-recently-used, largest"),
                beside(
                        "order = least-recently-used",
                        ".order: \"least-recently-used\" given, but usage.last-used-at is not set; name that column, or say oldest or largest instead"),
                beside("grace = 59 min", ".grace: \"59 min\" given, allowed is a duration of 1 h or longer"),
                beside("grace = 5", ".grace: 5 given, allowed is " + DURATIONS + "; a number without a unit is none"),
                beside("grace = 100000 days", ".grace: \"100000 days\" given, one hour to 100 years allowed"),
                beside("share-limit = 0", ".share-limit: 0 given, over 0 and at most 1 allowed"),
                beside("share-limit = 20", ".share-limit: 20 given, over 0 and at most 1 allowed"),
                beside("reports-only = maybe", ".reports-only: \"maybe\" given, allowed is true or false"),
                beside(
                        "reports-only = null",
                        ".reports-only: null given, allowed is true or false; to give files up leave it out"),
                beside("remember = 0 s", ".remember: \"0 s\" given, allowed is a duration of 1 h or longer"),
                beside("remember = 40000 days", ".remember: \"40000 days\" given, one hour to 100 years allowed"),
                beside(
                        "findings-file = target/no-such-folder/f",
                        ".findings-file: \"target/no-such-folder/f\" given, a file in a directory that is there is allowed"),
                beside(
                        "listener = null",
                        ".listener: null given, allowed is { provider, settings }; for no listener leave it out"),
                beside("listener = cdn", ".listener: \"cdn\" given, allowed is an object { … }"),
                beside(
                        "listener {}",
                        ".listener.provider: missing; required is the name of an EvictionListenerProvider"),
                beside(
                        "listener { provider = cnd, settings.log = l }",
                        ".listener.provider: \"cnd\" given, the name of an EvictionListenerProvider is allowed: there are cdn; did you mean cdn?"),
                beside(
                        "listener { provider = cdn, settings.keeps = [] }",
                        ".listener.settings: provider \"cdn\" refuses them: log: missing"),
                beside(
                        "listener { provider = cdn, settings { log = l, tabel = t } }",
                        ".listener.settings.tabel: unknown; keeps, log, table are allowed here; did you mean table?"),
                beside(
                        "listener { provider = cdn, settings.log = l, priority = 1 }",
                        ".listener.priority: unknown; provider, settings are allowed here"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_is_told_with_its_path_what_was_given_and_what_is_allowed(Mistake mistake) {
        mistake.check();
    }

    @Test
    void what_is_right_is_no_mistake() {
        String all = "store = uploads, usage { " + WHOLE
                + ", last-used-at = e, room = r, user = u, references = chat, evictable { is-true = x }, marks { column = g, kind = epoch-millis } }, "
                + TOTAL
                + ", per-room { soft = 1 B, hard = 1 B }, per-user { soft = 1 B, hard = 2 GiB }, used-space { high = 0.85, low = 0.8 },"
                + " free-space { floor = 0.05, target = 0.1 }, swept-by = sweep, order = least-recently-used, grace = 1 h, remember = 1 h,"
                + " share-limit = 1, reports-only = true, listener { provider = cdn, settings.log = l }";
        assertThat(mistake(file(all), "").found()).isEmpty();
        assertThat(mistake(file("store = uploads, " + USAGE + ", " + TOTAL), "").found())
                .isEmpty();
    }

    @Test
    void all_mistakes_are_told_at_once() {
        String many =
                "store = uploads, usage { table = a, name = b, created-at { column = d, kind = odd }, room = r, deletes-rows = true },"
                        + " total { soft = 2 B, hard = 1 B }, per-user { soft = 1 B }, used-space { high = 2, low = 1 }, order = newest,"
                        + " listener { provider = none }, grace = 1 s, share-limit = 7, remember = 40000 days, swept-by = other, tpyo = 1";
        assertThat(mistake(file(many), "").found())
                .map(message -> message.replaceFirst("^tasks\\.limits\\.settings\\.?", "")
                        .replaceFirst(": .*", ""))
                .containsExactlyInAnyOrder(
                        "usage.size",
                        "usage.created-at.kind",
                        "usage",
                        "total.hard",
                        "per-user.hard",
                        "per-user",
                        "used-space.high",
                        "order",
                        "listener.provider",
                        "grace",
                        "share-limit",
                        "remember",
                        "swept-by",
                        "tpyo");
    }

    /** What is wrong with the sweep is told there, and not once more by who refers to it. */
    @Test
    void a_mistake_in_the_sweep_is_told_once() {
        assertThat(mistake(
                                file("store = uploads, " + USAGE + ", used-space { high = 0.85, low = 0.8 }")
                                        + "tasks.sweep.settings.share-limit = 0\n",
                                "")
                        .found())
                .singleElement()
                .asString()
                .startsWith("tasks.sweep.settings.share-limit");
    }

    @Test
    void a_listener_that_no_jar_has_is_told_with_what_to_do() {
        ClassLoader bare = new ClassLoader(getClass().getClassLoader()) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                return name.endsWith("EvictionListenerProvider")
                        ? Collections.emptyEnumeration()
                        : super.getResources(name);
            }
        };
        List<String> found = MaintenanceConfig.parse("chatty-maintenance {\n"
                        + file("store = uploads, " + USAGE + ", " + TOTAL
                                + ", listener { provider = cdn, settings.log = l }")
                        + "}")
                .classLoader(bare)
                .validate();
        assertThat(found)
                .singleElement()
                .asString()
                .startsWith(
                        SETTINGS
                                + ".listener.provider: \"cdn\" given, the name of an EvictionListenerProvider is allowed: there is none;"
                                + " put a jar on the class path that has one, named in META-INF/services/io.chatty.maintenance.config.EvictionListenerProvider");
    }
}
