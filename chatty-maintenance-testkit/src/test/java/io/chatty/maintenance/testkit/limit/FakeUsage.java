package io.chatty.maintenance.testkit.limit;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.FileUsage;
import io.chatty.maintenance.file.UsageScope;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Rows of files in memory. For one thread. */
public final class FakeUsage implements FileUsage {

    public final Map<String, EvictableFile> rows = new LinkedHashMap<>();
    final Map<String, Instant> lastUsed = new HashMap<>();
    final Set<String> held = new HashSet<>();
    final Set<String> pinned = new HashSet<>();
    final Set<String> referenced = new HashSet<>();
    final List<Released> waiting = new ArrayList<>();
    Consumer<Collection<String>> beforeRelease = names -> {};
    boolean tellsUsers = true;
    int pages;

    public void add(String name, long bytes, Instant createdAt, String room, String user) {
        rows.put(name, new EvictableFile(name, bytes, createdAt, optional(room), optional(user)));
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean tells(UsageScope.Kind kind) {
        return tellsUsers || kind != UsageScope.Kind.USER;
    }

    @Override
    public boolean canOrder(EvictionOrder order) {
        return order != EvictionOrder.LEAST_RECENTLY_USED || !lastUsed.isEmpty();
    }

    private static String id(UsageScope.Kind kind, EvictableFile file) {
        return switch (kind) {
            case ALL -> "";
            case ROOM -> file.room().orElse("");
            case USER -> file.user().orElse("");
        };
    }

    private List<EvictableFile> of(UsageScope scope) {
        return rows.values().stream()
                .filter(file -> id(scope.kind(), file).equals(scope.id()))
                .toList();
    }

    @Override
    public Used used(UsageScope scope, Instant upTo) {
        List<EvictableFile> files = of(scope).stream()
                .filter(file -> file.createdAt().isBefore(upTo))
                .toList();
        return new Used(
                scope,
                files.size(),
                files.stream().mapToLong(EvictableFile::bytes).sum());
    }

    @Override
    public List<Used> over(UsageScope.Kind kind, long bytes, Instant upTo, String after, int most) {
        Map<String, Used> scopes = new TreeMap<>();
        for (EvictableFile file : rows.values()) {
            String id = id(kind, file);
            if (!id.isEmpty() && id.compareTo(after) > 0) {
                scopes.computeIfAbsent(id, any -> used(new UsageScope(kind, id), upTo));
            }
        }
        return scopes.values().stream()
                .filter(used -> used.bytes() > bytes)
                .limit(most)
                .toList();
    }

    private Comparator<EvictableFile> by(EvictionOrder order) {
        Comparator<EvictableFile> oldest =
                Comparator.comparing(EvictableFile::createdAt).thenComparing(EvictableFile::name);
        return switch (order) {
            case OLDEST -> oldest;
            case LARGEST ->
                Comparator.comparing(EvictableFile::bytes).reversed().thenComparing(oldest);
            case LEAST_RECENTLY_USED ->
                Comparator.comparing((EvictableFile file) -> lastUsed.getOrDefault(file.name(), file.createdAt()))
                        .thenComparing(oldest);
        };
    }

    private String reason(EvictableFile file, Instant madeBefore) {
        if (held.contains(file.name())) {
            return "held";
        }
        if (pinned.contains(file.name())) {
            return "notEvictable";
        }
        return file.createdAt().isBefore(madeBefore) ? "" : "young";
    }

    @Override
    public Page evictable(
            UsageScope scope, EvictionOrder order, Instant madeBefore, Optional<Cursor> position, int most) {
        pages++;
        List<EvictableFile> sorted = of(scope).stream()
                .filter(file -> reason(file, madeBefore).isEmpty())
                .sorted(by(order))
                .toList();
        int from = position.map(cursor -> Integer.parseInt(cursor.text())).orElse(0);
        int to = Math.min(sorted.size(), from + most);
        List<EvictableFile> looked = sorted.subList(from, to);
        List<EvictableFile> free = looked.stream()
                .filter(file -> !referenced.contains(file.name()))
                .toList();
        Optional<Cursor> next = to == sorted.size() ? Optional.empty() : Optional.of(new Cursor(String.valueOf(to)));
        return new Page(free, looked.size() - free.size(), next);
    }

    @Override
    public Counts shielded(UsageScope scope, Instant madeBefore) {
        Counts counts = Counts.none();
        for (EvictableFile file : of(scope)) {
            String reason = reason(file, madeBefore);
            counts = reason.isEmpty() ? counts : counts.plus(reason, 1);
        }
        return counts;
    }

    @Override
    public Map<String, Outcome> release(
            RunId run, Collection<String> names, Instant madeBefore, EvictionListener listener) throws Exception {
        beforeRelease.accept(names);
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        List<EvictableFile> going = new ArrayList<>();
        for (String name : names) {
            EvictableFile file = rows.get(name);
            if (file == null || !reason(file, madeBefore).isEmpty()) {
                outcomes.put(name, held.contains(name) ? Outcome.HELD : Outcome.CHANGED);
            } else if (referenced.contains(name)) {
                outcomes.put(name, Outcome.REFERENCED);
            } else {
                going.add(file);
            }
        }
        Set<String> kept = listener.kept(going);
        for (EvictableFile file : going) {
            outcomes.put(file.name(), kept.contains(file.name()) ? Outcome.VETOED : Outcome.RELEASED);
        }
        going.removeIf(file -> kept.contains(file.name()));
        listener.released(going);
        for (EvictableFile file : going) {
            rows.remove(file.name());
            waiting.add(new Released(waiting.size() + 1L, file.name()));
        }
        return outcomes;
    }

    @Override
    public List<Released> waiting(long after, int most) {
        return waiting.stream().filter(file -> file.id() > after).limit(most).toList();
    }
}
