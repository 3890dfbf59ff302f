package io.chatty.maintenance.config;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.limit.FileLimits;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.run.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits that a file describes, on files in a directory and rows in a database: what goes is what a list in memory says. */
@Timeout(120)
class LimitsByFileTest {

    private static final int GRACE_DAYS = 5;

    /** The oldest, which the listener keeps. */
    private static final int KEPT = 59;

    private static final List<String> TABLES = List.of(
            "CREATE TABLE attachments (id INT PRIMARY KEY, path VARCHAR(99), bytes BIGINT, made BIGINT, used BIGINT,"
                    + " room INT, owner VARCHAR(9), pinned BOOLEAN NOT NULL, gone BIGINT)",
            "CREATE TABLE likes (id INT PRIMARY KEY, attachment INT REFERENCES attachments (id) ON DELETE CASCADE)",
            "CREATE TABLE avatars (id INT PRIMARY KEY, path VARCHAR(99))",
            "CREATE TABLE evicted (path VARCHAR(99))");

    private static final String FILES = """
            files.uploads {
              root = "HERE/files"
              references {
                chat.columns = [
                  { table = attachments, column = path, where { not { is-present = gone } } }
                  { table = avatars, column = path }
                ]
                wiki { provider = wiki, settings.names = [ WIKI ] }
              }
            }
            tasks.sweep {
              type = file-sweep
              settings { store = uploads, orphans = [ "uploads/" ], grace = 1 h, window = 1 day, share-limit = 1, moves-on-first-run = true }
            }
            """;

    private static final String LIMITS = """
            tasks.t {
              type = file-limits
              settings {
                store = uploads
                usage {
                  table = attachments, name = path, size = bytes
                  created-at { column = made, kind = epoch-millis }
                  last-used-at = used, room = room, user = owner
                  evictable { not { is-true = pinned } }
                  deletes-rows = true, go-along = [ likes ]
                }
                per-user { soft = 350 B, hard = 420 B }
                per-room { soft = 260 B, hard = 300 B }
                total { soft = 900 B, hard = 1000 B }
                order = ORDER
                grace = 5 days
                listener { provider = cdn, settings { log = "LOG", keeps = [ "uploads/KEPT.png" ], table = evicted } }
              }
            }
            """;

    private static final String MARKING =
            "deletes-rows = false, go-along = null, marks { column = gone, kind = epoch-millis }";

    /** A row, as old, and last used as long ago, in hours as said; {@code used} is 0 where no use is known. */
    private record Row(int id, int bytes, int made, int used, int room, String owner, boolean pinned) {
        String path() {
            return "uploads/" + id + ".png";
        }
    }

    @TempDir
    private Path folder;

    private final Instant start = Instant.now();
    private final List<Row> rows = new ArrayList<>();
    private final Set<Integer> avatars = new HashSet<>();
    private final Set<Integer> inWiki = new HashSet<>();
    private final CleanedChat chat = new CleanedChat();

    LimitsByFileTest() throws SQLException {}

    @BeforeEach
    void makeTables() throws Exception {
        chat.execute(TABLES.toArray(String[]::new));
        chat.at(start);
        Files.createDirectories(folder.resolve("files/uploads"));
    }

    private void put(Row row) throws Exception {
        rows.add(row);
        Files.writeString(folder.resolve("files").resolve(row.path()), "x".repeat(row.bytes()));
        chat.execute("INSERT INTO attachments VALUES (" + row.id() + ", '" + row.path() + "', " + row.bytes() + ", "
                + millis(row.made()) + ", " + (row.used() == 0 ? "NULL" : millis(row.used())) + ", " + row.room()
                + ", '"
                + row.owner() + "', " + row.pinned() + ", NULL)");
        chat.execute("INSERT INTO likes VALUES (" + row.id() + ", " + row.id() + ")");
    }

    private long millis(int hoursBefore) {
        return start.minus(ofHours(hoursBefore)).toEpochMilli();
    }

