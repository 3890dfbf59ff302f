package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at some values of each text column of the host's tables, and asks whether files are called so. Race R4 (a kind of reference
 * that is not known): of all that can be forgotten a column is the likeliest. For one look; not thread-safe.
 */
public final class UndeclaredColumns {

    private static final int SAMPLE = 1000;
    private static final int LONGEST = 4000;
    private static final int MOST_OF_A_VALUE = 40;
    private static final int ASKED_AT_ONCE = 1000;
    private static final String OWN = "chatty_maintenance_";

    private final Session session;
    private final Dialect dialect;
    private final Catalogue catalogue;
    private final List<FileSource> sources;
    private final Existing existing;
    private final long end;

    /** Tells which of some names are those of files. */
    @FunctionalInterface
    public interface Existing {
        Set<String> of(Collection<String> names) throws Exception;
    }

    /**
     * A column in which names of files stand.
     *
     * @param table its table
     * @param column its name
     * @param declared whether it is declared, so that these values are written in another way than was said
     * @param values how many of the values that were looked at name a file
     * @param lookedAt how many were
     * @param example one of the names
     */
    public record Suspicious(String table, String column, boolean declared, int values, int lookedAt, String example) {}

    /**
     * What was found.
     *
     * @param suspicious the columns
     * @param unseen the tables that the time did not suffice for, or that may not be read
     */
    public record Found(List<Suspicious> suspicious, List<String> unseen) {}

    UndeclaredColumns(
            Session session, Catalogue catalogue, List<FileSource> sources, Existing existing, Duration time) {
        this.session = session;
        this.dialect = session.dialect();
        this.catalogue = catalogue;
        this.sources = sources;
        this.existing = existing;
        this.end = System.nanoTime() + time.toNanos();
    }

    Found find() throws Exception {
        List<Suspicious> suspicious = new ArrayList<>();
        Set<String> unseen = new LinkedHashSet<>();
        for (String table : catalogue.tables()) {
            if (table.toLowerCase(Locale.ROOT).startsWith(OWN)) {
                continue;
            }
            for (Column column : catalogue.columns(table)) {
                if (!column.canBeEmpty() && !FileSourceReader.isJson(column)) {
                    continue;
                }
                long left = (end - System.nanoTime()) / 1_000_000_000;
                if (left <= 0) {
                    unseen.add(table);
                    continue;
                }
                try {
                    look(column, (int) left).ifPresent(suspicious::add);
                } catch (DatabaseException e) {
                    unseen.add(table);
                }
            }
        }
        return new Found(List.copyOf(suspicious), List.copyOf(unseen));
    }

    private Optional<Suspicious> look(Column column, int seconds) throws Exception {
        List<FileSource> declared = sources.stream()
                .filter(source -> source.column().table().equals(column.table())
                        && source.column().name().equals(column.name()))
                .toList();
        List<String> contents = new ArrayList<>();
        String expression = dialect.column("m", column);
        Sql some = Sql.of("SELECT " + expression + " FROM "
                + HostTables.table(dialect, catalogue.schema(), column.table()) + " m WHERE " + expression
                + " IS NOT NULL LIMIT " + SAMPLE);
        read(some, seconds, contents, column);
        Map<String, Set<String>> meant = new LinkedHashMap<>();
        for (String content : contents) {
            Set<String> candidates = candidates(content);
            declared.forEach(source -> candidates.removeAll(source.names(content)));
            meant.put(content, candidates);
        }
        Set<String> all = new LinkedHashSet<>();
        meant.values().forEach(all::addAll);
        Set<String> there = existing(all);
        List<String> hits = meant.entrySet().stream()
                .filter(entry -> entry.getValue().stream().anyMatch(there::contains))
                .map(Map.Entry::getKey)
                .toList();
        return hits.isEmpty()
                ? Optional.empty()
                : Optional.of(new Suspicious(
                        column.table(),
                        column.name(),
                        !declared.isEmpty(),
                        hits.size(),
                        meant.size(),
                        Objects.requireNonNull(meant.get(hits.get(0))).stream()
                                .filter(there::contains)
                                .findFirst()
                                .orElse("")));
    }

    private void read(Sql some, int seconds, List<String> contents, Column column) {
        session.orUndo(() -> {
            session.each(some, seconds, row -> {
                String content = column.text(row, 1);
                return content != null
                        && contents.add(content.length() > LONGEST ? content.substring(0, LONGEST) : content);
            });
            return true;
        });
    }

    private Set<String> existing(Set<String> names) throws Exception {
        List<String> asked = List.copyOf(names);
        Set<String> there = new LinkedHashSet<>();
        for (int from = 0; from < asked.size(); from += ASKED_AT_ONCE) {
            there.addAll(existing.of(asked.subList(from, Math.min(asked.size(), from + ASKED_AT_ONCE))));
        }
        return there;
    }

    /** Names that a value could mean: itself, each word in it, and of a path or address what is left without its begin. */
    private Set<String> candidates(String content) {
        Set<String> candidates = new LinkedHashSet<>();
        Set<String> words = new LinkedHashSet<>();
        words.add(content.strip());
        JsonTexts.of(content, true).forEach(text -> {
            words.add(text);
            words.addAll(List.of(text.split("[\\s\"'()<>\\[\\]]+", -1)));
        });
        for (String word : words) {
            for (FileSource source : sources) {
                if (source.isAsked() && !word.isEmpty()) {
                    candidates.addAll(source.naming().names(word));
                }
            }
            String rest = word.replaceFirst("[?#].*", "");
            candidates.add(word);
            while (!rest.isEmpty()) {
                candidates.add(rest);
                int slash = rest.indexOf('/');
                rest = slash < 0 ? "" : rest.substring(slash + 1);
            }
            if (candidates.size() > MOST_OF_A_VALUE) {
                break;
            }
        }
        candidates.removeIf(name -> !FileNames.isName(name));
        return candidates;
    }
}
