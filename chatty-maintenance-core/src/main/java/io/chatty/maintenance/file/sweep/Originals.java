package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What derived files were made of: they stay, and come back, with it. */
final class Originals {

    private Originals() {}

    /** Derived files one of whose originals is referred to: they are in use as it is, even if it is missing. */
    static Set<String> referenced(SweepBatch batch, Map<String, List<String>> derived) throws Exception {
        Set<String> originals = new HashSet<>();
        derived.values().forEach(originals::addAll);
        Set<String> referenced = batch.sources().find(originals);
        Set<String> inUse = new HashSet<>();
        derived.forEach((name, its) -> {
            if (its.stream().anyMatch(referenced::contains)) {
                inUse.add(name);
            }
        });
        return inUse;
    }

    /**
     * Whether one of them is there, and is none that lies in the quarantine of a store that leaves files in place.
     *
     * @param chosenGo whether those go that a preview has chosen: a run has moved them by then
     */
    static boolean anyStays(SweepBatch batch, Collection<String> originals, boolean chosenGo) throws IOException {
        for (String original : originals) {
            Optional<FileState> there = batch.store().look(original);
            if (there.isPresent() && !goes(batch, original, there.get(), chosenGo)) {
                return true;
            }
        }
        return false;
    }

    /** Another file that has taken the place of one that goes is none itself. */
    private static boolean goes(SweepBatch batch, String original, FileState there, boolean chosenGo) {
        Set<String> name = Set.of(original);
        Stream<SweptFile> set = batch.ledger().open(batch.sweep(), name).stream()
                .filter(file -> file.progress() == Progress.QUARANTINED);
        Stream<SweptFile> chosen =
                chosenGo && batch.isPreview() ? batch.suspects().open(batch.sweep(), name).stream() : Stream.of();
        return Stream.concat(set, chosen).anyMatch(file -> file.state().equals(there));
    }
}