    private void random(long seed) throws Exception {
        Random random = new Random(seed);
        for (int id = 0; id < 60; id++) {
            int made = 24 * (id / 2) + random.nextInt(20) + 1;
            put(new Row(
                    id,
                    1 + random.nextInt(60),
                    made * 2 + id % 2,
                    random.nextInt(3) == 0 ? 0 : 1 + id + 100 * random.nextInt(10),
                    random.nextInt(4),
                    "u" + random.nextInt(3),
                    id != KEPT && random.nextInt(8) == 0));
            if (id != KEPT && random.nextInt(10) == 0) {
                avatars.add(id);
                chat.execute("INSERT INTO avatars VALUES (" + id + ", 'uploads/" + id + ".png')");
            } else if (id != KEPT && random.nextInt(10) == 0) {
                inWiki.add(id);
            }
        }
        Files.createDirectories(folder.resolve("files/notes"));
        Files.writeString(folder.resolve("files/notes/not-covered.txt"), "x");
    }

    private String file(String order) {
        return (FILES + LIMITS)
                .replace("HERE", folder.toString())
                .replace("LOG", folder.toString())
                .replace("ORDER", order)
                .replace("KEPT", String.valueOf(KEPT))
                .replace(
                        "WIKI",
                        inWiki.stream().map(id -> "\"uploads/" + id + ".png\"").collect(Collectors.joining(", ")));
    }

    // ---- what a person would say goes

    private static Comparator<Row> first(String order) {
        Comparator<Row> oldest = Comparator.comparing(row -> -row.made());
        return switch (order) {
            case "oldest" -> oldest;
            case "largest" -> Comparator.comparing((Row row) -> -row.bytes()).thenComparing(oldest);
            default ->
                Comparator.comparing((Row row) -> -(row.used() == 0 ? row.made() : row.used()))
                        .thenComparing(oldest);
        };
    }

    private Set<Row> goes(String order) {
        Set<Row> gone = new LinkedHashSet<>();
        for (String owner : List.of("u0", "u1", "u2")) {
            goes(gone, rows.stream().filter(row -> row.owner().equals(owner)).toList(), order, 350, 420);
        }
        for (int room = 0; room < 4; room++) {
            int of = room;
            goes(gone, rows.stream().filter(row -> row.room() == of).toList(), order, 260, 300);
        }
        goes(gone, rows, order, 900, 1000);
        return gone;
    }

    private void goes(Set<Row> gone, List<Row> scope, String order, long soft, long hard) {
        long all = scope.stream().mapToLong(Row::bytes).sum();
        if (all <= hard) {
            return;
        }
        long left = all
                - scope.stream().filter(gone::contains).mapToLong(Row::bytes).sum();
        for (Row row : scope.stream().sorted(first(order)).toList()) {
            boolean stays = row.pinned()
                    || row.made() <= 24 * GRACE_DAYS
                    || avatars.contains(row.id())
                    || inWiki.contains(row.id())
                    || row.id() == KEPT;
            if (left > soft && !stays && gone.add(row)) {
                left -= row.bytes();
            }
        }
    }

    private static Set<String> paths(Stream<Row> of) {
        return of.map(Row::path).collect(Collectors.toCollection(TreeSet::new));
    }

    // ---- what is there

