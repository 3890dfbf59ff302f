package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.OrderedReferences;
import io.chatty.maintenance.file.order.ByteOrder;
import io.chatty.maintenance.task.MaintenanceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All sources of references together. What is asked is younger than what was listed: a page of names is read first, and only then
 * are the sources asked for it, each time anew (R1, R6).
 */
final class Sources {

    /** The most names that a source is asked for at once. */
    static final int MOST = 10_000;

    private final List<FileReferences> sources;
    private final boolean merges;

    /** @param inByteOrder whether names come in the order of their bytes, so that sources that do, too, can be read beside */
    Sources(List<FileReferences> sources, boolean inByteOrder) {
        this.sources = List.copyOf(sources);
        this.merges = inByteOrder;
    }

    List<FileReferences> all() {
        return sources;
    }

    /** Whether that source is read beside the listing. */
    boolean isMerged(FileReferences source) {
        return merges && source instanceof OrderedReferences;
    }

    /** Which of these names any source refers to. */
    Set<String> find(Collection<String> names) throws Exception {
        Set<String> found = new HashSet<>();
        List<String> left = List.copyOf(names);
        for (FileReferences source : sources) {
            left = ask(source, left, found);
        }
        return found;
    }

    private static List<String> ask(FileReferences source, List<String> names, Set<String> found) throws Exception {
        List<String> left = new ArrayList<>();
        for (int i = 0; i < names.size(); i += MOST) {
            List<String> some = names.subList(i, Math.min(names.size(), i + MOST));
            Set<String> known = source.find(some);
            for (String name : some) {
                if (known.contains(name)) {
                    found.add(name);
                } else {
                    left.add(name);
                }
            }
        }
        return left;
    }

    /** What is known of a page of names. */
    record Answer(List<String> unreferenced, List<String> missing) {}

    /**
     * Which names of a page nothing refers to, and which names those sources have that are read beside the listing, though the
     * page has not.
     *
     * @param after the last name before the page
     * @param upTo up to where the listing is known; the last name of the page, or beyond it
     * @param page the names, in the order of the listing
     */
    Answer compare(String after, String upTo, List<String> page) throws Exception {
        List<String> left = page;
        List<String> missing = new ArrayList<>();
        for (FileReferences source : sources) {
            if (isMerged(source)) {
                left = merge((OrderedReferences) source, after, upTo, page, left, missing);
            }
        }
        for (FileReferences source : sources) {
            if (!isMerged(source) && !left.isEmpty()) {
                left = ask(source, left, new HashSet<>());
            }
        }
        return new Answer(left, missing);
    }

    /** Reads names and references side by side; both have to be in order (R16). */
    private static List<String> merge(
            OrderedReferences source,
            String after,
            String upTo,
            List<String> page,
            List<String> left,
            List<String> missing)
            throws Exception {
        Set<String> others = left == page ? Set.of() : new HashSet<>(left);
        List<String> unreferenced = new ArrayList<>();
        String last = after;
        int next = 0;
        for (String reference : source.between(after, upTo)) {
            int order = ByteOrder.compare(reference, last);
            if (order < 0 || (order == 0 && last.equals(after)) || ByteOrder.compare(reference, upTo) > 0) {
                throw new MaintenanceException(
                        "references " + source.name() + ": \"" + reference + "\" came after \"" + last
                                + "\" where those after \"" + after + "\" up to \"" + upTo
                                + "\" were asked for, in the order of their bytes; nothing is moved. Let it not be an"
                                + " OrderedReferences, or sort it as LC_ALL=C sort does");
            }
            last = reference;
            int found = -1;
            while (next < page.size()) {
                found = ByteOrder.compare(page.get(next), reference);
                if (found >= 0) {
                    break;
                }
                keep(page.get(next++), page == left, others, unreferenced);
            }
            if (next < page.size() && found == 0) {
                next++;
            } else if (order != 0 && !isLast(page, next, reference)) {
                missing.add(reference);
            }
        }
        while (next < page.size()) {
            keep(page.get(next++), page == left, others, unreferenced);
        }
        return unreferenced;
    }

    /** Whether a reference is to the name that was met just before, since one may be there several times. */
    private static boolean isLast(List<String> page, int next, String reference) {
        return next > 0 && page.get(next - 1).equals(reference);
    }

    private static void keep(String name, boolean all, Set<String> others, List<String> unreferenced) {
        if (all || others.contains(name)) {
            unreferenced.add(name);
        }
    }
}
