package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.duplicate.DuplicateFiles;
import io.chatty.maintenance.file.limit.FileLimits;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.ReferenceList;
import io.chatty.maintenance.file.verify.FileVerification;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.ChildTable;
import io.chatty.maintenance.jdbc.Counter;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.jdbc.DatabaseUsage;
import io.chatty.maintenance.jdbc.FileColumn;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.PartitionDrop;
import io.chatty.maintenance.jdbc.PolicyTable;
import io.chatty.maintenance.jdbc.RoomTable;
import io.chatty.maintenance.jdbc.SharedTable;
import io.chatty.maintenance.jdbc.SizeCap;
import io.chatty.maintenance.jdbc.TableCare;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.jdbc.UnusedRows;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each public word by which code describes tables, policies and tasks stands here, with the words of the file that say the
 * same, or why no file can. A word that the API gains has to be added, and the file has to learn it.
 */
class WordsOfTheApiTest {

    /** What says that a word has no place in a file. */
    private static final String CODE = "code: ";

    /** Settings of a cleanup, as far as the reader needs them to tell all words. */
    private static final String SETTINGS = "tasks.%s { type = %s, settings { no-such-thing = 1 } }";

    /**
     * A part of the API.
     *
     * @param type whose methods they are
     * @param isWord which methods
     * @param at a file with an unknown word where the words belong
     * @param words each method's words in the file, or {@link #CODE} and a reason; by its name and, where there are several of
     *     one name, how many arguments each takes
     */
    record Part(Class<?> type, Predicate<Method> isWord, String at, Map<String, String> words) {
        @Override
        public String toString() {
            return type.getCanonicalName();
        }
    }

    private static Part builder(Class<?> type, String at, String... words) {
        return new Part(type, method -> method.getReturnType() == type, at, map(words));
    }

    private static Part makers(Class<?> type, Class<?> made, String at, String... words) {
        return new Part(
                type,
                method -> Modifier.isStatic(method.getModifiers()) && made.isAssignableFrom(method.getReturnType()),
                at,
                map(words));
    }

    private static Map<String, String> map(String... words) {
        return Arrays.stream(words)
                .map(word -> word.split(" = ", 2))
                .collect(Collectors.toMap(word -> word[0], word -> word[1], (one, other) -> one, TreeMap::new));
    }

    static Stream<Part> parts() {
        return Stream.of(tables(), policies(), tasks(), files(), tasksOverFiles())
                .flatMap(part -> part);
    }

    private static Stream<Part> tables() {
        return Stream.of(
                builder(
                        ChatSchema.Builder.class,
                        "schema { no-such-thing = 1 }",
                        "schema = schema",
                        "messages = messages",
                        "children/2/2 = children",
                        "shared = shared",
                        "counter = counters",
                        "rooms/2/2 = rooms",
                        "users = users"),
                builder(
                        MessageTable.Builder.class,
                        "schema.messages { no-such-thing = 1 }",
                        "key = key",
                        "sharedKey = shared-key",
                        "sentAt/1/2 = sent-at",
                        "orElseSentAt = or-else-sent-at",
                        "room = room",
                        "roomThrough/4/5 = room-through",
                        "team = team",
                        "sender = sender",
                        "softDeletedAt/1/2 = soft-deleted-at",
                        "softDeletedBy = soft-deleted-by",
                        "pinned = pinned",
                        "exempt = exempt",
                        "never = never",
                        "files = files"),
                builder(
                        ChildTable.Builder.class,
                        "schema.children = [ { no-such-thing = 1 } ]",
                        "refersBy = column refers-by",
                        "to = to",
                        "where = where",
                        "setLoose = set-loose",
                        "files = files",
                        "at = at"),
                builder(
                        SharedTable.Builder.class,
                        "schema.shared = [ { no-such-thing = 1 } ]",
                        "key = key",
                        "through = through",
                        "keptBy = kept-by",
                        "files = files",
                        "at = at"),
                builder(
                        Counter.Builder.class,
                        "schema.counters = [ { no-such-thing = 1 } ]",
                        "key = key",
                        "column = column",
                        "of = of",
                        "counted = counted"),
                builder(RoomTable.Builder.class, "schema.rooms { no-such-thing = 1 }", "key = key", "team = team"),
                makers(
                        Match.class,
                        Match.class,
                        "schema.messages.never.state { no-such-thing = 1 }",
                        "isTrue = is-true",
                        "isPresent = is-present",
                        "isOneOf = is-one-of",
                        "not = not",
                        "all = all",
                        "hasRow/2/3 = has-row",
                        "roomHasRow/2/3 = room-has-row",
                        "senderHasRow/2/3 = sender-has-row"),
                makers(
                        TimeKind.class,
                        TimeKind.class,
                        "schema.messages.sent-at { column = at, kind = no-such-thing }",
                        "zoned = zoned",
                        "local = local",
                        "epochMillis = epoch-millis",
                        "epochSeconds = epoch-seconds",
                        "epochMillisText = epoch-millis-text",
                        "text = text"));
    }

