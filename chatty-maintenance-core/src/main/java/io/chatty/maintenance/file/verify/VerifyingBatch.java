package io.chatty.maintenance.file.verify;

import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.content.Content;
import io.chatty.maintenance.file.finding.Findings;
import io.chatty.maintenance.file.finding.MissingFiles;
import io.chatty.maintenance.file.finding.ReadReferences;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.TaskContext;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One batch of a verification: some references of one page. */
final class VerifyingBatch {

    private static final int LARGEST_PAGE = 2000;
    private static final long MOST_BYTES = 16L << 20;

    private final FileVerification.Settings settings;
    private final TaskContext context;
    private final @Nullable OpenReading open;
    private final Findings findings;
    private final Map<String, Long> counts = new HashMap<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final List<Suspicion> suspicions = new ArrayList<>();
    private long bytes;

    /** What is told of if it is so at a second look. */
    private record Suspicion(FileReference reference, FileState state, Kind kind, String count, String detail) {}

    /** @param open where a file is left that is not read to its end; empty for a preview, which reads none */
    VerifyingBatch(FileVerification.Settings settings, TaskContext context, Optional<OpenReading> open) {
        this.settings = settings;
        this.context = context;
        this.open = open.orElse(null);
        this.findings = new Findings(FileVerification.class, settings.findings());
        count("examined", 0);
    }

    Counts counts() {
        return Counts.of(counts);
    }

    private void count(String name, long more) {
        counts.merge(name, more, Long::sum);
    }

    /** Does it, and gives where the next begins; empty if all is done. */
    Optional<VerifyCursor> run(VerifyCursor cursor) throws Exception {
        if (cursor.part() >= settings.references().size()) {
            return Optional.empty();
        }
        FileReferences source = settings.references().get(cursor.part());
        int most = cursor.most() > 0 ? cursor.most() : Math.min(context.batchSize(), LARGEST_PAGE);
        ReferencePage page = source.page(cursor.place(), most);
        List<FileReference> references = page.references();
        int begin = cursor.doneOf(references);
        int done = begin;
        while (done < references.size() && !isEnough() && look(references.get(done))) {
            done++;
        }
        count("examined", done - begin);
        tellMissing(source, references.subList(begin, done));
        tellSuspicions(source, cursor, most);
        if (done < references.size()) {
            return Optional.of(cursor.within(references, most, done));
        }
        long seen = cursor.seen() + references.size();
        Optional<Cursor> next = page.next();
        if (next.isPresent()) {
            return Optional.of(cursor.at(next.get(), seen));
        }
        ReadReferences.complete(source, page, seen, "what was found is not all");
        VerifyCursor after = cursor.nextSource();
        return after.part() < settings.references().size() ? Optional.of(after) : Optional.empty();
    }

    private boolean isEnough() {
        return context.isCancelled() || bytes >= MOST_BYTES;
    }

    /** Looks at one; gives whether it is done with. */
    private boolean look(FileReference reference) throws IOException {
        if (ReadReferences.named(List.of(reference), this::refuse).isEmpty()) {
            return true;
        }
        Optional<FileState> state;
        try {
            state = settings.store().look(reference.name());
        } catch (IOException e) {
            fail(reference, "cannot be looked at: " + e);
            return true;
        }
        if (state.isEmpty()) {
            missing.add(reference.name());
            return true;
        }
        return compare(reference, state.get());
    }

    private void refuse(FileReference reference) {
        count("refused", 1);
        tell(Kind.REFUSED_NAME, reference.name(), reference.where());
    }

    private void fail(FileReference reference, String why) {
        count("skipped.failed", 1);
        tell(Kind.FAILED, reference.name(), why + " (" + reference.where() + ")");
    }

    private void tell(Kind kind, String name, String detail) {
        if (open != null) {
            findings.tell(kind, name, detail);
        }
    }

