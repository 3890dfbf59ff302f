package io.chatty.maintenance.config;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.ReferenceList;
import io.chatty.maintenance.file.verify.FindingsFile;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sweep that a file describes does to a directory what the same sweep, made by the API, does to another one with the same files. */
@Timeout(120)
class SweepByFileTest {

    private static final List<String> NEEDED = List.of(
            "avatars/7.png",
            "notes/not-declared.txt",
            "thumbnails/gone_64.png",
            "thumbnails/referred_200.png",
            "uploads/draft.png",
            "uploads/emoji.png",
            "uploads/page.png",
            "uploads/referred.png",
            "uploads/wiki.png");

    private static final List<String> NOT_NEEDED = List.of(
            "avatars/8.png",
            "exports/old.zip",
            "incoming/one/1",
            "incoming/one/2",
            "thumbnails/gone_200.png",
            "uploads/2026/orphan.png",
            "uploads/dropped.png",
            "uploads/half.part");

    private static final List<String> TABLES = List.of(
            "CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(99), alive BOOLEAN)",
            "INSERT INTO attachments VALUES (1, 'uploads/referred.png', TRUE), (2, 'uploads/dropped.png', FALSE),"
                    + " (3, 'uploads/missing.png', TRUE)",
            "CREATE TABLE profiles (id INT PRIMARY KEY, picture INT)",
            "INSERT INTO profiles VALUES (1, 7)",
            "CREATE TABLE drafts (id INT PRIMARY KEY, files VARCHAR(99))",
            "INSERT INTO drafts VALUES (1, '[\"draft.png\"]')",
            "CREATE TABLE emojis (id INT PRIMARY KEY, url VARCHAR(99))",
            "INSERT INTO emojis VALUES (1, 'https://chat.example.org/uploads/emoji.png?v=2')",
            "CREATE TABLE pages (nr INT NOT NULL, body VARCHAR(99))",
            "CREATE INDEX numbers ON pages (nr)",
            "INSERT INTO pages VALUES (1, 'see file:uploads/page.png there')");

    private static final String FILE = """
            files.uploads {
              root = "HERE/files"
              references {
                chat {
                  columns = [
                    { table = attachments, column = path, where { is-true = alive } }
                    { table = profiles, column = picture, prefix = "avatars/", suffix = ".png" }
                    { table = drafts, column = files, json = true, prefix = "uploads/" }
                    { table = emojis, column = url, url = "https://chat.example.org/" }
                    { table = pages, column = body, regex = "file:(\\\\S+)", key = nr }
                  ]
                }
                wiki { list = "HERE/wiki.list" }
              }
            }
            tasks.t {
              type = file-sweep
              settings {
                store = uploads
                orphans = [ "uploads/", "avatars/" ]
                temporary = [ { prefix = "uploads/", pattern = "*.part", age = 1 day } ]
                partial-uploads = [ { prefix = "incoming/", age = 2 days } ]
                derived = [ { name = "thumbnails/{name}_200.png", of = "uploads/{name}.png" } ]
                expired = [ { prefix = "exports/", age = 7 days } ]
                grace = 5 days
                window = 2 days
                share-limit = 0.9
                moves-on-first-run = true
                remember = 1 h
                findings-file = "HERE/findings.jsonl"
              }
            }
            """;

