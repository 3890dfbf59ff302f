package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.SweepableStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** What a sweep was told. */
record SweepSettings(
        String name,
        SweepableStore store,
        FileLedger ledger,
        List<FileReferences> references,
        SweepRules rules,
        Duration grace,
        Duration window,
        double shareLimit,
        boolean firstRunMoves,
        Optional<String> adopted,
        Duration emptyFolders,
        int keptLevels,
        Duration remembered,
        Consumer<FileFinding> findings) {

    /** How long a file that was restored or retained is left alone. */
    static final Duration KEPT_FOR = Duration.ofDays(30);

    /** A hash of what decides which files go. */
    String fingerprint() {
        StringBuilder text = new StringBuilder();
        for (SweepRule rule : rules.all()) {
            text.append(rule.kind()).append(rule.prefix()).append('\n');
            text.append(rule.pattern()).append('\n');
            text.append(rule.age()).append(rule.byFolder()).append('\n');
        }
        references.forEach(source -> text.append(source.name()).append('\n'));
        text.append(window).append(shareLimit);
        return UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