    private boolean compare(FileReference reference, FileState state) throws IOException {
        if (state.changedAt().isAfter(context.now().minus(settings.unchangedFor()))) {
            count("skipped.young", 1);
            return true;
        }
        if (reference.size().isPresent() && reference.size().getAsLong() != state.size()) {
            suspicions.add(new Suspicion(
                    reference,
                    state,
                    Kind.WRONG_SIZE,
                    "wrongSize",
                    "has " + state.size() + " bytes, should have "
                            + reference.size().getAsLong()));
            return true;
        }
        if (!settings.contents().has(reference.name(), context.now())) {
            return true;
        }
        if (reference.sha256().isEmpty()) {
            count("skipped.noChecksum", 1);
            return true;
        }
        if (open == null) {
            count("due.contents", 1);
            count("due.bytes.read", state.size());
            return true;
        }
        return read(reference, state, reference.sha256().get(), open);
    }

    private boolean read(FileReference reference, FileState state, String expected, OpenReading from)
            throws IOException {
        Content begun = from.take(context.runId(), reference.name(), state);
        try {
            if (begun != null) {
                try {
                    return read(reference, state, expected, from, begun);
                } catch (NoSuchFileException e) {
                    throw e;
                } catch (IOException e) {
                    count("reopened", 1); // it was open for long: a connection may have ended
                }
            }
            Content content = new Content(settings.store().open(reference.name()));
            return read(reference, state, expected, from, content);
        } catch (NoSuchFileException e) {
            missing.add(reference.name());
        } catch (IOException e) {
            fail(reference, "cannot be read: " + e);
        }
        return true;
    }

    private boolean read(FileReference reference, FileState state, String expected, OpenReading from, Content content)
            throws IOException {
        boolean keep = false;
        try {
            long now = content.read(MOST_BYTES - bytes, context::isCancelled);
            bytes += now;
            count("bytes.read", now);
            if (!content.isAtEnd()) {
                keep = !context.isCancelled();
                if (keep) {
                    from.give(context.runId(), reference.name(), state, content);
                }
                return false;
            }
        } finally {
            if (!keep) {
                content.close();
            }
        }
        count("contents", 1);
        String hash = content.hash();
        if (content.size() != state.size()) {
            suspicions.add(new Suspicion(
                    reference,
                    state,
                    Kind.WRONG_SIZE,
                    "wrongSize",
                    "gave " + content.size() + " bytes, should have " + state.size()));
        } else if (!hash.equalsIgnoreCase(expected)) {
            suspicions.add(new Suspicion(
                    reference,
                    state,
                    Kind.WRONG_CONTENT,
                    "wrongContent",
                    "has the SHA-256 " + hash + ", should have " + expected));
        }
        return true;
    }

    // ---- the second look

    private void tellMissing(FileReferences source, List<FileReference> references) throws Exception {
        Set<String> gone = new MissingFiles(settings.store(), source::find, this::setAside).ofAbsent(missing);
        for (FileReference reference : references) {
            if (gone.contains(reference.name())) {
                count("broken", 1);
                tell(Kind.BROKEN_REFERENCE, reference.name(), reference.where());
            }
        }
    }

    private Set<String> setAside(Collection<String> names) {
        Set<String> aside = settings.sweptBy()
                .map(by -> by.ledger().open(by.sweep(), names).stream()
                        .map(SweptFile::name)
                        .collect(Collectors.toSet()))
                .orElse(Set.of());
        count("skipped.quarantined", aside.size());
        return aside;
    }

    private void tellSuspicions(FileReferences source, VerifyCursor cursor, int most) throws Exception {
        if (suspicions.isEmpty()) {
            return;
        }
        Set<FileReference> again =
                new HashSet<>(source.page(cursor.place(), most).references());
        for (Suspicion suspicion : suspicions) {
            FileReference reference = suspicion.reference();
            if (again.contains(reference) && isStill(reference.name(), suspicion.state())) {
                count(suspicion.count(), 1);
                tell(suspicion.kind(), reference.name(), suspicion.detail() + " by " + reference.where());
            } else {
                count("skipped.changed", 1);
            }
        }
    }

    private boolean isStill(String name, FileState state) {
        try {
            return settings.store().look(name).equals(Optional.of(state));
        } catch (IOException e) {
            return false; // that cannot be said
        }
    }
}
