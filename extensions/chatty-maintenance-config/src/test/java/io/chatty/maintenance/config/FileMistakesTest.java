package io.chatty.maintenance.config;

import static io.chatty.maintenance.config.Mistake.CONDITIONS;
import static io.chatty.maintenance.config.Mistake.H2;
import static io.chatty.maintenance.config.Mistake.TABLES;
import static io.chatty.maintenance.config.Mistake.mistake;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes that people make in stores of files, their references, and tasks over them. */
class FileMistakesTest {

    private static final Path ROOT = Path.of("target/files-with-mistakes");
    static final String STORE = "files.uploads.root = target/files-with-mistakes\n";
    static final String COLUMN = "files.uploads.references.chat.columns = [ { table = a, column = b } ]\n";
    static final String SWEEP = H2 + TABLES + STORE + COLUMN
            + "tasks.sweep { type = file-sweep, settings { store = uploads, orphans = [\"uploads/\"] } }\n";

    @BeforeAll
    static void makeRoot() throws IOException {
        Files.createDirectories(ROOT.resolve("archive"));
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(stores(), references(), sweeps(), others()).flatMap(part -> part);
    }

    private static Stream<Mistake> stores() {
        return Stream.of(
                mistake(
                        "files.uploads {}\n" + H2 + TABLES,
                        "files.uploads: neither root nor provider given, exactly one of root (a directory) and provider (a FileStoreProvider) is required"),
                mistake(
                        "files.uploads = null\n" + H2 + TABLES,
                        "files.uploads: null given, allowed is { root, references }; for no store leave it out"),
                mistake(
                        "files.uploads { root = target/not-there }\n" + H2 + TABLES,
                        "files.uploads.root: \"target/not-there\" given, a directory that is there and can be written to is allowed: java.nio.file.NoSuchFileException: target/not-there"),
                mistake(
                        "files.uploads { root = target, provider = bucket }\n" + H2 + TABLES,
                        "files.uploads: root and provider given, exactly one of root (a directory) and provider (a FileStoreProvider) is required"),
                mistake(
                        "files.uploads { provider = bukket }\n" + H2 + TABLES,
                        "files.uploads.provider: \"bukket\" given, the name of a FileStoreProvider is allowed: there are bucket; did you mean bucket?"),
                mistake(
                        "files.uploads { provider = bucket, trusts-modification-time = true }\n" + H2 + TABLES,
                        "files.uploads.trusts-modification-time: true given, which is for a root; leave it away"),
                mistake(
                        "files.uploads { root = target/files-with-mistakes, roots = 1 }\n" + H2 + TABLES,
                        "files.uploads.roots: unknown; provider, references, root, trusts-modification-time are allowed here; did you mean root?"),
                mistake(
                        "files.uploads { root = target/files-with-mistakes, references.chat.columns = [ { table = a, column = b } ] }",
                        "database.url: missing; files needs a database: its JDBC URL, or a data source that the host gives"));
    }

