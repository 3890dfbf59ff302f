package io.chatty.maintenance.examples.chat.history;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    @Override
    public List<IrcLog> logs() {
        return files.stream().flatMap(file -> IrcLog.of(file).stream()).toList();
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
            Optional<IrcLog> log = IrcLog.of(file);
            if (log.isEmpty()) {
                writer.countBadFile();
                continue;
            }
            writer.countFile();
            new Slice(writer, log.get()).read();
        }
    }

    /** One file while it is read: its clock, and who has spoken in it. */
    private final class Slice {

        private final HistoryWriter writer;
        private final IrcLog log;
        private final IrcClock clock;
        private final Map<String, Long> addressable = new HashMap<>();

        Slice(HistoryWriter writer, IrcLog log) {
            this.writer = writer;
            this.log = log;
            this.clock = new IrcClock(log.day());
        }

        void read() throws IOException, SQLException {
            try (LogLines lines = new LogLines(log.file())) {
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
            long sender = writer.user(line.nick());
            List<Long> mentions = MessageText.addressee(line.text())
                    .map(addressable::get)
                    .map(List::of)
                    .orElse(List.of());
            writer.message(
                    new NewMessage(room, sender, clock.moveTo(line.time()), line.text(), false, mentions, List.of()));
            if (line.isAddressable()) {
                addressable.put(line.nick(), sender);
            }
        }
    }
}
