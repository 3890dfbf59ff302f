package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A ledger that is gone with the process: for tests, and for stores in memory. After a restart a sweep finds in the quarantine
 * what it had set aside, and begins its window anew; what it deleted is on no record any more. Thread-safe.
 */
public final class InMemoryFileLedger implements FileLedger {

    private final InstantSource clock;
    private final Map<List<String>, String> notes = new HashMap<>(); // guarded by this
    private final NavigableMap<Long, Entry> entries = new TreeMap<>(); // guarded by this
    private final Map<String, Set<Long>> byName = new HashMap<>(); // guarded by this
    private final Map<String, Set<Long>> byLoose = new HashMap<>(); // guarded by this
    private long last; // guarded by this

    private record Entry(String sweep, String loose, SweptFile file) {}

    /**
     * An empty ledger.
     *
     * @param clock what time it is
     */
    public InMemoryFileLedger(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public synchronized Optional<String> note(String sweep, String key) {
        return Optional.ofNullable(notes.get(List.of(sweep, key)));
    }

    @Override
    public synchronized void note(String sweep, String key, String text) {
        if (key.length() > 200 || text.length() > 1000) {
            throw new IllegalArgumentException("note: a name of " + key.length() + " and a text of " + text.length()
                    + " characters given, 200 and 1000 allowed");
        }
        notes.put(List.of(sweep, key), text);
    }

    @Override
    public synchronized void add(String sweep, RunId run, Instant at, List<Suspect> suspects) {
        for (Suspect suspect : suspects) {
            boolean known = ofName(sweep, suspect.name())
                    .anyMatch(entry -> entry.file().run().equals(run));
            if (!known) {
                long id = ++last;
                entries.put(id, new Entry(sweep, suspect.loose(), file(id, run, at, suspect)));
                byName.computeIfAbsent(suspect.name(), name -> new LinkedHashSet<>())
                        .add(id);
                byLoose.computeIfAbsent(suspect.loose(), loose -> new LinkedHashSet<>())
                        .add(id);
            }
        }
    }

    private static SweptFile file(long id, RunId run, Instant at, Suspect suspect) {
        return new SweptFile(
                id,
                run,
                suspect.name(),
                suspect.kind(),
                suspect.prefix(),
                Progress.SUSPECT,
                suspect.state(),
                at,
                Optional.empty(),
                Optional.empty());
    }

    private Stream<Entry> ofName(String sweep, String name) {
        return byName.getOrDefault(name, Set.of()).stream()
                .map(entries::get)
                .filter(entry -> entry.sweep().equals(sweep));
    }

    @Override
    public synchronized List<SweptFile> list(
            String sweep, Progress progress, Optional<RunId> run, Optional<Instant> before, long after, int most) {
        return all(sweep, progress, run, after)
                .filter(file -> before.isEmpty() || file.at().isBefore(before.get()))
                .limit(most)
                .toList();
    }

    private Stream<SweptFile> all(String sweep, Progress progress, Optional<RunId> run, long after) {
        return entries.tailMap(after, false).values().stream()
                .filter(entry -> entry.sweep().equals(sweep))
                .map(Entry::file)
                .filter(file -> file.progress() == progress
                        && (run.isEmpty() || file.run().equals(run.get())));
    }

    @Override
    public synchronized List<SweptFile> open(String sweep, Collection<String> names) {
        return new LinkedHashSet<>(names)
                .stream()
                        .flatMap(name -> ofName(sweep, name))
                        .map(Entry::file)
                        .filter(file -> file.progress() != Progress.DELETED && file.progress() != Progress.KEPT)
                        .sorted((one, other) -> Long.compare(one.id(), other.id()))
                        .toList();
    }

    @Override
    public synchronized Set<String> kept(String sweep, Collection<String> names, Instant at) {
        Set<String> kept = new HashSet<>();
        for (String name : names) {
            if (ofName(sweep, name).anyMatch(entry -> isKept(entry.file(), at))) {
                kept.add(name);
            }
        }
        return kept;
    }

    private static boolean isKept(SweptFile file, Instant at) {
        return file.progress() == Progress.KEPT
                && file.keptUntil().filter(at::isBefore).isPresent();
    }

    @Override
    public synchronized Set<Long> quarantined(Map<Long, FileState> states, Instant at) {
        Set<Long> changed = new HashSet<>();
        states.forEach((id, state) -> {
            if (has(id, Progress.SUSPECT)) {
                put(id, Progress.QUARANTINED, state, at, Optional.empty(), Optional.empty());
                changed.add(id);
            }
        });
        return changed;
    }

    @Override
    public synchronized Set<Long> restoring(Collection<Long> ids, Progress progress, Instant at) {
        return change(ids, progress, Progress.RESTORING, at, Optional.empty(), Optional.empty());
    }

    @Override
    public synchronized Set<Long> deleting(Collection<Long> ids, Instant at) {
        return change(ids, Progress.QUARANTINED, Progress.DELETING, at, Optional.empty(), Optional.empty());
    }

    @Override
    public synchronized void deleted(Collection<Long> ids, Instant at) {
        change(ids, Progress.DELETING, Progress.DELETED, at, Optional.empty(), Optional.empty());
    }

    @Override
    public synchronized Set<Long> keep(
            Collection<Long> ids, Progress progress, String why, Optional<Instant> until, Instant at) {
        return change(ids, progress, Progress.KEPT, at, Optional.of(why), until);
    }

    private Set<Long> change(
            Collection<Long> ids,
            Progress from,
            Progress to,
            Instant at,
            Optional<String> why,
            Optional<Instant> until) {
        Set<Long> changed = new HashSet<>();
        for (Long id : ids) {
            Entry entry = entries.get(id);
            if (entry != null && entry.file().progress() == from) {
                put(id, to, entry.file().state(), at, why, until);
                changed.add(id);
            }
        }
        return changed;
    }

    private boolean has(Long id, Progress progress) {
        Entry entry = entries.get(id);
        return entry != null && entry.file().progress() == progress;
    }

    private void put(
            Long id, Progress progress, FileState state, Instant at, Optional<String> why, Optional<Instant> until) {
        entries.computeIfPresent(
                id,
                (number, entry) -> new Entry(
                        entry.sweep(),
                        entry.loose(),
                        new SweptFile(
                                number,
                                entry.file().run(),
                                entry.file().name(),
                                entry.file().kind(),
                                entry.file().prefix(),
                                progress,
                                state,
                                at,
                                why,
                                until)));
    }

    @Override
    public synchronized List<SweptFile> loosely(String sweep, RunId run, Collection<String> loose) {
        return new LinkedHashSet<>(loose)
                .stream()
                        .flatMap(form -> byLoose.getOrDefault(form, Set.of()).stream())
                        .map(entries::get)
                        .filter(entry -> entry.sweep().equals(sweep))
                        .map(Entry::file)
                        .filter(file -> file.progress() == Progress.SUSPECT
                                && file.run().equals(run))
                        .sorted((one, other) -> Long.compare(one.id(), other.id()))
                        .toList();
    }

    @Override
    public synchronized List<Sum> sums(String sweep, Progress progress, Optional<RunId> run) {
        Map<List<String>, long[]> sums =
                new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
        all(sweep, progress, run, 0).forEach(file -> {
            long[] sum = sums.computeIfAbsent(List.of(file.kind(), file.prefix()), key -> new long[2]);
            sum[0]++;
            sum[1] += file.state().size();
        });
        List<Sum> list = new ArrayList<>();
        sums.forEach((key, sum) -> list.add(new Sum(key.get(0), key.get(1), sum[0], sum[1])));
        return list;
    }

    @Override
    public synchronized int forget(String sweep, Instant before, int most) {
        Predicate<Entry> settled = entry -> entry.sweep().equals(sweep)
                && (entry.file().progress() == Progress.DELETED || entry.file().progress() == Progress.KEPT)
                && entry.file().at().isBefore(before)
                && !isKept(entry.file(), before);
        List<Entry> forgotten =
                entries.values().stream().filter(settled).limit(most).toList();
        for (Entry entry : forgotten) {
            Long id = entry.file().id();
            entries.remove(id);
            remove(byName, entry.file().name(), id);
            remove(byLoose, entry.loose(), id);
        }
        return forgotten.size();
    }

    private static void remove(Map<String, Set<Long>> index, String key, Long id) {
        index.computeIfPresent(key, (name, ids) -> {
            ids.remove(id);
            return ids.isEmpty() ? null : ids;
        });
    }
}