    private static Stream<Mistake> references() {
        return Stream.of(
                reference(
                        "chat = null",
                        "files.uploads.references.chat: null given, allowed is { columns } or { provider };"
                                + " without a source what it knows would be orphans. For none leave it out"),
                reference(
                        "chat {}",
                        "files.uploads.references.chat.columns: missing; required are the columns in which files are referred to: [ { table, column } ], for no table of schema has files either"),
                reference(
                        "chat.columns = null",
                        "files.uploads.references.chat.columns: null given, allowed is a list [ { table, column } ]; for none leave it out"),
                reference(
                        "chat.columns = [ null ]",
                        "files.uploads.references.chat.columns[0]: null given, allowed is an object { … }"),
                column("", "columns[0].column: missing; required is the column in which files are referred to"),
                column(
                        "column = c, where = null",
                        "columns[0].where: null given, allowed is { … } of exactly one of " + CONDITIONS
                                + "; for no condition leave it out"),
                column("column = c, json = yes", "columns[0].json: \"yes\" given, allowed is true or false"),
                column(
                        "column = c, json = true, regex = x",
                        "columns[0].regex: \"x\" given, but files.uploads.references.chat.columns[0].json is set, too; leave one of the two away"),
                column(
                        "column = c, regex = \"(\"",
                        "columns[0].regex: \"(\" given, allowed is a regular expression as java.util.regex has them, but Unclosed group"),
                column(
                        "column = c, url = \"https://a/\", prefix = p",
                        "columns[0].prefix: \"p\" given, but files.uploads.references.chat.columns[0].url is set, too; leave one of the two away"),
                column(
                        "column = c, url = \"https://a/\", suffix = s",
                        "columns[0].suffix: \"s\" given, but files.uploads.references.chat.columns[0].url is set, too; leave one of the two away"),
                column(
                        "column = c, url = \"https://a\"",
                        "columns[0].url: \"https://a\" given, which must end in / or have a query, so that it is clear where a name begins"),
                column(
                        "column = c, json = true, size = s",
                        "columns[0].size: \"s\" given, but a value of json can mean several files; leave one of the two away"),
                column(
                        "column = c, regex = x, sha256 = s",
                        "columns[0].sha256: \"s\" given, but a value of regex can mean several files; leave one of the two away"),
                reference(
                        "chat { columns = [ { table = a, column = b } ], schema-files.prefix = p }",
                        "files.uploads.references.chat.schema-files: an object {prefix} given, but no table of schema has files; set them, or leave it away"),
                reference(
                        "chat { list = names, columns = [ { table = a, column = b } ] }",
                        "files.uploads.references.chat.columns: a list of 1 given, but files.uploads.references.chat.list is set, too; leave one of the two away"),
                reference(
                        "wiki { provider = wikki }",
                        "files.uploads.references.wiki.provider: \"wikki\" given, the name of a FileReferencesProvider is allowed: there are wiki; did you mean wiki?"),
                reference(
                        "wiki { provider = wiki, settings.misnamed = true }",
                        "files.uploads.references.wiki.provider: it made a source that is called \"mess\", allowed is \"wiki\""),
                reference(
                        "\"a b\" { provider = wiki }",
                        "files.uploads.references.\"a b\": task name: \"a b\" is not one to 100 letters, digits, '.', '_' and '-'"));
    }

    private static Mistake reference(String hocon, String message) {
        return mistake("files.uploads.references { " + hocon + " }\n" + H2 + TABLES + STORE, message);
    }

    private static Mistake column(String hocon, String message) {
        return reference("chat.columns = [ { table = t, " + hocon + " } ]", "files.uploads.references.chat." + message);
    }

    private static Mistake sweep(String hocon, String message) {
        return mistake("tasks.sweep.settings { " + hocon + " }\n" + SWEEP, "tasks.sweep.settings" + message);
    }