    private Set<String> inDirectory() throws IOException {
        Path root = folder.resolve("files");
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> root.relativize(path).toString())
                    .filter(name -> !name.startsWith(".chatty-maintenance"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private Set<String> live() throws Exception {
        return new TreeSet<>(chat.strings("SELECT path FROM attachments WHERE gone IS NULL"));
    }

    static Stream<Arguments> data() {
        return Stream.of("oldest", "least-recently-used", "largest")
                .flatMap(order -> Stream.of(1L, 2L).map(seed -> Arguments.of(order, seed, seed == 2L)));
    }

    @ParameterizedTest
    @MethodSource("data")
    void what_is_too_much_goes_and_all_else_stays(String order, long seed, boolean marks) throws Exception {
        random(seed);
        Set<Row> goes = goes(order);
        Set<String> going = paths(goes.stream());
        Set<String> staying = paths(rows.stream().filter(row -> !goes.contains(row)));
        String hocon = file(order) + (marks ? "tasks.t.settings.usage { " + MARKING + " }\n" : "");
        List<Preview> previews = new ArrayList<>();
        List<Set<String>> afterPreview = new ArrayList<>();
        chat.before(configured -> {
            if (previews.isEmpty()) {
                previews.add(configured.engine().preview("t"));
                afterPreview.add(here(this::live));
                afterPreview.add(here(this::inDirectory));
            }
        });

        Map<String, Long> counts = chat.run(hocon, "t").counts().asMap();

        Set<String> all = paths(rows.stream());
        Set<String> files = new TreeSet<>(all);
        files.add("notes/not-covered.txt");
        assertThat(goes).as("the case says something").hasSizeGreaterThan(5).hasSizeLessThan(rows.size());
        assertThat(afterPreview).containsExactly(all, files);
        assertThat(live()).isEqualTo(staying);
        assertThat(inDirectory()).as("files are the sweep's affair").isEqualTo(files);
        long bytes = goes.stream().mapToLong(Row::bytes).sum();
        assertThat(counts).containsEntry("bytes.released", bytes);
        assertThat(previews.get(0).counts().asMap()).containsEntry("due.bytes.released", bytes);
        assertThat(chat.strings("SELECT path FROM evicted"))
                .hasSize(going.size())
                .hasSameElementsAs(going);
        assertThat(CdnProvider.told(folder.toString())).hasSize(going.size()).hasSameElementsAs(going);
        assertThat(chat.strings("SELECT id FROM likes")).hasSize(marks ? rows.size() : staying.size());

        chat.at(start.plus(ofDays(2))).run(hocon, "sweep");
        assertThat(inDirectory()).isEqualTo(without(files, going));
        chat.at(start.plus(ofDays(4))).run(hocon, "sweep");
        chat.run(hocon, "t");

        assertThat(inDirectory()).isEqualTo(without(files, going));
        assertThat(live()).isEqualTo(staying);
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> left = new TreeSet<>(all);
        left.removeAll(some);
        return left;
    }

    private interface Look {
        Set<String> look() throws Exception;
    }

    private static Set<String> here(Look look) {
        try {
            return look.look();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- each word

    /** Ten files of ten bytes, of one user and room, from the oldest to the youngest, all old enough. */
    private void ten() throws Exception {
        for (int i = 0; i < 10; i++) {
            put(new Row(i, 10, 1000 - i, 0, 7, "u", false));
        }
    }

    private String simple(String settings) {
        return file("oldest").replaceFirst("(?s)tasks\\.t .*", "") + """
                tasks.t {
                  type = file-limits
                  settings {
                    store = uploads
                    usage { table = attachments, name = path, size = bytes, created-at { column = made, kind = epoch-millis } }
                    usage { last-used-at = used, room = room, user = owner, all-evictable = true, deletes-rows = true, go-along = [ likes ] }
                    SETTINGS
                  }
                }
                """.replace("SETTINGS", settings);
    }

    private int left(String settings) throws Exception {
        chat.run(simple(settings), "t");
        return live().size();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "total { soft = 50 B, hard = 99 B }",
                "per-room { soft = 50 B, hard = 99 B }",
                "per-user { soft = 50 B, hard = 99 B }"
            })
    void over_its_hard_limit_a_scope_goes_down_to_its_soft_one(String quota) throws Exception {
        ten();
        assertThat(left(quota.replace("99 B", "100 B"))).isEqualTo(10);
        assertThat(left(quota.replace("99 B", "99 B"))).isEqualTo(5);
    }

    /** Whatever disk this is: some of it is used, and some of it is free. */
    @Test
    void space_is_that_of_the_store_and_waits_for_the_sweep_to_know_it() throws Exception {
        ten();
        String full = "free-space { floor = 0.9999999, target = 0.99999999 }";
        assertThat(left(full)).as("unswept").isEqualTo(10);
        chat.run(simple(full), "sweep");

        assertThat(left("free-space { floor = 0.0000001, target = 0.0000002 }")).isEqualTo(10);
        assertThat(left("used-space { low = 0.9999998, high = 0.9999999 }")).isEqualTo(10);
        assertThat(left(full + ", reports-only = true")).isEqualTo(10);
        assertThat(left(full)).isZero();
    }

    @Test
    void used_space_over_its_limit_has_files_go() throws Exception {
        ten();
        String full = "used-space { low = 0.0000001, high = 0.0000002 }";
        chat.run(simple(full), "sweep");
        assertThat(left(full)).isZero();
    }

    @Test
    void of_two_sweeps_the_one_that_is_named_counts() throws Exception {
        ten();
        String full = "used-space { low = 0.0000001, high = 0.0000002 }, swept-by = NAME";
        chat.run(simple("total { soft = 1 GiB, hard = 1 GiB }"), "sweep");
        String id = LocalFileStore.open(folder.resolve("files")).id().orElseThrow();
        String other =
                "tasks.other { type = file-sweep, settings { store = uploads, orphans = [ \"elsewhere/\" ], adopt-store = \""
                        + id + "\" } }\n";

        chat.run(simple(full.replace("NAME", "other")) + other, "t");
        assertThat(live()).as("other has not swept").hasSize(10);
        chat.run(simple(full.replace("NAME", "sweep")) + other, "t");
        assertThat(live()).isEmpty();
    }

    @Test
    void over_its_share_limit_a_run_waits_and_gives_up_nothing() throws Exception {
        chat.execute("INSERT INTO attachments SELECT X, 'uploads/' || X, 10, " + millis(1000)
                + ", NULL, 1, 'u', FALSE, NULL FROM SYSTEM_RANGE(1, 1000)");
        String third = "total { soft = 7000 B, hard = 9000 B }";

        chat.expecting(RunState.AWAITING_CONFIRMATION);
        assertThat(left(third)).as("by default").isEqualTo(1000);
        assertThat(left(third + ", share-limit = 0.29")).isEqualTo(1000);
        chat.expecting(RunState.SUCCEEDED);
        assertThat(left(third + ", share-limit = 0.3")).isEqualTo(700);
    }

    @ParameterizedTest
    @CsvSource({"'', 3", "grace = 5 days, 5", "grace = 2 h, 1"})
    void a_file_is_safe_for_three_days_unless_the_file_says_otherwise(String grace, int safe) throws Exception {
        for (int i = 0; i < 10; i++) {
            put(new Row(i, 10, 24 * i + 1, 0, 1, "u", false));
        }
        assertThat(left("total { soft = 1 B, hard = 1 B }, " + grace)).isEqualTo(safe);
    }

    @Test
    void what_was_given_up_is_remembered_as_long_as_the_file_says() throws Exception {
        ten();
        String settings = "total { soft = 50 B, hard = 99 B }, remember = ";
        chat.run(simple(settings + "2 h"), "t");
        String records = "SELECT file_name FROM chatty_maintenance_swept_file";
        assertThat(chat.strings(records)).hasSize(5);
        chat.at(start.plus(ofHours(3))).run(simple(settings + "4 h"), "t");
        assertThat(chat.strings(records)).hasSize(5);
        chat.run(simple(settings + "2 h"), "t");
        assertThat(chat.strings(records)).isEmpty();
    }

    @Test
    void what_is_over_its_limit_and_stays_is_written_where_the_file_says() throws Exception {
        ten();
        Path findings = folder.resolve("findings");
        String hocon = "total { soft = 50 B, hard = 99 B }, reports-only = true, findings-file = \"" + findings + "\"";
        assertThat(left(hocon)).isEqualTo(10);
        assertThat(Files.readAllLines(findings)).singleElement().asString().contains("OVER_LIMIT", "50 too many");
    }

    @Test
    void the_source_that_is_named_has_to_know_the_table() throws Exception {
        ten();
        String two = simple("total { soft = 50 B, hard = 99 B }, usage.references = NAME")
                + "files.uploads.references.more.columns = [ { table = avatars, column = path } ]\n";
        assertThat(catchThrowable(() -> chat.run(two.replace("NAME", "more"), "t")))
                .hasMessageContaining(
                        "add { table = \"ATTACHMENTS\", column = \"PATH\" } to the columns of" + " files.*.references");
        chat.run(two.replace("NAME", "chat"), "t");
        assertThat(live()).hasSize(5);
    }

    @Test
    void a_table_that_would_go_along_and_is_not_named_is_refused_in_the_words_of_the_file() throws Exception {
        ten();
        String hocon = simple("total { soft = 50 B, hard = 99 B }").replace("go-along = [ likes ]", "");
        assertThat(catchThrowable(() -> chat.run(hocon, "t")))
                .hasMessageContaining("say go-along = [ \"LIKES\" ] of settings.usage if it may");
        assertThat(live()).hasSize(10);
    }

    // ---- the same numbers as by the API

    static Stream<Arguments> numbers() {
        return Stream.of(
                same("", limits -> limits),
                same("total { soft = 2 KiB, hard = 3 MiB }", limits -> limits.total(2 << 10, 3 << 20)),
                same("per-room { soft = 1 B, hard = 2 B }", limits -> limits.perRoom(1, 2)),
                same(
                        "per-room { soft = 1 B, hard = 2 B }, per-user { soft = 3 B, hard = 4 GiB }",
                        limits -> limits.perRoom(1, 2).perUser(3, 4L << 30)),
                same("order = largest", limits -> limits.order(EvictionOrder.LARGEST)),
                same("order = least-recently-used", limits -> limits.order(EvictionOrder.LEAST_RECENTLY_USED)),
                same("grace = 7 h", limits -> limits.grace(ofHours(7))),
                same("share-limit = 0.7", limits -> limits.shareLimit(0.7)),
                same("reports-only = true", FileLimits.Builder::reportsOnly),
                same("reports-only = false, grace = null, order = null, share-limit = null", limits -> limits));
    }

    private static Arguments same(String hocon, Function<FileLimits.Builder, FileLimits.Builder> api) {
        return Arguments.of(hocon, api);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void a_file_says_what_the_api_says(String settings, Function<FileLimits.Builder, FileLimits.Builder> api)
            throws Exception {
        String quota = settings.contains("total") ? "" : "total { soft = 5 B, hard = 5 B }, ";
        List<String> fingerprints = new ArrayList<>();
        Consumer<ConfiguredEngine> look =
                configured -> fingerprints.add(configured.engine().preview("t").fingerprint());
        chat.before(look).run(simple(quota + settings).replaceFirst("(?m)^ *wiki.*$", ""), "t");

        ChatDatabase other = ChatDatabase.of(
                new JdbcDataSource(),
                ChatSchema.builder()
                        .messages("messages", m -> m.key("id").sentAt("at"))
                        .build());
        FileLimits.Builder builder = FileLimits.builder(
                "t",
                other.fileUsage(
                        "attachments",
                        rows -> rows.name("path")
                                .size("bytes")
                                .createdAt("made")
                                .allEvictable()
                                .deletesRows()
                                .references(other.fileReferences("chat", c -> c.column("attachments", "path")))),
                other.fileLedger());
        FileLimits byApi =
                api.apply(quota.isEmpty() ? builder : builder.total(5, 5)).build();

        assertThat(fingerprints).containsExactly(byApi.fingerprint());
    }
}
