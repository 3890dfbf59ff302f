package io.chatty.maintenance.examples.chat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Counts what is in a folder of logs, and what of it is due, by a few lines that share nothing with the example. */
final class PlainCount {

    private static final Pattern WHITE_SPACE = Pattern.compile("(?U)\\s+");
    private static final Pattern ADDRESSEE =
            Pattern.compile("^(.*?)[:,](?:\\s.*)?$", Pattern.DOTALL | Pattern.UNICODE_CHARACTER_CLASS);

    long files;
    long messages;
    long attachments;
    long mentions;
    long badLines;
    long softDeletes;
    final Set<String> nicks = new HashSet<>();

    long softDeleted;
    long expired;
    long olderThanKept;
    long deletedAttachments;
    long deletedMentions;
    Instant asOf;

    /** An address in a message. */
    record Link(long sent, String url, boolean purged) {}

    final List<Link> links = new ArrayList<>();

    private record Counted(long minute, boolean softDelete, List<String> urls, long mentions) {}

    private final List<Counted> all = new ArrayList<>();

    PlainCount(Path folder, int softDeleteEvery, Duration grace, Duration keep, Optional<Instant> wanted)
            throws IOException {
        List<Path> logs;
        try (Stream<Path> found = Files.list(folder)) {
            logs = found.filter(file -> file.toString().endsWith(".raw.txt"))
                    .sorted()
                    .toList();
        }
        for (Path log : logs) {
            files++;
            file(log, softDeleteEvery);
        }
        long newest = all.stream().mapToLong(Counted::minute).max().orElseThrow();
        asOf = wanted.orElse(Instant.ofEpochSecond(newest * 60 + 86_400));
        long now = asOf.getEpochSecond();
        for (Counted message : all) {
            long sent = message.minute * 60;
            boolean old = sent < now - keep.toSeconds();
            boolean soft = message.softDelete && sent + 86_400 < now - grace.toSeconds();
            olderThanKept += old ? 1 : 0;
            softDeleted += soft ? 1 : 0;
            expired += old && !soft ? 1 : 0;
            message.urls.forEach(url -> links.add(new Link(sent, url, old || soft)));
            if (old || soft) {
                deletedAttachments += message.urls.size();
                deletedMentions += message.mentions;
            }
        }
    }

    private void file(Path log, int softDeleteEvery) {
        String content;
        try {
            content = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long day =
                LocalDate.parse(log.getFileName().toString().substring(0, 10)).toEpochDay();
        int before = 0;
        Set<String> spoke = new HashSet<>();
        for (String line : content.split("\n", -1)) {
            if (line.isEmpty() || line.startsWith("===")) {
                continue;
            }
            // "[HH:MM] <" or "[HH:MM]  * ", by the characters' places.
            boolean said = line.length() > 9 && line.startsWith("] <", 6);
            boolean did = line.length() > 11 && line.startsWith("]  * ", 6);
            int minute = line.charAt(0) == '[' && line.charAt(3) == ':' ? minute(line.substring(1, 6)) : -1;
            int start = said ? 9 : 11;
            int end = said ? line.indexOf('>', start) : line.indexOf(' ', start);
            if (did && end < 0) {
                end = line.length();
            }
            if (!(said || did) || minute < 0 || end <= start) {
                badLines++;
                continue;
            }
            String nick = line.substring(start, end);
            String rest = line.substring(Math.min(line.length(), said ? end + 1 : end));
            String text = rest.startsWith(" ") ? rest.substring(1) : rest;
            day += minute < before ? 1 : 0;
            before = minute;
            message(day * 24 * 60 + minute, nick, text, spoke, softDeleteEvery);
        }
    }

    private static int minute(String clock) {
        try {
            LocalTime time = LocalTime.parse(clock);
            return time.getHour() * 60 + time.getMinute();
        } catch (DateTimeParseException e) {
            return -1;
        }
    }

    private void message(long minute, String nick, String text, Set<String> spoke, int softDeleteEvery) {
        messages++;
        nicks.add(nick);
        List<String> urls = new ArrayList<>();
        for (String word : WHITE_SPACE.split(text, -1)) {
            // A URL runs to the end of its word, so a word has one at most.
            int start = word.length();
            for (String scheme : List.of("http://", "https://")) {
                int at = word.indexOf(scheme);
                start = at >= 0 && at + scheme.length() < word.length() ? Math.min(start, at) : start;
            }
            if (start < word.length()) {
                urls.add(word.substring(start));
            }
        }
        Matcher matcher = ADDRESSEE.matcher(text);
        boolean mention = matcher.matches() && spoke.contains(matcher.group(1));
        if (!nick.contains(" ")) {
            spoke.add(nick);
        }
        boolean softDelete = softDeleteEvery > 0 && messages % softDeleteEvery == 0;
        attachments += urls.size();
        mentions += mention ? 1 : 0;
        softDeletes += softDelete ? 1 : 0;
        all.add(new Counted(minute, softDelete, urls, mention ? 1 : 0));
    }
}
