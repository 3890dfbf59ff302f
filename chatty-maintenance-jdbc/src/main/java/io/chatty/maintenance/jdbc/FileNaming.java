package io.chatty.maintenance.jdbc;

import java.util.List;

/**
 * How a value of the host's stands for the name of a file, both ways. Implementations are thread-safe, and always say the same of
 * the same value.
 */
public interface FileNaming {

    /**
     * The names of files that a value may stand for, the likeliest first; none if it stands for no file of the store at all.
     * They are used as they are: what no store allows for a name is reported, and touched by nobody.
     */
    List<String> names(String value);

    /** Values that stand for a name, for which the database is asked. */
    List<String> values(String name);

    /**
     * Whether {@link #values} gives each value of which {@link #names} says that name. Where it cannot, the column is read as a
     * whole for names that were not found otherwise. Default: it does
     */
    default boolean tellsAllValues() {
        return true;
    }

    /** The value is the name without what stands before and behind it in each. */
    static FileNaming between(String prefix, String suffix) {
        return new Affixes(prefix, suffix);
    }

    /**
     * The value is an address below one of those: {@code https://chat.example.org/files/2026/caf%C3%A9.png} below
     * {@code https://chat.example.org/files/} is {@code 2026/café.png}. What is compared of an address is its path alone, so
     * that it counts whatever its scheme and host are, or if it has none; a query or fragment is left away, unless the base has a
     * query itself, behind which the name stands. Addresses can be written in many ways: the column is read as a whole for names that
     * were not found by the usual ones.
     *
     * @throws IllegalArgumentException if none is given, or one that ends in neither {@code /} nor a query
     */
    static FileNaming addresses(String... bases) {
        return new Addresses(List.of(bases));
    }

    /**
     * See {@link FileNaming#between}.
     *
     * @param prefix what the name has before the value
     * @param suffix what it has behind it
     */
    record Affixes(String prefix, String suffix) implements FileNaming {

        @Override
        public List<String> names(String value) {
            return List.of(prefix + value + suffix);
        }

        @Override
        public List<String> values(String name) {
            return name.length() >= prefix.length() + suffix.length()
                            && name.startsWith(prefix)
                            && name.endsWith(suffix)
                    ? List.of(name.substring(prefix.length(), name.length() - suffix.length()))
                    : List.of();
        }
    }
}
