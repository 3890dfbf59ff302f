package io.chatty.maintenance.testkit;

import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.task.Cursor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** References for tests: names that a test says are in use. Thread-safe. */
public final class InMemoryFileReferences implements FileReferences {

    private final String name;
    private final NavigableMap<Long, FileReference> references = new TreeMap<>(); // guarded by this
    private final List<Released> released = new ArrayList<>(); // guarded by this
    private long last; // guarded by this

    /**
     * A source without references.
     *
     * @param name what it is called
     */
    public InMemoryFileReferences(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    /** Refers to a file. */
    public synchronized void add(String file) {
        add(FileReference.of(file, name + " " + (last + 1)));
    }

    /** Refers to a file. */
    public synchronized void add(FileReference reference) {
        references.put(++last, reference);
    }

    /** Takes all references to a file away. */
    public synchronized void remove(String file) {
        references.values().removeIf(reference -> reference.name().equals(file));
    }

    /** Takes all references to a file away, as a purge of messages does that tells of it. */
    public synchronized void release(String file) {
        remove(file);
        released.add(new Released(++last, file));
    }

    @Override
    public synchronized Set<String> find(Collection<String> names) {
        Set<String> found = new HashSet<>();
        for (FileReference reference : references.values()) {
            found.add(reference.name());
        }
        found.retainAll(new HashSet<>(names));
        return found;
    }

    @Override
    public synchronized ReferencePage page(Optional<Cursor> position, int most) {
        String[] words = position.map(cursor -> cursor.text().split(" ", -1)).orElse(new String[] {"0", "0"});
        Map<Long, FileReference> left = references.tailMap(Long.parseLong(words[0]), false);
        List<FileReference> page = left.values().stream().limit(most).toList();
        long seen = Long.parseLong(words[1]) + page.size();
        if (left.size() <= most) {
            return ReferencePage.complete(page, seen);
        }
        long end = left.keySet().stream().skip(page.size() - 1).findFirst().orElseThrow();
        return ReferencePage.more(page, new Cursor(end + " " + seen));
    }

    @Override
    public synchronized List<Released> released(int most) {
        return released(0, most);
    }

    @Override
    public synchronized List<Released> released(long after, int most) {
        return released.stream().filter(each -> each.id() > after).limit(most).toList();
    }

    @Override
    public synchronized void forget(Collection<Released> told) {
        released.removeAll(new HashSet<>(told));
    }
}
