package io.chatty.maintenance.examples.chat.history;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A channel's past, from a folder of its raw logs. */
public final class IrcLogs implements History {

    private static final String ENDING = ".raw.txt";
    private static final String FOLDER_ENDING = "-irc";

    private final Path folder;
    private final String room;
    private final List<Path> files;

    private IrcLogs(Path folder, String room, List<Path> files) {
        this.folder = folder;
        this.room = room;
        this.files = List.copyOf(files);
    }

    /** The logs directly in that folder, in the order of their names; there may be none. */
    public static IrcLogs in(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (name(entry).endsWith(ENDING) && Files.isRegularFile(entry)) {
                    files.add(entry);
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        files.sort(Comparator.comparing(IrcLogs::name));
        return new IrcLogs(folder, roomOf(folder.toRealPath()), files);
    }

    private static String roomOf(Path folder) {
        String name = name(folder);
        return "#" + (name.endsWith(FOLDER_ENDING) ? name.substring(0, name.length() - FOLDER_ENDING.length()) : name);
    }

    private static String name(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    /** Whether there is no log at all. */
    public boolean isEmpty() {
        return files.isEmpty();
    }

    /** The room that the messages go to. */
    public String room() {
        return room;
    }

    @Override
    public String title() {
        return "IRC logs of " + room + " from " + folder;
    }

    @Override
    public void writeTo(HistoryWriter writer) throws IOException, SQLException {
        writer.room(room, "Imported from " + files.size() + " log files");
        for (Path file : files) {
            Optional<LocalDate> date = dateIn(name(file));
            if (date.isEmpty()) {
                writer.countBadFile();
                continue;
            }
            writer.countFile();
            new Slice(writer, date.get()).read(file);
        }
    }

    private static Optional<LocalDate> dateIn(String name) {
        try {
            return Optional.of(LocalDate.parse(name.substring(0, Math.min(10, name.length()))));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** One file while it is read: its clock, and who has spoken in it. */
    private final class Slice {

        private final HistoryWriter writer;
        private LocalDate date;
        private @Nullable LocalTime before;
        private final Map<String, Long> addressable = new HashMap<>();

        Slice(HistoryWriter writer, LocalDate date) {
            this.writer = writer;
            this.date = date;
        }

        void read(Path file) throws IOException, SQLException {
            try (LogLines lines = new LogLines(file)) {
                for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                    read(line.get());
                }
            }
        }

        private void read(String line) throws IOException, SQLException {
            Optional<IrcLine> message = IrcLine.parse(line);
            if (message.isPresent()) {
                write(message.get());
            } else if (!IrcLine.isNoMessage(line)) {
                writer.countBadLine();
            }
        }

        private void write(IrcLine line) throws IOException, SQLException {
            if (before != null && line.time().isBefore(before)) {
                date = date.plusDays(1);
            }
            before = line.time();
            long sender = writer.user(line.nick());
            List<Long> mentions = MessageText.addressee(line.text())
                    .map(addressable::get)
                    .map(List::of)
                    .orElse(List.of());
            writer.message(new NewMessage(
                    room,
                    sender,
                    date.atTime(line.time()).toInstant(ZoneOffset.UTC),
                    line.text(),
                    false,
                    mentions,
                    List.of()));
            if (line.isAddressable()) {
                addressable.put(line.nick(), sender);
            }
        }
    }
}
