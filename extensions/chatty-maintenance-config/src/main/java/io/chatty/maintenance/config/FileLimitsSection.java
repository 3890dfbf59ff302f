package io.chatty.maintenance.config;

import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileUsage;
import io.chatty.maintenance.file.limit.FileLimits;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.Match;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** {@code settings} of a {@code file-limits}. */
final class FileLimitsSection {

    private static final List<String> QUOTAS = List.of("total", "per-room", "per-user");
    private static final List<String> SPACE = List.of("used-space", "free-space");

    private final String name;
    private final Section settings;
    private final TasksSection.Shared shared;
    private final int before;
    private final Optional<FileStores.Described> store;
    private final FileUsageSection usage;
    private final Limits limits;
    private final Optional<String> sweptBy;
    private final Optional<EvictionOrder> order;
    private final Optional<EvictionListenerSection.Made> listener;
    private final Optional<Duration> grace;
    private final Optional<Double> shareLimit;
    private final boolean reportsOnly;
    private final Optional<Duration> remember;
    private final Optional<Consumer<FileFinding>> findings;

    private FileLimitsSection(String name, Section settings, TasksSection.Shared shared) {
        this.name = name;
        this.settings = settings;
        this.shared = shared;
        this.before = settings.mistakes();
        this.store = shared.files().referencedTo(settings);
        this.usage = FileUsageSection.read(settings, store);
        this.limits = new Limits(settings);
        this.sweptBy = FileVerificationSection.sweptBy(settings, store, shared.files());
        this.order = settings.get("order", Kind.oneOf(EvictionOrder.class));
        this.listener = EvictionListenerSection.read(settings, shared.providers());
        this.grace = settings.get("grace", FileSweepSection.TIME);
        this.shareLimit = settings.get("share-limit", Kind.NUMBER);
        this.reportsOnly = settings.get("reports-only", Kind.FLAG).orElse(false);
        this.remember = settings.get("remember", FileSweepSection.TIME);
        this.findings = FindingsSection.read(name, settings, shared.files());
        settings.end();
    }

    static Optional<FileLimits> read(String name, Section settings, TasksSection.Shared shared) {
        return new FileLimitsSection(name, settings, shared).read();
    }

    private Optional<FileLimits> read() {
        checkTogether();
        if (shared.database().isEmpty()) {
            return Optional.empty();
        }
        ChatDatabase chat = shared.database().get();
        Optional<? extends FileUsage> rows = usage.usage(
                chat, listener.map(EvictionListenerSection.Made::following).orElse((connection, files) -> {}));
        FileLimits.Builder builder =
                FileLimits.builder(name, rows.isPresent() ? rows.get() : standIn(chat), chat.fileLedger());
        limits.addTo(builder);
        order.ifPresent(builder::order);
        builder.listener(listener.map(EvictionListenerSection.Made::listener).orElse(EvictionListener.NONE));
        grace.ifPresent(time -> settings.attempt("grace", () -> builder.grace(time)));
        shareLimit.ifPresent(share -> settings.attempt("share-limit", () -> builder.shareLimit(share)));
        if (reportsOnly) {
            builder.reportsOnly();
        }
        remember.ifPresent(time -> settings.attempt("remember", () -> builder.remember(time)));
        findings.ifPresent(builder::findings);
        store.ifPresent(described ->
                described.references().stream().filter(usage::isOther).forEach(builder::references));
        Optional<FileSweep> sweep = sweptBy.flatMap(shared.files()::sweep);
        sweep.ifPresent(builder::sweptBy);
        boolean whole = rows.isPresent() && (sweptBy.isEmpty() || sweep.isPresent());
        return !whole || settings.mistakes() > before ? Optional.empty() : Optional.of(builder.build());
    }

    /** In the place of what could not be made, so that mistakes in the limits are told beside. Nothing is ever built of it. */
    private static FileUsage standIn(ChatDatabase chat) {
        String none = "none";
        return chat.fileUsage(
                none,
                rows -> rows.name(none)
                        .size(none)
                        .createdAt(none)
                        .evictable(Match.isTrue(none))
                        .deletesRows()
                        .references(chat.fileReferences(none, references -> references.column(none, none))));
    }

