package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.sweep.FileSweep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code settings} of a {@code file-sweep}. */
final class FileSweepSection {

    static final String TYPE = "file-sweep";

    private static final List<String> RULES = List.of("orphans", "temporary", "partial-uploads", "derived", "expired");

    /** Times under an hour are for tests, and no file has a word for them. */
    static final Kind<Duration> TIME = value -> {
        Duration time = Kind.DURATION.read(value);
        if (time.compareTo(Duration.ofHours(1)) < 0) {
            throw new IllegalArgumentException("a duration of 1 h or longer");
        }
        return time;
    };

    private static final Kind<List<String>> ORIGINALS =
            Kind.several("a name such as \"uploads/{name}.png\", or a list of such names");

    private final Section settings;

    private FileSweepSection(Section settings) {
        this.settings = settings;
    }

    static Optional<FileSweep> read(String name, Section settings, TasksSection.Shared shared) {
        Optional<FileSweep> sweep = new FileSweepSection(settings).read(name, shared);
        sweep.ifPresent(shared.files()::made);
        return sweep;
    }

    private Optional<FileSweep> read(String name, TasksSection.Shared shared) {
        int before = settings.mistakes();
        Optional<FileStores.Described> store = shared.files().referencedTo(settings);
        store.ifPresent(described -> shared.files().swept(name, described.name()));
        shared.files().checkHoldsNone(settings, store, shared.cleanups());
        Rules rules = new Rules(settings);
        Optional<Duration> grace = settings.get("grace", TIME);
        Optional<Duration> window = settings.get("window", TIME);
        Optional<Double> shareLimit = settings.get("share-limit", Kind.NUMBER);
        boolean movesOnFirstRun = settings.get("moves-on-first-run", Kind.FLAG).orElse(false);
        Optional<String> adoptStore = settings.get("adopt-store", Kind.TEXT);
        EmptyFolders emptyFolders = new EmptyFolders(settings);
        Optional<Duration> remember = settings.get("remember", TIME);
        Optional<Double> lowSpace = settings.get("low-space", Kind.NUMBER);
        Optional<Consumer<FileFinding>> findings = FindingsSection.read(name, settings, shared.files());
        settings.end();
        if (store.isEmpty() || shared.database().isEmpty()) {
            return Optional.empty();
        }
        FileSweep.Builder builder = FileSweep.builder(
                name, store.get().store(), shared.database().get().fileLedger());
        store.get().references().forEach(builder::references);
        rules.addTo(builder);
        grace.ifPresent(time -> settings.attempt("grace", () -> builder.grace(time)));
        window.ifPresent(time -> settings.attempt("window", () -> builder.window(time)));
        shareLimit.ifPresent(share -> settings.attempt("share-limit", () -> builder.shareLimit(share)));
        if (movesOnFirstRun) {
            builder.movesOnFirstRun();
        }
        adoptStore.ifPresent(builder::adoptStore);
        emptyFolders.addTo(builder);
        remember.ifPresent(time -> settings.attempt("remember", () -> builder.remember(time)));
        lowSpace.ifPresent(share -> settings.attempt("low-space", () -> builder.lowSpace(share)));
        findings.ifPresent(builder::findings);
        return settings.mistakes() > before ? Optional.empty() : Optional.of(builder.build());
    }

    /** What may go: nothing by omission, so each rule says where it holds. */
    private static final class Rules {

        private final Section settings;
        private final Map<String, String> orphans;
        private final List<AgeRule> temporary;
        private final List<AgeRule> partialUploads;
        private final List<Derived> derived;
        private final List<AgeRule> expired;

        Rules(Section settings) {
            this.settings = settings;
            this.orphans = settings.list("orphans", Kind.DIRECTORY);
            this.temporary = settings.sections("temporary").stream()
                    .map(each -> new AgeRule(each, true))
                    .toList();
            this.partialUploads = ageRules("partial-uploads");
            this.derived =
                    settings.sections("derived").stream().map(Derived::new).toList();
            this.expired = ageRules("expired");
            if (RULES.stream().noneMatch(settings::has)) {
                settings.problem(
                        "nothing given that may go; at least one of " + String.join(", ", RULES) + " is required");
            }
            RULES.stream()
                    .filter(rule -> settings.isList(rule) && isEmpty(rule))
                    .forEach(rule ->
                            settings.refuse(rule, "at least one entry is allowed; for none leave " + rule + " out"));
        }

