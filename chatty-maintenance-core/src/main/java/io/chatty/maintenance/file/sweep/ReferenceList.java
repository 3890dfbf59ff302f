package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.OrderedReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.file.order.ByteOrder;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * References in a file: names of files, one a line, in UTF-8, sorted as {@code LC_ALL=C sort} does, each line ended by a line
 * feed. One may be there several times.
 *
 * <p><b>The list has to be young.</b> What is referred to after it was written is not in it, and would be an orphan as soon as it is
 * old enough: the list must be written anew for each run, and the grace of the sweep be twice as long as the list is old, which the
 * sweep looks at.
 *
 * <p>The list has to be whole: the number of its lines is given, or stands in a last line {@code # complete 12345}, taken from where
 * the names come from. It is read once from beginning to end before anything is answered, and again when it has changed. One that is
 * cut off, has another number of lines, or is not in order, is refused with a {@link MaintenanceException} that names the line.
 * Write a new list beside it, and rename it: a list that changes while it is read ends the run.
 *
 * <p>Of 64 KiB of the list, one name is held in memory. Thread-safe.
 */
public final class ReferenceList implements OrderedReferences {

    private final String name;
    private final Path path;
    private final OptionalLong lines;
    private final InstantSource clock;
    private @Nullable ListIndex index; // guarded by this

    private ReferenceList(String name, Path path, OptionalLong lines, InstantSource clock) {
        if (name.isEmpty() || name.length() > 100) {
            throw new IllegalArgumentException("name: " + name.length() + " characters given, 1 to 100 allowed");
        }
        this.name = name;
        this.path = Objects.requireNonNull(path, "path");
        this.lines = lines;
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * A list whose last line says how many names are before it, as {@code # complete 12345}.
     *
     * @param name what the source is called, see {@link io.chatty.maintenance.file.FileReferences#name}
     */
    public static ReferenceList of(String name, Path path) {
        return of(name, path, InstantSource.system());
    }

    /** The same with a clock, by which it is told how old the list is. */
    public static ReferenceList of(String name, Path path, InstantSource clock) {
        return new ReferenceList(name, path, OptionalLong.empty(), clock);
    }

    /** A list of so many lines, each of which is a name. */
    public static ReferenceList of(String name, Path path, long lines) {
        if (lines < 0) {
            throw new IllegalArgumentException("lines: " + lines + " given, must not be negative");
        }
        return new ReferenceList(name, path, OptionalLong.of(lines), InstantSource.system());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> problems() {
        return Files.isReadable(path)
                ? List.of()
                : List.of("references " + name + ": there is no list " + path + " that can be read; write it");
    }

    /** How old the list is: nothing that was referred to since is in it. */
    @Override
    public Optional<Duration> oldestTransaction() throws IOException {
        Duration age = Duration.between(Files.getLastModifiedTime(path).toInstant(), clock.instant());
        return Optional.of(age.isNegative() ? Duration.ZERO : age);
    }

    @Override
    public List<String> between(String after, String upTo) throws IOException {
        ListIndex known = index();
        List<String> names = new ArrayList<>();
        try (FileChannel channel = open()) {
            ListLines lines = known.from(channel, after);
            String next = lines.next();
            while (next != null && ByteOrder.compare(next, after) <= 0) {
                next = lines.next();
            }
            long sure = known.before(upTo);
            while (next != null && (lines.offset() <= sure || ByteOrder.compare(next, upTo) <= 0)) {
                names.add(next);
                next = lines.next();
            }
        }
        known.checkUnchanged(path);
        return names;
    }

    @Override
    public Set<String> find(Collection<String> names) throws IOException {
        ListIndex known = index();
        List<String> sorted = new ArrayList<>(names);
        sorted.sort(ByteOrder::compare);
        Set<String> found = new HashSet<>();
        try (FileChannel channel = open()) {
            ListLines lines = known.from(channel, "");
            String next = lines.next();
            for (String wanted : sorted) {
                if (known.before(wanted) >= lines.offset()) {
                    lines = known.from(channel, wanted);
                    next = lines.next();
                }
                while (next != null && ByteOrder.compare(next, wanted) < 0) {
                    next = lines.next();
                }
                if (wanted.equals(next)) {
                    found.add(wanted);
                }
            }
        }
        known.checkUnchanged(path);
        return found;
    }

    @Override
    public ReferencePage page(Optional<Cursor> position, int most) throws IOException {
        ListIndex known = index();
        List<FileReference> references = new ArrayList<>();
        ReferencePage page;
        try (FileChannel channel = open()) {
            ListLines lines = known.at(channel, position);
            String next = "";
            while (next != null && references.size() < most) {
                next = lines.next();
                if (next != null) {
                    references.add(FileReference.of(next, "line " + lines.number() + " of " + path));
                }
            }
            page = next == null
                    ? ReferencePage.complete(references, known.lines())
                    : ReferencePage.more(references, known.cursor(lines));
        }
        known.checkUnchanged(path);
        return page;
    }

    /** Opens the list. It is the one that is known if that was unchanged before, and is after. */
    private FileChannel open() throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    private synchronized ListIndex index() throws IOException {
        ListIndex known = index;
        if (known == null || known.isChanged(path)) {
            known = ListIndex.read(path, lines, "references " + name + ": list " + path);
            index = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return "ReferenceList[" + name + " in " + path + "]";
    }
}
