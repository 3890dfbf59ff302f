package io.chatty.maintenance.file;

import java.util.Objects;

/**
 * Something about a file that a person should know of.
 *
 * @param kind what it is
 * @param name the name of the file, or what stands for it
 * @param detail what else is known: where it is referred to, what is expected and what is there
 */
public record FileFinding(Kind kind, String name, String detail) {

    /** What was found. */
    public enum Kind {
        /** It is referred to, and is not there. */
        BROKEN_REFERENCE,
        /** It is referred to by a name that no file can have, such as one that leads out of the store. */
        REFUSED_NAME,
        /** Files seem to be referred to from there, which no source of references knows. */
        UNDECLARED,
        /** It is referred to in other letters only: it stays. */
        LOOSE_MATCH,
        /** It has another size than it is said to have. */
        WRONG_SIZE,
        /** It has another content than it is said to have. */
        WRONG_CONTENT,
        /** It could not be read, set aside, put back or deleted. */
        FAILED,
        /** It has the same content as another. */
        DUPLICATE,
        /** There is more than is allowed: what stands for a name is whose files those are. */
        OVER_LIMIT
    }

    public FileFinding {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(detail, "detail");
    }

    /** The finding in one line, whatever characters the name has. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(kind.name()).append(" \"");
        name.codePoints()
                .forEach(c -> line.append(
                        Character.isISOControl(c) || c == '"' || c == '\\'
                                ? String.format("\\u%04x", c)
                                : Character.toString(c)));
        return line.append("\" (").append(detail).append(")").toString();
    }
}
