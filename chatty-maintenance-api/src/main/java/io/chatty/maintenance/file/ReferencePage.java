package io.chatty.maintenance.file;

import io.chatty.maintenance.task.Cursor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Some of the references of a source. Immutable. That it is the last page is said, with the number of all references: what merely
 * breaks off is not taken for the end.
 */
public final class ReferencePage {

    private final List<FileReference> references;
    private final Optional<Cursor> next;
    private final OptionalLong complete;

    private ReferencePage(List<FileReference> references, Optional<Cursor> next, OptionalLong complete) {
        this.references = List.copyOf(references);
        this.next = next;
        this.complete = complete;
    }

    /** A page after which there are more, from that cursor on. */
    public static ReferencePage more(List<FileReference> references, Cursor next) {
        return new ReferencePage(references, Optional.of(Objects.requireNonNull(next, "next")), OptionalLong.empty());
    }

    /**
     * The last page.
     *
     * @param all how many references all pages have, this one too, as the source counted them
     * @throws IllegalArgumentException if that is fewer than are in this page
     */
    public static ReferencePage complete(List<FileReference> references, long all) {
        if (all < references.size()) {
            throw new IllegalArgumentException(
                    "complete: " + all + " given, with " + references.size() + " references in the last page alone");
        }
        return new ReferencePage(references, Optional.empty(), OptionalLong.of(all));
    }

    /** The references of this page. */
    public List<FileReference> references() {
        return references;
    }

    /** Where the next page begins; empty if this is the last. */
    public Optional<Cursor> next() {
        return next;
    }

    /** How many references there are in all; empty unless this is the last page. */
    public OptionalLong complete() {
        return complete;
    }
}
