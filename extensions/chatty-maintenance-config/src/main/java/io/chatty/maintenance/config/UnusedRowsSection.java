package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema.Reference;
import io.chatty.maintenance.jdbc.ChatSchema.Time;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.UnusedRows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** {@code settings} of {@code unused-rooms} and {@code unused-users}. */
final class UnusedRowsSection {

    private final Section settings;
    private final TasksSection.Shared shared;
    private final boolean rooms;

    private UnusedRowsSection(Section settings, TasksSection.Shared shared, boolean rooms) {
        this.settings = settings;
        this.shared = shared;
        this.rooms = rooms;
    }

    static Optional<UnusedRows> rooms(String name, Section settings, TasksSection.Shared shared) {
        return new UnusedRowsSection(settings, shared, true).read(name);
    }

    static Optional<UnusedRows> users(String name, Section settings, TasksSection.Shared shared) {
        return new UnusedRowsSection(settings, shared, false).read(name);
    }

    private Optional<UnusedRows> read(String name) {
        int before = settings.mistakes();
        String what = rooms ? "rooms" : "users";
        if (!settings.has("created-at")) {
            settings.problem(
                    "created-at", "missing; required is the column of " + what + " that tells when one was made");
        }
        Optional<Time> createdAt = TimeSection.read(settings, "created-at");
        Optional<Duration> grace =
                settings.required("grace", Kind.DURATION, "how old one has to be at least, such as 30 days");
        List<Reference> usedBy = SharedSection.references(settings, "used-by");
        Map<String, String> archives = settings.list("archives", Kind.TEXT);
        Optional<Match> keep = MatchSection.ofRows(settings, "keep");
        boolean withoutForeignKeys =
                settings.get("without-foreign-keys", Kind.FLAG).orElse(false);
        Optional<Double> shareLimit = settings.get("share-limit", Kind.NUMBER);
        settings.end();
        shared.schema()
                .filter(schema ->
                        (rooms ? schema.rooms().isEmpty() : schema.users().isEmpty()))
                .ifPresent(schema -> settings.problem("the file does not describe them; set schema." + what));
        shared.cleanups()
                .firstInFiles()
                .ifPresent(cleanup -> settings.problem("what task " + cleanup
                        + " removes is kept in files, which no statement can ask who is in them; leave this"
                        + " task away as long as that has an archive-folder"));
        if (settings.mistakes() > before || shared.database().isEmpty()) {
            return Optional.empty();
        }
        ChatDatabase chat = shared.database().get();
        AtomicReference<UnusedRows.@Nullable Builder> begun = new AtomicReference<>();
        createdAt.ifPresent(time -> grace.ifPresent(old -> settings.attempt(
                "grace",
                () -> begun.set(
                        rooms
                                ? chat.unusedRooms(time.column(), time.kind(), old)
                                : chat.unusedUsers(time.column(), time.kind(), old)))));
        UnusedRows.Builder builder = begun.get();
        if (builder == null) {
            return Optional.empty();
        }
        builder.name(name);
        usedBy.forEach(other -> builder.usedBy(other.table(), other.column()));
        for (Archive archive : shared.cleanups().archives(chat, archives.values())) {
            builder.archive(archive);
        }
        keep.ifPresent(builder::keep);
        if (withoutForeignKeys) {
            builder.withoutForeignKeys();
        }
        shareLimit.ifPresent(share -> settings.attempt("share-limit", () -> builder.shareLimit(share)));
        return settings.mistakes() > before ? Optional.empty() : Optional.of(builder.build());
    }
}
