package io.chatty.maintenance.examples.chat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who was there by a folder of logs, by the rule that the README states: in stretches of half minutes, of which the odd ones lie between
 * full minutes, by a few lines that share nothing with the example.
 */
final class PlainPresence {

    private static final Pattern LINE = Pattern.compile("\\[([01]\\d|2[0-3]):([0-5]\\d)](?: <([^>]+)>|  \\* (\\S+)).*"
            + "|=== (.*\\S) +\\[.*\\] +has joined #\\S* *"
            + "|=== (.*?\\S) +is now known as (.+)");
    private static final long STAYS = 30;

    long joins;
    long onlineAtEnd;
    long events;

    /** Half minutes from the first to before the last. */
    private record Stretch(long from, long to) {}

    private record Line(long minute, String nick, String formerly) {}

    private final Map<String, List<Stretch>> online = new HashMap<>();
    private long end;

    PlainPresence(Path folder) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            for (Path log :
                    found.filter(file -> file.toString().endsWith(".raw.txt")).toList()) {
                stretches(lines(log));
            }
        }
        for (List<Stretch> stretches : online.values()) {
            stretches.sort(Comparator.comparing(Stretch::from));
            long until = Long.MIN_VALUE;
            for (Stretch stretch : stretches) {
                if (stretch.from == stretch.to) {
                    continue;
                }
                if (stretch.from > until) {
                    events += until == Long.MIN_VALUE ? 1 : 2; // comes, and went before
                }
                until = Math.max(until, stretch.to);
            }
            boolean there = until > 2 * end;
            onlineAtEnd += there ? 1 : 0;
            events += there || until == Long.MIN_VALUE ? 0 : 1;
        }
    }

    /** As the report has them. */
    Map<String, Long> expected() {
        return Map.of("presence.joins", joins, "presence.onlineAtEnd", onlineAtEnd, "presence.events", events);
    }

    private List<Line> lines(Path log) throws IOException {
        List<Line> lines = new ArrayList<>();
        long day =
                LocalDate.parse(log.getFileName().toString().substring(0, 10)).toEpochDay() * 1440;
        long minute = -1;
        for (String text : new String(Files.readAllBytes(log), StandardCharsets.UTF_8).split("\n", -1)) {
            Matcher line = LINE.matcher(text);
            if (!line.matches()) {
                continue;
            }
            String nick = Stream.of(3, 4, 5, 7)
                    .map(line::group)
                    .filter(given -> given != null)
                    .findFirst()
                    .orElseThrow();
            if (line.group(1) != null) {
                long shown = Long.parseLong(line.group(1)) * 60 + Long.parseLong(line.group(2));
                day += shown < minute ? 1440 : 0;
                minute = shown;
            }
            joins += line.group(5) == null ? 0 : 1;
            String formerly = line.group(6) == null ? "" : line.group(6).replace(" ", "");
            lines.add(new Line(minute < 0 ? -1 : day + minute, nick.replace(" ", ""), formerly));
        }
        long first = lines.stream()
                .mapToLong(Line::minute)
                .filter(known -> known >= 0)
                .findFirst()
                .orElse(day);
        lines.replaceAll(line -> line.minute < 0 ? new Line(first, line.nick, line.formerly) : line);
        return lines;
    }

    /** What one log tells. A stretch that a line of the nick goes on is made longer; a nick change ends it. */
    private void stretches(List<Line> lines) {
        Map<String, Stretch> open = new TreeMap<>();
        for (Line line : lines) {
            if (!line.formerly.isEmpty()) {
                Stretch moved = open.remove(line.formerly);
                if (moved == null) {
                    continue;
                }
                keep(line.formerly, new Stretch(moved.from, 2 * line.minute));
            }
            Stretch before = open.get(line.nick);
            open.put(
                    line.nick,
                    new Stretch(before == null ? 2 * line.minute : before.from, 2 * (line.minute + STAYS) + 1));
            end = Math.max(end, line.minute);
        }
        open.forEach(this::keep);
    }

    private void keep(String nick, Stretch stretch) {
        online.computeIfAbsent(nick, none -> new ArrayList<>()).add(stretch);
    }
}
