package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.FileUsage;
import io.chatty.maintenance.file.UsageScope;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A usage of whose files others know, too, which its own rows cannot tell. They are asked when files are chosen, and again right before
 * they are given up. That is no transaction with the rows: what is referred to in between loses its row, and the sweep, which asks all
 * of them once more, leaves the file where it is.
 */
record ReferredUsage(FileUsage rows, List<FileReferences> others) implements FileUsage {

    /** The sources are named, since which files go depends on them. */
    @Override
    public String name() {
        return rows.name() + " beside "
                + others.stream().map(FileReferences::name).collect(Collectors.joining(", "));
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(rows.problems());
        others.forEach(source -> problems.addAll(source.problems()));
        return problems;
    }

    @Override
    public boolean tells(UsageScope.Kind kind) {
        return rows.tells(kind);
    }

    @Override
    public boolean canOrder(EvictionOrder order) {
        return rows.canOrder(order);
    }

    @Override
    public Used used(UsageScope scope, Instant upTo) throws Exception {
        return rows.used(scope, upTo);
    }

    @Override
    public List<Used> over(UsageScope.Kind kind, long bytes, Instant upTo, String after, int most) throws Exception {
        return rows.over(kind, bytes, upTo, after, most);
    }

    @Override
    public Page evictable(
            UsageScope scope, EvictionOrder order, Instant madeBefore, Optional<Cursor> position, int most)
            throws Exception {
        Page page = rows.evictable(scope, order, madeBefore, position, most);
        Set<String> referred =
                referred(page.files().stream().map(EvictableFile::name).toList());
        List<EvictableFile> free = page.files().stream()
                .filter(file -> !referred.contains(file.name()))
                .toList();
        return new Page(free, page.referenced() + page.files().size() - free.size(), page.next());
    }

    @Override
    public Counts shielded(UsageScope scope, Instant madeBefore) throws Exception {
        return rows.shielded(scope, madeBefore);
    }

    @Override
    public Map<String, Outcome> release(
            RunId run, Collection<String> names, Instant madeBefore, EvictionListener listener) throws Exception {
        Set<String> referred = referred(names);
        List<String> free =
                names.stream().filter(name -> !referred.contains(name)).toList();
        Map<String, Outcome> outcomes = new HashMap<>();
        if (!free.isEmpty()) {
            outcomes.putAll(rows.release(run, free, madeBefore, listener));
        }
        names.stream().filter(referred::contains).forEach(name -> outcomes.put(name, Outcome.REFERENCED));
        return outcomes;
    }

    @Override
    public List<Released> waiting(long after, int most) throws Exception {
        return rows.waiting(after, most);
    }

    private Set<String> referred(Collection<String> names) throws Exception {
        // What is no name of a file goes to nobody: it is passed over when files are chosen.
        List<String> asked = names.stream().filter(FileNames::isName).toList();
        Set<String> referred = new HashSet<>();
        if (!asked.isEmpty()) {
            for (FileReferences source : others) {
                referred.addAll(source.find(asked));
            }
        }
        return referred;
    }
}
