package io.chatty.maintenance.config;

import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.SizeCap;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** {@code settings} of a {@code message-cleanup}. */
final class CleanupSection {

    private final Section settings;
    private final TasksSection.Shared shared;
    private final int before;
    private final Optional<Duration> grace;
    private final boolean removeOrphans;
    private final Optional<Duration> orphanGrace;
    private final Optional<Double> shareLimit;
    private final Optional<String> archive;
    private final Optional<String> archiveFolder;
    private final boolean tellDeleted;
    private final Optional<SizeCap> sizeCap;
    private final Optional<Integer> workers;

    private CleanupSection(Section settings, TasksSection.Shared shared) {
        this.settings = settings;
        this.shared = shared;
        this.before = settings.mistakes();
        this.grace = settings.get("soft-delete-grace", Kind.DURATION);
        this.removeOrphans = settings.get("remove-orphans", Kind.FLAG).orElse(false);
        this.orphanGrace = settings.get("orphan-grace", Kind.DURATION);
        this.shareLimit = settings.get("share-limit", Kind.NUMBER);
        this.archive = settings.get("archive", Kind.TEXT);
        this.archiveFolder = settings.get("archive-folder", Kind.TEXT);
        this.tellDeleted = settings.get("tell-deleted", Kind.FLAG).orElse(false);
        this.sizeCap = sizeCap(settings);
        this.workers = settings.get("workers", Kind.COUNT);
        settings.end();
    }

    static Optional<MessageCleanup> read(String name, Section settings, TasksSection.Shared shared) {
        CleanupSection read = new CleanupSection(settings, shared);
        Optional<MessageCleanup> cleanup = shared.schema()
                .flatMap(schema -> shared.database().flatMap(database -> read.cleanup(name, schema, database)));
        shared.cleanups().add(name, cleanup.map(made -> new Cleanups.Cleaned(made, read.archive, read.folder())));
        return cleanup;
    }

    private Optional<MessageCleanup> cleanup(String name, ChatSchema schema, ChatDatabase database) {
        MessageCleanup.Builder builder =
                database.messageCleanup(shared.policies()).name(name);
        softDeletes(builder, schema);
        orphans(builder, schema);
        shareLimit.ifPresent(share -> settings.attempt("share-limit", () -> builder.shareLimit(share)));
        archive(builder, database);
        if (tellDeleted) {
            builder.tellDeleted();
        }
        sizeCap.ifPresent(builder::sizeCap);
        workers(builder);
        SchemaFit.check(settings, schema, workers.orElse(1));
        if (sizeCap.isPresent() && archive.isPresent()) {
            settings.refuse(
                    "size-cap",
                    "but archive is set, too, which is in the same database, so that nothing would be freed; set"
                            + " archive-folder, or leave one of the two away");
        }
        return settings.mistakes() > before ? Optional.empty() : Optional.of(builder.build());
    }

    private void softDeletes(MessageCleanup.Builder builder, ChatSchema schema) {
        boolean positive =
                grace.filter(time -> !time.isZero() && !time.isNegative()).isPresent();
        if (positive && !schema.messages().hasSoftDelete()) {
            settings.refuse(
                    "soft-delete-grace",
                    "but nothing says when messages were soft-deleted; set schema.messages.soft-deleted-at or"
                            + " soft-deleted-by");
        } else {
            grace.ifPresent(time -> settings.attempt("soft-delete-grace", () -> builder.softDeleteGrace(time)));
        }
    }

    private void orphans(MessageCleanup.Builder builder, ChatSchema schema) {
        boolean canBeGone = schema.rooms().isPresent()
                || schema.users().isPresent()
                || !schema.children().isEmpty()
                || !schema.shared().isEmpty();
        if (settings.has("orphan-grace") && !removeOrphans) {
            settings.refuse("orphan-grace", "but orphans stay; set remove-orphans = true, or leave it away");
        }
        if (!removeOrphans) {
            return;
        }
        if (!canBeGone) {
            settings.refuse(
                    "remove-orphans",
                    "but nothing is described that could be gone; set schema.rooms, schema.users, schema.children or"
                            + " schema.shared");
        } else if (orphanGrace.isPresent()) {
            settings.attempt("orphan-grace", () -> builder.removeOrphans(orphanGrace.get()));
        } else {
            builder.removeOrphans();
        }
    }

    private void archive(MessageCleanup.Builder builder, ChatDatabase database) {
        if (!settings.either("archive", "archive-folder")) {
            return;
        }
        archive.ifPresent(prefix -> settings.attempt("archive", () -> builder.archive(database.archive(prefix))));
        archiveFolder.flatMap(folder -> archive(folder, database)).ifPresent(builder::archive);
    }

    private Optional<Archive> archive(String folder, ChatDatabase database) {
        try {
            return Optional.of(database.archive(LocalFileStore.open(Path.of(folder))));
        } catch (IOException | InvalidPathException e) {
            settings.refuse("archive-folder", "a directory that is there and can be written to is allowed: " + e);
            return Optional.empty();
        }
    }

    private Optional<Path> folder() {
        return archiveFolder.map(Path::of).map(folder -> {
            try {
                return folder.toRealPath();
            } catch (IOException e) {
                return folder.toAbsolutePath().normalize(); // it was there a moment ago
            }
        });
    }

    private void workers(MessageCleanup.Builder builder) {
        if (workers.isEmpty() || !settings.attempt("workers", () -> builder.workers(workers.get()))) {
            return;
        }
        int number = workers.get();
        if (number > 1 && number >= shared.connections()) {
            settings.refuse(
                    "workers",
                    "which take a connection each beside one for claims, but database.connections is "
                            + shared.connections() + "; set that to " + (number + 1) + " or more");
        }
        if (number > 1 && tellDeleted) {
            settings.refuse(
                    "workers",
                    "but tell-deleted is set, too, whose listener is told in an order that several at once do not have;"
                            + " leave one of the two away");
        }
        if (number > 1 && archiveFolder.isPresent()) {
            settings.refuse(
                    "workers",
                    "but archive-folder is set, too, whose files are written by one; set archive, or leave one of the two"
                            + " away");
        }
    }

    private static Optional<SizeCap> sizeCap(Section settings) {
        if (!settings.has("size-cap")) {
            return Optional.empty();
        }
        Section cap = settings.section("size-cap");
        Optional<Long> rows = cap.get("rows", Kind.WHOLE_NUMBER);
        Optional<Long> bytes = cap.get("bytes", Kind.BYTES);
        boolean one = cap.either("rows", "bytes");
        if (!cap.has("rows") && !cap.has("bytes")) {
            cap.problem("neither rows nor bytes given; one of them is required, above which the oldest messages go");
        }
        String high = cap.has("rows") ? "rows" : "bytes";
        Optional<Long> low = cap.required(
                "down-to",
                cap.has("rows") ? Kind.WHOLE_NUMBER : Kind.BYTES,
                "how many " + high + " are left when the oldest have gone");
        cap.end();
        AtomicReference<SizeCap.@Nullable Above> above = new AtomicReference<>();
        AtomicReference<@Nullable SizeCap> made = new AtomicReference<>();
        if (one) {
            rows.ifPresent(number -> cap.attempt("rows", () -> above.set(SizeCap.rows(number))));
            bytes.ifPresent(number -> cap.attempt("bytes", () -> above.set(SizeCap.bytes(number))));
        }
        SizeCap.Above mark = above.get();
        if (mark != null) {
            low.ifPresent(number -> cap.attempt("down-to", () -> made.set(mark.downTo(number))));
        }
        return Optional.ofNullable(made.get());
    }
}