    /** What settings ask of one another. */
    private void checkTogether() {
        if (settings.isNull("reports-only")) {
            // It keeps from giving up, which must not be lost by a variable that is not set.
            settings.refuse("reports-only", "allowed is true or false; to give files up leave it out");
        }
        needs("per-room", "room");
        needs("per-user", "user");
        if (order.filter(EvictionOrder.LEAST_RECENTLY_USED::equals).isPresent()
                && settings.has("usage")
                && !usage.names("last-used-at")) {
            settings.refuse(
                    "order", "but usage.last-used-at is not set; name that column, or say oldest or largest instead");
        }
        Optional<String> space = SPACE.stream().filter(settings::has).findFirst();
        if (space.isPresent() && store.isPresent() && sweptBy.isEmpty() && !settings.has("swept-by")) {
            List<String> sweeps = shared.files().sweepsOf(store.get().name());
            if (sweeps.isEmpty()) {
                settings.refuse(
                        space.get(),
                        "but no task of type file-sweep has that store, and without one no file would go; add one, or leave"
                                + " it away");
            } else {
                settings.problem(
                        "swept-by",
                        "missing; required with " + space.get() + " is one of the tasks that sweep that store: "
                                + String.join(", ", sweeps));
            }
        }
    }

    private void needs(String limit, String column) {
        if (settings.has(limit) && settings.has("usage") && !usage.names(column)) {
            settings.refuse(limit, "but usage." + column + " is not set; name that column, or leave the limit away");
        }
    }

    /** What there may be at most; a limit that is not given does not exist. */
    private static final class Limits {

        private final Section settings;
        private final Bounds<Long> total;
        private final Bounds<Long> perRoom;
        private final Bounds<Long> perUser;
        private final Bounds<Double> usedSpace;
        private final Bounds<Double> freeSpace;

        Limits(Section settings) {
            this.settings = settings;
            this.total = quota("total");
            this.perRoom = quota("per-room");
            this.perUser = quota("per-user");
            this.usedSpace = new Bounds<>(
                    settings,
                    "used-space",
                    new Bound("low", "down to which share files are given up, such as 0.8"),
                    new Bound("high", "above which share of used space files are given up, such as 0.85"),
                    Kind.NUMBER);
            this.freeSpace = new Bounds<>(
                    settings,
                    "free-space",
                    new Bound("floor", "below which share of free space files are given up, such as 0.05"),
                    new Bound("target", "up to which share files are given up, such as 0.1"),
                    Kind.NUMBER);
            List<String> all = Stream.concat(QUOTAS.stream(), SPACE.stream()).toList();
            if (all.stream().noneMatch(settings::has)) {
                settings.problem("no limit given; at least one of " + String.join(", ", all) + " is required");
            }
        }

        private Bounds<Long> quota(String key) {
            return new Bounds<>(
                    settings,
                    key,
                    new Bound("soft", "down to which size files are given up, such as 90 GiB"),
                    new Bound("hard", "above which size files are given up, such as 100 GiB"),
                    Kind.BYTES);
        }

        void addTo(FileLimits.Builder builder) {
            total.set(builder::total);
            perRoom.set(builder::perRoom);
            perUser.set(builder::perUser);
            usedSpace.set((low, high) -> builder.usedSpace(high, low));
            freeSpace.set(builder::freeSpace);
        }
    }

    /** One of two, and what a person is told where it is missing. */
    private record Bound(String key, String what) {}

    /** A limit of two numbers, of which the lower comes first. */
    private static final class Bounds<T extends Number> {

        private final Section section;
        private final Bound first;
        private final Bound second;
        private final Optional<T> lower;
        private final Optional<T> higher;

        Bounds(Section settings, String key, Bound first, Bound second, Kind<T> kind) {
            boolean given = settings.has(key);
            this.section = settings.section(key);
            this.first = first;
            this.second = second;
            this.lower = read(given, first, kind);
            this.higher = read(given, second, kind);
            section.end();
        }

        private Optional<T> read(boolean given, Bound bound, Kind<T> kind) {
            return given ? section.required(bound.key(), kind, bound.what()) : section.get(bound.key(), kind);
        }

        void set(BiConsumer<T, T> setter) {
            lower.ifPresent(low -> higher.ifPresent(high -> section.attempt(
                    low.doubleValue() > 0 ? second.key() : first.key(), () -> setter.accept(low, high))));
        }
    }
}
