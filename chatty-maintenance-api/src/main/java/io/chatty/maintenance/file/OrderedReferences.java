package io.chatty.maintenance.file;

import java.util.List;

/**
 * A source that can give its references by their names, in the order of their bytes in UTF-8 as unsigned numbers. Beside a store
 * that {@linkplain SweepableStore#listsInByteOrder lists in that order} both are read side by side. The order is looked at with each
 * name: one that is out of it stops the sweep.
 */
public interface OrderedReferences extends FileReferences {

    /**
     * The names of all references from behind a name up to another, in order; one may be there several times. They are what was
     * committed up to a moment after this was called.
     *
     * @param after the name behind which to begin; empty for the first
     * @param upTo the last name to give
     * @throws Exception if they could not all be read
     */
    List<String> between(String after, String upTo) throws Exception;
}
