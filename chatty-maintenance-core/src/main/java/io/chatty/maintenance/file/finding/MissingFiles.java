package io.chatty.maintenance.file.finding;

import io.chatty.maintenance.file.SweepableStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds references without a file. The reference is read first, then the store is looked at, then the reference is read again, and
 * the store once more: what was put or taken in between is not told of.
 */
public final class MissingFiles {

    /** The most names that a source of references is asked for at once. */
    private static final int MOST = 10_000;

    private final SweepableStore store;
    private final Question referenced;
    private final Question setAside;

    /** Asks which of these names something is so of. */
    @FunctionalInterface
    public interface Question {
        /** Those of which it is. */
        Set<String> of(Collection<String> names) throws Exception;
    }

    /**
     * Looks into a store.
     *
     * @param referenced which names are referred to
     * @param setAside which names are those of files that lie in quarantine, and go back by themselves
     */
    public MissingFiles(SweepableStore store, Question referenced, Question setAside) {
        this.store = store;
        this.referenced = referenced;
        this.setAside = setAside;
    }

    /** Which of these names, which were referred to when they were read, are those of files that are not there. */
    public Set<String> of(Collection<String> names) throws Exception {
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            if (store.look(name).isEmpty()) {
                missing.add(name);
            }
        }
        return ofAbsent(missing);
    }

    /** The same for names that were looked at already, and not found. */
    public Set<String> ofAbsent(Collection<String> missing) throws Exception {
        Set<String> found = new HashSet<>();
        List<String> names = List.copyOf(missing);
        for (int i = 0; i < names.size(); i += MOST) {
            found.addAll(confirmed(names.subList(i, Math.min(names.size(), i + MOST))));
        }
        return found;
    }

    private Set<String> confirmed(List<String> missing) throws Exception {
        Set<String> again = new HashSet<>(referenced.of(missing));
        again.removeAll(setAside.of(again));
        again.removeIf(name -> !isMissing(name));
        return again;
    }

    private boolean isMissing(String name) {
        try {
            return store.look(name).isEmpty();
        } catch (IOException e) {
            return false; // that cannot be said
        }
    }
}