    private static Stream<Part> policies() {
        return Stream.of(
                builder(
                        RetentionPolicies.Builder.class,
                        "policies { no-such-thing = 1 }",
                        "global = global",
                        "team = teams",
                        "room = rooms keep-forever",
                        "user = users",
                        "policy = tables plugins",
                        "precedence = precedence",
                        "floor = floor",
                        "ceiling = ceiling"),
                new Part(
                        RetentionRule.class,
                        method -> Modifier.isStatic(method.getModifiers()),
                        "policies.global { no-such-thing = 1 }",
                        map(
                                "keepForever = " + CODE + "the text forever, see PolicySectionTest",
                                "keepFor = keep-for",
                                "keepLatest = keep-latest")),
                builder(
                        PolicyTable.Builder.class,
                        "policies.tables = [ { no-such-thing = 1 } ]",
                        "team = team",
                        "room = room",
                        "user = user",
                        "global = global",
                        "through = through",
                        "keepDays = keep-days",
                        "keepMillis = keep-millis",
                        "keepLatest = keep-latest",
                        "forever = forever",
                        "where = where",
                        "cacheSize = cache-size",
                        "cachedFor = cached-for",
                        "ticker = " + CODE + "an object of the host's, for tests",
                        "meters = " + CODE + "an object of the host's"));
    }

    private static Stream<Part> tasks() {
        return Stream.of(
                builder(
                        MessageCleanup.Builder.class,
                        String.format(SETTINGS, "clean", "message-cleanup"),
                        "name = " + CODE + "the key below tasks",
                        "softDeleteGrace = soft-delete-grace",
                        "removeOrphans/0/1 = remove-orphans orphan-grace",
                        "shareLimit = share-limit",
                        "archive = archive archive-folder",
                        "tellDeleted = tell-deleted",
                        "sizeCap = size-cap",
                        "workers = workers"),
                makers(
                        SizeCap.class,
                        SizeCap.Above.class,
                        "tasks.clean { type = message-cleanup, settings.size-cap { no-such-thing = 1 } }",
                        "rows = rows",
                        "bytes = bytes"),
                new Part(
                        SizeCap.Above.class,
                        method -> method.getReturnType() == SizeCap.class,
                        "tasks.clean { type = message-cleanup, settings.size-cap { no-such-thing = 1 } }",
                        map("downTo = down-to")),
                builder(
                        TableCare.Builder.class,
                        String.format(SETTINGS, "care", "table-care"),
                        "name = " + CODE + "the key below tasks",
                        "also = also",
                        "deadShare = dead-share",
                        "timeLimit = time-limit",
                        "truncate = truncate",
                        "rebuild = rebuild-free-share rebuild-room"),
                builder(
                        PartitionDrop.Builder.class,
                        String.format(SETTINGS, "drop", "partition-drop"),
                        "name = " + CODE + "the key below tasks",
                        "lockLimit = lock-limit"),
                builder(
                        UnusedRows.Builder.class,
                        String.format(SETTINGS, "unused", "unused-rooms"),
                        "name = " + CODE + "the key below tasks",
                        "usedBy = used-by",
                        "archive = archives",
                        "keep = keep",
                        "withoutForeignKeys = without-foreign-keys",
                        "shareLimit = share-limit"),
                new Part(
                        Archive.class,
                        method -> true,
                        String.format(SETTINGS, "purge", "archive-purge"),
                        map(
                                "purge/1/2 = cleanup after",
                                "migrate = " + CODE + "store.migrate",
                                "ddl = " + CODE + "gives something",
                                "restore = " + CODE + "done when asked, by the standalone's command",
                                "count = " + CODE + "gives something",
                                "toString = " + CODE + "gives something")),
                new Part(
                        ChatDatabase.class,
                        method -> true,
                        "tasks.t.type = no-such-thing",
                        map(
                                "messageCleanup = message-cleanup",
                                "partitionDrop = partition-drop",
                                "unusedRooms = unused-rooms",
                                "unusedUsers = unused-users",
                                "tableCare = table-care",
                                "erasure = erasure",
                                "removalDelivery = removal-delivery",
                                "archive/0/1/1/2 = archive-purge",
                                "of/2/3 = " + CODE + "database",
                                "migrate = " + CODE + "store.migrate",
                                "runStore = " + CODE + "store.type",
                                "signals = " + CODE + "signals",
                                "policyTable = " + CODE + "policies.tables",
                                "fileLedger = file-sweep",
                                "fileUsage = file-limits",
                                "fileReferences = " + CODE + "files.*.references",
                                "lastSeen/0/2 = " + CODE
                                        + "given to a presence tracker, which has no words in a file yet",
                                "retainFile = " + CODE + "called in a transaction of the host's",
                                "holds = " + CODE + "placed and released when asked, with who and why")));
    }