    private static Stream<Mistake> sweeps() {
        return Stream.of(
                mistake(
                        "tasks.sweep { type = file-sweep, settings.orphans = [\"uploads/\"] }\n" + H2 + TABLES + STORE
                                + COLUMN,
                        "tasks.sweep.settings.store: missing; required is one of files"),
                mistake(
                        "tasks.sweep { type = file-sweep, settings.store = uploads }\n" + H2 + TABLES + STORE + COLUMN,
                        "tasks.sweep.settings: nothing given that may go; at least one of orphans, temporary, partial-uploads, derived, expired is required"),
                mistake(
                        "tasks.sweep { type = file-sweep, settings { store = upload, orphans = [\"a/\"] } }\n" + H2
                                + TABLES + STORE + COLUMN,
                        "tasks.sweep.settings.store: \"upload\" given, one of files is allowed: uploads; did you mean uploads?"),
                mistake(
                        "tasks.sweep { type = file-sweep, settings { store = uploads, orphans = [\"a/\"] } }\n" + H2
                                + TABLES + STORE,
                        "tasks.sweep.settings.store: \"uploads\" given, but nothing says which of its files are needed; set files.uploads.references"),
                mistake(
                        "tasks.sweep { type = file-sweep, settings { store = uploads, orphans = [] } }\n" + H2 + TABLES
                                + STORE + COLUMN,
                        "tasks.sweep.settings.orphans: a list of 0 given, at least one entry is allowed; for none leave orphans out"),
                mistake(
                        "tasks.sweep { type = file-sweep, settings { store = uploads, orphans = [uploads] } }\n" + H2
                                + TABLES + STORE + COLUMN,
                        "tasks.sweep.settings.orphans[0]: \"uploads\" given, it has to end in / or be empty, for \"uploads\" would be the beginning of other names, too"),
                mistake(
                        "tasks.sweep { type = file-sweep, settings { store = uploads, orphans = [\"../\"] } }\n" + H2
                                + TABLES + STORE + COLUMN,
                        "tasks.sweep.settings.orphans[0]: \"../\" given, \"../\" has the part \"..\"; relative names with / between their parts are allowed"),
                mistake(
                        "tasks.sweep { type = file-sweep, settings { store = uploads, orphans = [\"a/\"], orphan = 1 } }\n"
                                + H2 + TABLES + STORE + COLUMN,
                        "tasks.sweep.settings.orphan: unknown; adopt-store, derived, empty-directories, expired, findings-file, findings-limit, grace, low-space, moves-on-first-run, orphans, partial-uploads, remember, share-limit, store, temporary, window are allowed here; did you mean orphans?"),
                mistake(
                        "tasks.sweep { type = file-sweep, settings { store = uploads, orphans = [\"a/\"] } }\n" + STORE
                                + TABLES + COLUMN,
                        "database.url: missing; task sweep needs a database: its JDBC URL, or a data source that the host gives"),
                sweep("grace = 59 min", ".grace: \"59 min\" given, allowed is a duration of 1 h or longer"),
                sweep("window = 0 s", ".window: \"0 s\" given, allowed is a duration of 1 h or longer"),
                sweep("remember = -1 day", ".remember: \"-1 day\" given, allowed is a duration of 1 h or longer"),
                sweep("window = 100000 days", ".window: \"100000 days\" given, one hour to 100 years allowed"),
                sweep("share-limit = 0", ".share-limit: 0 given, over 0 and at most 1 allowed"),
                sweep("low-space = 2", ".low-space: 2 given, 0 to 1 allowed"),
                sweep(
                        "temporary { prefix = a/, age = 1 day }",
                        ".temporary.pattern: missing; required is which files are temporary, such as *.part"),
                sweep(
                        "temporary { pattern = \"*\", age = 1 day }",
                        ".temporary.prefix: missing; required is the directory, such as uploads/, or \"\" for all"),
                sweep(
                        "temporary { prefix = \"\", pattern = \"*\" }",
                        ".temporary.age: missing; required is how old they have to be, such as 1 day"),
                sweep(
                        "temporary { prefix = \"\", pattern = \"{a\", age = 1 day }",
                        ".temporary.pattern: \"{a\" given, with a brace that is not closed"),
                sweep(
                        "temporary { prefix = \"\", pattern = a, age = 1 s }",
                        ".temporary.age: \"1 s\" given, allowed is a duration of 1 h or longer"),
                sweep(
                        "partial-uploads = [ { prefix = a, age = 1 day } ]",
                        ".partial-uploads[0].prefix: \"a\" given, it has to end in / or be empty, for \"a\" would be the beginning of other names, too"),
                sweep(
                        "expired = [ { prefix = a/, age = 36600 days } ]",
                        ".expired[0].age: \"36600 days\" given, one hour to 100 years allowed"),
                sweep(
                        "derived = [ { name = \"t/{a}_{b}.png\", of = \"u/{a}.png\" } ]",
                        ".derived[0].name: \"t/{a}_{b}.png\" given, which can be read in several ways; one word at most is allowed in each part between /, and one ** in all"),
                sweep(
                        "derived = [ { name = \"t/{a}.png\", of = [ \"u/{a}.png\", \"u/{b}.jpg\" ] } ]",
                        ".derived[0].of: a list of 2 given, with {b}, which the derived file's name does not tell; allowed are [{a}]"),
                sweep(
                        "derived = [ { name = \"t/{a}.png\" } ]",
                        ".derived[0].of: missing; required is what their originals are called, such as \"uploads/{name}.png\""),
                sweep(
                        "empty-directories { age = 1 h }",
                        ".empty-directories.levels: missing; required is how many levels of directories stay even so, such as 2"),
                sweep(
                        "empty-directories { age = 1 h, levels = -1 }",
                        ".empty-directories.levels: -1 given, must not be negative"),
                sweep(
                        "findings-file = target/no-such-folder/f",
                        ".findings-file: \"target/no-such-folder/f\" given, a file in a directory that is there is allowed"),
                sweep(
                        "findings-file = target/files-with-mistakes/f",
                        ".findings-file: \"target/files-with-mistakes/f\" given, which is in files.uploads, where nothing would refer to it; a file elsewhere is allowed"),
                sweep(
                        "findings-limit = 1 MiB",
                        ".findings-limit: \"1 MiB\" given, but there is no findings-file; set that, or leave it away"),
                sweep(
                        "findings-file = target/f, findings-limit = 1 B",
                        ".findings-limit: \"1 B\" given, at least 1024 allowed"));
    }