    /** {@code FILE} in the words of the API. */
    private static FileSweep inJava(ChatDatabase chat, Path folder) {
        try {
            return FileSweep.builder("t", LocalFileStore.open(folder.resolve("files")), chat.fileLedger())
                    .references(chat.fileReferences(
                            "chat",
                            r -> r.column("attachments", "path", c -> c.where(Match.isTrue("alive")))
                                    .column(
                                            "profiles",
                                            "picture",
                                            c -> c.prefix("avatars/").suffix(".png"))
                                    .json("drafts", "files", c -> c.prefix("uploads/"))
                                    .column("emojis", "url", c -> c.url("https://chat.example.org/"))
                                    .text("pages", "body", Pattern.compile("file:(\\S+)"), c -> c.key("nr"))))
                    .references(ReferenceList.of("wiki", folder.resolve("wiki.list")))
                    .orphans("uploads/")
                    .orphans("avatars/")
                    .temporary("uploads/", "*.part", ofDays(1))
                    .partialUploads("incoming/", ofDays(2))
                    .derived(
                            "thumbnails/",
                            file -> file.endsWith("_200.png")
                                    ? List.of("uploads/" + file.substring("thumbnails/".length(), file.length() - 8)
                                            + ".png")
                                    : List.of())
                    .expired("exports/", ofDays(7))
                    .grace(ofDays(5))
                    .window(ofDays(2))
                    .shareLimit(0.9)
                    .movesOnFirstRun()
                    .remember(ofHours(1))
                    .findings(new FindingsFile(folder.resolve("findings.jsonl")))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TempDir
    private Path folder;

    private final Instant start = Instant.now();
    private Path byFile = Path.of("");
    private Path byApi = Path.of("");

    @BeforeEach
    void makeFiles() throws IOException {
        byFile = host("by-file");
        byApi = host("by-api");
    }

    private Path host(String name) throws IOException {
        Path host = Files.createDirectory(folder.resolve(name));
        for (String file : Stream.of(NEEDED, NOT_NEEDED).flatMap(List::stream).toList()) {
            Path path = host.resolve("files").resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, file);
        }
        Files.writeString(host.resolve("wiki.list"), "uploads/wiki.png\n# complete 1\n");
        return host;
    }

    private static CleanedChat chat() throws Exception {
        CleanedChat chat = new CleanedChat();
        chat.execute(TABLES.toArray(String[]::new));
        return chat;
    }

    private static List<String> names(Path host) throws IOException {
        Path root = host.resolve("files");
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> root.relativize(path).toString())
                    .filter(name -> !name.startsWith(".chatty-maintenance"))
                    .sorted()
                    .toList();
        }
    }

    private static String file(Path host) {
        return FILE.replace("HERE", host.toString());
    }

    private static List<String> ledger(CleanedChat chat) throws Exception {
        return chat.strings(
                "SELECT file_name || ' ' || file_kind || ' ' || progress FROM chatty_maintenance_swept_file ORDER BY 1");
    }

    @Test
    void what_is_not_needed_goes_in_its_time_and_all_else_stays() throws Exception {
        CleanedChat fileChat = chat();
        CleanedChat apiChat = chat();
        List<Integer> left = new ArrayList<>();
        List<Map<String, Long>> counted = new ArrayList<>();
        for (Duration later : List.of(ofHours(20), ofDays(4), ofDays(6), ofDays(8), ofDays(11))) {
            fileChat.at(start.plus(later));
            apiChat.at(start.plus(later));

            Map<String, Long> ofFile = fileChat.run(file(byFile), "t").counts().asMap();
            Map<String, Long> ofApi =
                    apiChat.run(chat -> inJava(chat, byApi)).counts().asMap();

            assertThat(ofFile).as("after " + later).isEqualTo(ofApi);
            assertThat(names(byFile))
                    .as("after " + later)
                    .isEqualTo(names(byApi))
                    .containsAll(NEEDED);
            assertThat(ledger(fileChat)).isEqualTo(ledger(apiChat));
            left.add(names(byFile).size() - NEEDED.size());
            counted.add(new TreeMap<>(ofFile));
        }
        // Nothing; temporary and partial files; all but the export; the export; nothing more.
        assertThat(left).containsExactly(8, 5, 1, 0, 0);
        assertThat(counted.get(2)).containsKey("deleted.temporary");
        assertThat(counted.get(4)).containsKey("deleted.expired");
        assertThat(names(byFile)).isEqualTo(NEEDED);
        List<String> findings = Files.readAllLines(byFile.resolve("findings.jsonl"));
        assertThat(findings).anySatisfy(line -> assertThat(line).contains("BROKEN_REFERENCE", "uploads/missing.png"));
    }

    @Test
    void a_preview_tells_the_same_and_changes_nothing() throws Exception {
        CleanedChat chat = chat();
        List<String> before = names(byFile);
        List<Preview> previews = new ArrayList<>();

        chat.at(start.plus(ofDays(10)))
                .before(configured -> previews.add(configured.engine().preview("t")))
                .before(configured -> {
                    try {
                        assertThat(names(byFile)).isEqualTo(before);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        Map<String, Long> moved = chat.run(file(byFile), "t").counts().asMap();

        assertThat(previews.get(0).counts().asMap())
                .containsEntry("due.quarantined.orphan", moved.get("quarantined.orphan"))
                .containsEntry("due.quarantined.derived", moved.get("quarantined.derived"));
        assertThat(moved).containsEntry("quarantined.orphan", 3L).containsEntry("quarantined.derived", 1L);
    }

    /** Otherwise a word could be read and forgotten. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "orphans",
                "temporary",
                "partial-uploads",
                "derived",
                "expired",
                "grace",
                "window",
                "share-limit",
                "moves-on-first-run",
                "remember",
                "findings-file"
            })
    void each_word_of_the_sweep_changes_what_is_done(String word) throws Exception {
        assertThat(done(byFile, "tasks.t.settings." + word)).isNotEqualTo(withAllWords());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "references.wiki",
                "references.chat.columns.0.where",
                "references.chat.columns.1.prefix",
                "references.chat.columns.1.suffix",
                "references.chat.columns.2.json",
                "references.chat.columns.3.url",
                "references.chat.columns.4.regex",
            })
    void each_word_of_the_references_changes_what_is_done(String word) throws Exception {
        assertThat(done(byFile, "files.uploads." + word)).isNotEqualTo(withAllWords());
    }

    @Test
    void the_same_words_do_the_same() throws Exception {
        assertThat(done(byFile, "no.such")).isEqualTo(withAllWords());
    }

    private static List<Object> allWords = List.of();

    private List<Object> withAllWords() throws Exception {
        if (allWords.isEmpty()) {
            allWords = done(byApi, "no.such");
        }
        return allWords;
    }

    /** All that is seen of runs by the file without a word. */
    private List<Object> done(Path host, String without) throws Exception {
        CleanedChat chat = chat();
        String hocon = without(file(host), without);
        List<Object> seen = new ArrayList<>();
        chat.before(configured -> seen.add(configured.fileSweeps().get(0).fingerprint()));
        for (Duration later : List.of(ofDays(8), ofDays(11), ofDays(12))) {
            seen.add(chat.at(start.plus(later)).run(hocon, "t").counts().asMap());
            seen.add(names(host));
        }
        seen.add(ledger(chat));
        seen.add(Files.exists(host.resolve("findings.jsonl")));
        return seen;
    }

    /** The text without a word; of a list by the number of its entry. */
    private static String without(String hocon, String path) {
        Config config = ConfigFactory.parseString(hocon);
        List<String> parts = List.of(path.split("\\.columns\\."));
        if (parts.size() == 1) {
            return config.withoutPath(path)
                    .root()
                    .render(ConfigRenderOptions.concise().setJson(false));
        }
        String at = parts.get(0) + ".columns";
        int number = Integer.parseInt(parts.get(1).replaceFirst("\\..*", ""));
        List<Object> columns = new ArrayList<>();
        for (Config column : config.getConfigList(at)) {
            boolean it = columns.size() == number;
            columns.add((it ? column.withoutPath(parts.get(1).replaceFirst("^\\d+\\.", "")) : column)
                    .root()
                    .unwrapped());
        }
        return config.withValue(at, ConfigValueFactory.fromIterable(columns))
                .root()
                .render(ConfigRenderOptions.concise().setJson(false));
    }

    @Test
    void the_first_run_only_counts_unless_the_file_says_otherwise() throws Exception {
        CleanedChat chat = chat();
        String careful = without(file(byFile), "tasks.t.settings.moves-on-first-run");

        assertThat(chat.at(start.plus(ofDays(10))).run(careful, "t").counts().asMap())
                .containsEntry("suspects.orphan", 3L);
        assertThat(names(byFile)).hasSize(NEEDED.size() + NOT_NEEDED.size());

        chat.at(start.plus(ofDays(11))).run(careful, "t");
        assertThat(names(byFile)).isEqualTo(NEEDED);
    }

    @Test
    void columns_that_the_schema_calls_files_count_with_what_their_values_mean() throws Exception {
        CleanedChat chat = chat();
        chat.execute("CREATE TABLE voices (id INT PRIMARY KEY, message_id BIGINT, path VARCHAR(99))");
        chat.execute("INSERT INTO voices VALUES (1, 1, '8')");
        String hocon = file(byFile)
                + "schema.children = [ { table = voices, column = message_id, files = path } ]\n"
                + "files.uploads.references.chat.schema-files { prefix = \"avatars/\", suffix = \".png\" }\n";

        chat.at(start.plus(ofDays(10))).run(hocon, "t");

        assertThat(names(byFile)).contains("avatars/8.png").doesNotContain("uploads/dropped.png");
    }

    @Test
    void a_store_of_another_sweep_is_refused_until_the_file_adopts_it() throws Exception {
        chat().at(start.plus(ofDays(10))).run(file(byFile), "t");
        String id = LocalFileStore.open(byFile.resolve("files")).id().orElseThrow();
        CleanedChat other = chat().at(start.plus(ofDays(10)));

        assertThat(catchThrowable(() -> other.run(file(byFile), "t")))
                .hasMessageContaining("has the id " + id)
                .hasMessageContaining("settings.adopt-store = \"" + id + "\"");

        other.run(file(byFile) + "tasks.t.settings.adopt-store = \"" + id + "\"", "t");
        assertThat(names(byFile)).isEqualTo(NEEDED);
    }

    @Test
    void little_space_is_a_warning_from_the_share_on_that_the_file_says() throws Exception {
        for (String share : List.of("1", "0")) {
            CleanedChat chat = chat();
            List<ConfiguredEngine> engines = new ArrayList<>();
            chat.before(engines::add).at(start.plus(ofDays(10)));
            chat.run(file(host("space-" + share)) + "tasks.t.settings.low-space = " + share, "t");

            List<String> warnings = engines.get(0).fileSweeps().get(0).warnings(Counts.none());
            assertThat(warnings.toString().contains("little space")).isEqualTo(share.equals("1"));
        }
    }

    @Test
    void a_plugins_store_is_swept_by_what_a_plugins_source_knows() throws Exception {
        InMemoryFileStore bucket = BucketProvider.bucket(folder.toString());
        bucket.write("a/known", out -> out.write(1));
        bucket.write("a/unknown", out -> out.write(1));

        chat().at(start.plus(ofDays(10))).run("""
                files.far {
                  provider = bucket, settings.bucket = "%s"
                  references.wiki { provider = wiki, settings.names = [ a/known ] }
                }
                tasks.t {
                  type = file-sweep
                  settings { store = far, orphans = [ "a/" ], moves-on-first-run = true }
                }
                """.formatted(folder), "t");

        try (Stream<StoredFile> left = bucket.list("")) {
            assertThat(left.map(StoredFile::name)).containsExactly("a/known");
        }
    }

    @Test
    void a_verification_of_the_file_knows_sizes_and_contents_and_what_the_files_sweep_set_aside() throws Exception {
        CleanedChat chat = chat();
        chat.execute(
                "CREATE TABLE sums (path VARCHAR(99) PRIMARY KEY, bytes INT, sum VARCHAR(64))",
                "INSERT INTO sums VALUES ('uploads/wiki.png', 16, '" + "00".repeat(32)
                        + "'), ('uploads/page.png', 1, NULL)");
        String check =
                "tasks.check { type = file-verification, settings { store = uploads, contents = 1, unchanged-for = 0 s } }\n";
        String hocon = file(byFile) + check
                + "files.uploads.references.sums.columns = [ { table = sums, column = path, size = bytes, sha256 = sum } ]\n";
        chat.at(start.plus(ofDays(10))).run(hocon, "t");
        chat.execute("UPDATE attachments SET alive = TRUE WHERE path = 'uploads/dropped.png'");

        assertThat(chat.run(hocon, "check").counts().asMap())
                .containsEntry("broken", 1L)
                .containsEntry("skipped.quarantined", 1L)
                .containsEntry("wrongSize", 1L)
                .containsEntry("wrongContent", 1L);
        assertThat(chat.run(without(hocon, "tasks.check.settings.contents"), "check")
                        .counts()
                        .get("contents"))
                .isZero();
        assertThat(chat.at(start)
                        .run(without(hocon, "tasks.check.settings.unchanged-for"), "check")
                        .counts()
                        .get("skipped.young"))
                .isPositive();
    }

    @Test
    void a_report_of_duplicates_is_written_where_the_file_says() throws Exception {
        Files.writeString(byFile.resolve("files/uploads/copy"), "uploads/page.png");
        Files.writeString(byFile.resolve("files/uploads/a"), "small");
        Files.writeString(byFile.resolve("files/uploads/b"), "small");
        Files.writeString(byFile.resolve("files/notes/copy"), "uploads/page.png");
        String hocon = """
                tasks.t {
                  type = duplicate-files
                  settings { store = uploads, below = [ "uploads/" ], smallest = 10 B, findings-file = "%s/same", temporary-files = "%s" }
                }
                """.formatted(byFile, folder);

        chat().run(file(byFile).replaceFirst("(?s)tasks.*", "") + hocon, "t");

        assertThat(Files.readAllLines(byFile.resolve("same")))
                .singleElement()
                .asString()
                .contains("DUPLICATE", "uploads/page.png");
    }
}