        private boolean isEmpty(String rule) {
            return rule.equals("orphans")
                    ? orphans.isEmpty()
                    : settings.sections(rule).isEmpty();
        }

        private List<AgeRule> ageRules(String key) {
            return settings.sections(key).stream()
                    .map(each -> new AgeRule(each, false))
                    .toList();
        }

        void addTo(FileSweep.Builder builder) {
            settings.attemptEach(orphans, builder::orphans);
            temporary.forEach(rule -> rule.addTo(
                    (prefix, age) -> rule.pattern().ifPresent(pattern -> builder.temporary(prefix, pattern, age))));
            partialUploads.forEach(rule -> rule.addTo(builder::partialUploads));
            derived.forEach(rule -> rule.addTo(builder));
            expired.forEach(rule -> rule.addTo(builder::expired));
        }
    }

    /** What may go at an age: {@code { prefix, age }}, and of temporary files a pattern. */
    private static final class AgeRule {

        private final Section section;
        private final Optional<String> prefix;
        private final Optional<String> pattern;
        private final Optional<Duration> age;

        AgeRule(Section section, boolean hasPattern) {
            this.section = section;
            this.prefix =
                    section.required("prefix", Kind.DIRECTORY, "the directory, such as uploads/, or \"\" for all");
            this.pattern = hasPattern
                    ? section.required("pattern", Kind.TEXT, "which files are temporary, such as *.part")
                    : Optional.empty();
            this.age = section.required("age", TIME, "how old they have to be, such as 1 day");
            section.end();
        }

        Optional<String> pattern() {
            return pattern;
        }

        void addTo(BiConsumer<String, Duration> rules) {
            prefix.ifPresent(where -> age.ifPresent(old -> {
                @Nullable IllegalArgumentException refused = refused(() -> rules.accept(where, old));
                if (refused != null) {
                    String said = String.valueOf(refused.getMessage());
                    String key = said.startsWith("pattern:") ? "pattern" : said.startsWith("age:") ? "age" : "prefix";
                    section.attempt(key, () -> {
                        throw refused;
                    });
                }
            }));
        }
    }

    private static @Nullable IllegalArgumentException refused(Runnable action) {
        try {
            action.run();
            return null;
        } catch (IllegalArgumentException e) {
            return e;
        }
    }

    /** Files that were made of others: {@code { name, of }}, see {@link DerivedNames}. */
    private static final class Derived {

        private final Section section;
        private final Optional<String> name;
        private final Optional<List<String>> of;

        Derived(Section section) {
            this.section = section;
            this.name = section.required(
                    "name", Kind.TEXT, "what derived files are called, such as \"thumbnails/{name}_200.png\"");
            this.of = section.required(
                    "of", ORIGINALS, "what their originals are called, such as \"uploads/{name}.png\"");
            section.end();
        }

        void addTo(FileSweep.Builder builder) {
            name.ifPresent(called -> of.ifPresent(originals -> {
                @Nullable IllegalArgumentException refused = refused(() -> {
                    DerivedNames names = DerivedNames.of(called, originals);
                    builder.derived(names.prefix(), names);
                });
                if (refused != null) {
                    section.attempt(String.valueOf(refused.getMessage()).startsWith("of:") ? "of" : "name", () -> {
                        throw refused;
                    });
                }
            }));
        }
    }

    /** {@code empty-directories}. */
    private static final class EmptyFolders {

        private final Section section;
        private final Optional<Duration> age;
        private final Optional<Integer> levels;

        EmptyFolders(Section settings) {
            boolean given = settings.has("empty-directories");
            this.section = settings.section("empty-directories");
            this.age = given
                    ? section.required("age", TIME, "how long they have not changed, such as 1 h")
                    : Optional.empty();
            this.levels = given
                    ? section.required("levels", Kind.COUNT, "how many levels of directories stay even so, such as 2")
                    : Optional.empty();
            section.end();
        }

        void addTo(FileSweep.Builder builder) {
            age.ifPresent(time ->
                    levels.ifPresent(count -> section.attempt("levels", () -> builder.emptyDirectories(time, count))));
        }
    }
}
