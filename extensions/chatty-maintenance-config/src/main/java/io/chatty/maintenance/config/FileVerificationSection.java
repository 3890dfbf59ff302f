package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.verify.FileVerification;
import io.chatty.maintenance.jdbc.ChatDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code settings} of a {@code file-verification}. */
final class FileVerificationSection {

    private FileVerificationSection() {}

    static Optional<FileVerification> read(String name, Section settings, TasksSection.Shared shared) {
        int before = settings.mistakes();
        Optional<FileStores.Described> store = shared.files().referencedTo(settings);
        Optional<Double> contents = settings.get("contents", Kind.NUMBER);
        Optional<Duration> unchangedFor = settings.get("unchanged-for", Kind.DURATION);
        Optional<String> sweptBy = sweptBy(settings, store, shared.files());
        Optional<Consumer<FileFinding>> findings = FindingsSection.read(name, settings, shared.files());
        settings.end();
        if (store.isEmpty() || shared.database().isEmpty()) {
            return Optional.empty();
        }
        ChatDatabase chat = shared.database().get();
        FileVerification.Builder builder =
                FileVerification.builder(name, store.get().store());
        store.get().references().forEach(builder::references);
        contents.ifPresent(share -> settings.attempt("contents", () -> builder.contents(share)));
        unchangedFor.ifPresent(time -> settings.attempt("unchanged-for", () -> builder.unchangedFor(time)));
        sweptBy.ifPresent(sweep -> builder.sweptBy(sweep, chat.fileLedger()));
        findings.ifPresent(builder::findings);
        return settings.mistakes() > before ? Optional.empty() : Optional.of(builder.build());
    }

    /** The sweep of the same store that settings name, or else the one that the file has. */
    static Optional<String> sweptBy(Section settings, Optional<FileStores.Described> store, FileStores files) {
        Optional<String> given = settings.get("swept-by", Kind.TEXT);
        if (store.isEmpty()) {
            return Optional.empty();
        }
        List<String> sweeps = files.sweepsOf(store.get().name());
        given.filter(name -> !sweeps.contains(name))
                .ifPresent(name -> settings.refuse(
                        "swept-by",
                        "the name of a task of type file-sweep with the same store is allowed: "
                                + (sweeps.isEmpty() ? "there is none" : "there are " + String.join(", ", sweeps))
                                + Nearest.hint(name, sweeps)));
        return given.or(() -> sweeps.size() == 1 ? Optional.of(sweeps.get(0)) : Optional.empty());
    }
}