    private static Stream<Part> files() {
        return Stream.of(
                builder(
                        LocalFileStore.Builder.class,
                        "files.uploads { no-such-thing = 1 }",
                        "trustsModificationTime = trusts-modification-time"),
                makers(
                        ReferenceList.class,
                        ReferenceList.class,
                        "files.uploads.references.chat { no-such-thing = 1 }",
                        "of/2/3/3 = list"),
                builder(
                        DatabaseReferences.Builder.class,
                        "files.uploads.references.chat { columns = [ { no-such-thing = 1 } ], no-such-thing = 1 }",
                        "column/2/3 = columns table column",
                        "json = json",
                        "text = regex",
                        "schemaFiles = schema-files"),
                builder(
                        FileColumn.Builder.class,
                        "files.uploads.references.chat.columns = [ { no-such-thing = 1 } ]",
                        "prefix = prefix",
                        "suffix = suffix",
                        "url = url",
                        "naming = " + CODE + "an object of the host's; a FileReferencesProvider can have it",
                        "where = where",
                        "size = size",
                        "sha256 = sha256",
                        "key = key"));
    }

    private static Stream<Part> tasksOverFiles() {
        return Stream.of(
                builder(
                        FileSweep.Builder.class,
                        String.format(SETTINGS, "files", "file-sweep"),
                        "references = " + CODE + "files.*.references, all of them",
                        "orphans = orphans",
                        "temporary = temporary",
                        "partialUploads = partial-uploads",
                        "derived = derived",
                        "expired = expired",
                        "grace = grace",
                        "window = window",
                        "shareLimit = share-limit",
                        "movesOnFirstRun = moves-on-first-run",
                        "adoptStore = adopt-store",
                        "emptyDirectories = empty-directories",
                        "remember = remember",
                        "lowSpace = low-space",
                        "meters = " + CODE + "an object of the host's",
                        "findings = findings-file findings-limit",
                        "allowShortTimes = " + CODE + "for tests alone, since uploads are not safe then"),
                builder(
                        FileLimits.Builder.class,
                        String.format(SETTINGS, "limits", "file-limits"),
                        "total = total",
                        "perRoom = per-room",
                        "perUser = per-user",
                        "usedSpace = used-space",
                        "freeSpace = free-space",
                        "sweptBy = swept-by",
                        "references = " + CODE + "files.*.references, all but that of usage",
                        "order = order",
                        "listener = listener",
                        "grace = grace",
                        "shareLimit = share-limit",
                        "reportsOnly = reports-only",
                        "remember = remember",
                        "findings = findings-file findings-limit",
                        "allowShortTimes = " + CODE + "for tests alone, since uploads are not safe then"),
                builder(
                        DatabaseUsage.Builder.class,
                        "tasks.limits { type = file-limits, settings { no-such-thing = 1, usage.no-such-thing = 1 } }",
                        "name = name",
                        "size = size",
                        "createdAt/1/2 = created-at",
                        "lastUsedAt = last-used-at",
                        "room = room",
                        "user = user",
                        "evictable = evictable",
                        "allEvictable = all-evictable",
                        "deletesRows = deletes-rows",
                        "goAlong = go-along",
                        "marks = marks",
                        "references = references",
                        "following = listener"),
                builder(
                        FileVerification.Builder.class,
                        String.format(SETTINGS, "check", "file-verification"),
                        "references = " + CODE + "files.*.references, all of them",
                        "contents = contents",
                        "unchangedFor = unchanged-for",
                        "sweptBy = swept-by",
                        "findings = findings-file findings-limit"),
                builder(
                        DuplicateFiles.Builder.class,
                        String.format(SETTINGS, "same", "duplicate-files"),
                        "below = below",
                        "smallest = smallest",
                        "temporaryFiles = temporary-files",
                        "findings = findings-file findings-limit"));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void each_word_of_the_api_stands_here(Part part) {
        Map<String, List<String>> inApi = Arrays.stream(part.type().getMethods())
                .filter(method -> method.getDeclaringClass() == part.type() && !method.isSynthetic())
                .filter(part.isWord())
                .collect(Collectors.groupingBy(
                        Method::getName,
                        Collectors.mapping(method -> "/" + method.getParameterCount(), Collectors.toList())));
        List<String> words = inApi.entrySet().stream()
                .map(each -> each.getKey()
                        + (each.getValue().size() == 1
                                ? ""
                                : each.getValue().stream().sorted().collect(Collectors.joining())))
                .toList();

        assertThat(part.words().keySet()).containsExactlyInAnyOrderElementsOf(words);
    }

    @ParameterizedTest
    @MethodSource("parts")
    void a_file_has_the_words_that_stand_here(Part part) {
        assertThat(allowed(part.at())).containsAll(inFile(part));
    }

    /** What the reader says is allowed in the place of a word that there is not. */
    private static Set<String> allowed(String hocon) {
        Pattern told = Pattern.compile(
                "no-such-thing(?:: unknown; (.*) are allowed here|\" given, .*?(?:allowed is |there are )(.*))");
        return MaintenanceConfig.parse("chatty-maintenance {\n" + hocon + "\n}").validate().stream()
                .map(told::matcher)
                .filter(Matcher::find)
                .flatMap(found -> Stream.of(found.group(1), found.group(2)))
                .filter(words -> words != null)
                .flatMap(words -> Stream.of(words.replaceFirst(" \\(line.*", "").split(", ")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static List<String> inFile(Part part) {
        return part.words().values().stream()
                .filter(word -> !word.startsWith(CODE))
                .flatMap(words -> Stream.of(words.split(" ")))
                .toList();
    }

    /** The type and the arguments of what is made, beside what its builder has. */
    @Test
    void what_makes_a_task_has_its_arguments_in_the_file() {
        assertThat(allowed(String.format(SETTINGS, "unused", "unused-users"))).contains("created-at", "grace");
        assertThat(allowed(String.format(SETTINGS, "files", "file-sweep"))).contains("store");
        assertThat(allowed(String.format(SETTINGS, "same", "duplicate-files"))).contains("store");
        assertThat(allowed(String.format(SETTINGS, "check", "file-verification")))
                .contains("store");
        assertThat(allowed(String.format(SETTINGS, "limits", "file-limits"))).contains("store", "usage");
        assertThat(allowed("tasks.limits { type = file-limits, settings.usage { no-such-thing = 1 } }"))
                .contains("table");
        for (String quota : List.of("total", "per-room", "per-user")) {
            assertThat(allowed("tasks.limits { type = file-limits, settings." + quota + " { no-such-thing = 1 } }"))
                    .contains("soft", "hard");
        }
        assertThat(allowed("tasks.limits { type = file-limits, settings.used-space { no-such-thing = 1 } }"))
                .contains("high", "low");
        assertThat(allowed("tasks.limits { type = file-limits, settings.free-space { no-such-thing = 1 } }"))
                .contains("floor", "target");
        assertThat(allowed("tasks.limits { type = file-limits, settings.listener { no-such-thing = 1 } }"))
                .contains("provider", "settings");
        assertThat(allowed("tasks.files { type = file-sweep, settings.temporary = [ { no-such-thing = 1 } ] }"))
                .contains("prefix", "pattern", "age");
        assertThat(allowed("tasks.files { type = file-sweep, settings.partial-uploads = [ { no-such-thing = 1 } ] }"))
                .contains("prefix", "age");
        assertThat(allowed("tasks.files { type = file-sweep, settings.expired = [ { no-such-thing = 1 } ] }"))
                .contains("prefix", "age");
        assertThat(allowed("tasks.files { type = file-sweep, settings.derived = [ { no-such-thing = 1 } ] }"))
                .contains("name", "of");
        assertThat(allowed("tasks.files { type = file-sweep, settings.empty-directories { no-such-thing = 1 } }"))
                .contains("age", "levels");
        assertThat(allowed(String.format(SETTINGS, "drop", "partition-drop"))).contains("cleanup");
        assertThat(allowed(String.format(SETTINGS, "erasure", "erasure"))).contains("archives", "tell-deleted");
        assertThat(allowed(String.format(SETTINGS, "removal-delivery", "removal-delivery")))
                .contains("provider");
    }
}