    private static Stream<Mistake> others() {
        String verification = "tasks.check { type = file-verification, settings { store = uploads, %s } }\n" + SWEEP;
        String duplicates =
                "tasks.same { type = duplicate-files, settings { store = uploads, %s } }\n" + STORE + H2 + TABLES;
        return Stream.of(
                mistake(
                        verification.replace("%s", "swept-by = sweeps"),
                        "tasks.check.settings.swept-by: \"sweeps\" given, the name of a task of type file-sweep with the same store is allowed: there are sweep; did you mean sweep?"),
                mistake(
                        verification.replace("%s", "contents = 1.5"),
                        "tasks.check.settings.contents: 1.5 given, 0 to 1 allowed"),
                mistake(
                        verification.replace("%s", "unchanged-for = -1 s"),
                        "tasks.check.settings.unchanged-for: \"-1 s\" given, zero to 100 years allowed"),
                mistake(
                        verification.replace("%s", "findings-file = target/f")
                                + "tasks.sweep.settings.findings-file = target/f\n",
                        "tasks.check.settings.findings-file: \"target/f\" given, which task sweep has, too; a file for each task is allowed"),
                mistake(
                        duplicates.replace("%s", "smallest = 1 KiB"),
                        "tasks.same.settings.below: none given; required is a list of directories to look in, such as [\"uploads/\"]"),
                mistake(
                        duplicates.replace("%s", "below = [\"\"], smallest = 0 B"),
                        "tasks.same.settings.smallest: \"0 B\" given, 1 or more allowed; empty files are all the same"),
                mistake(
                        duplicates.replace("%s", "below = [\"\", a/]"),
                        "tasks.same.settings.below[1]: \"a/\" given, and \"\" too, of which one has all files of the other; give the shorter alone"),
                mistake(
                        duplicates.replace("%s", "below = [\"\"], temporary-files = target/no-such-folder"),
                        "tasks.same.settings.temporary-files: \"target/no-such-folder\" given, a directory that is there and can be written to is allowed"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_is_told_with_its_path_what_was_given_and_what_is_allowed(Mistake mistake) {
        mistake.check();
    }

    @Test
    void what_is_right_is_no_mistake() {
        assertThat(mistake(SWEEP + "tasks.sweep.settings { grace = 1 h, window = 1 h, remember = 1 h }", "")
                        .found())
                .isEmpty();
        assertThat(mistake(
                                "tasks.same { type = duplicate-files, settings { store = uploads, below = [\"\"] } }\n"
                                        + STORE,
                                "")
                        .found())
                .isEmpty();
    }

    /** To whose files nothing in the tables refers: they would all be orphans. */
    @Test
    void an_archive_in_a_store_that_is_swept_is_refused(@TempDir Path folder) throws IOException {
        Path root = Files.createDirectories(folder.resolve("root"));
        Path archive = Files.createDirectories(root.resolve("archive"));
        for (List<Path> each : List.of(List.of(root, archive), List.of(archive, root), List.of(root, root))) {
            String hocon = H2 + TABLES + COLUMN + "files.uploads.root = \"" + each.get(0) + "\"\n"
                    + "tasks.sweep { type = file-sweep, settings { store = uploads, orphans = [\"\"] } }\n"
                    + "tasks.clean { type = message-cleanup, settings.archive-folder = \"" + each.get(1) + "\" }\n";
            assertThat(mistake(hocon, "").found())
                    .singleElement()
                    .asString()
                    .contains("tasks.sweep.settings.store", "task clean keeps its archive in " + each.get(1));
        }
    }

    /** What the sources of one know would not count for the other. */
    @Test
    void two_stores_of_the_same_files_are_refused(@TempDir Path folder) throws IOException {
        Path inner = Files.createDirectories(folder.resolve("inner"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), inner);
        for (List<Path> each : List.of(List.of(folder, inner), List.of(inner, folder), List.of(inner, link))) {
            String hocon =
                    H2 + TABLES + "files { a.root = \"" + each.get(0) + "\", b.root = \"" + each.get(1) + "\" }\n";
            assertThat(mistake(hocon, "").found())
                    .singleElement()
                    .asString()
                    .contains("files.b.root", "but files.a is " + each.get(0).toRealPath());
        }
    }
}
