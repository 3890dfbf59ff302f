package io.chatty.maintenance.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What differs between two states of the settings, and whether it can change while an engine lives. */
final class Changes {

    /** What cannot, and why; the first that fits. All else can. */
    private static final Map<Pattern, String> FIXED = new LinkedHashMap<>();

    private static final String REBUILD = "; start an engine anew for it";

    static {
        fixed("engine\\.name", "JMX and the meters know it by that name");
        fixed("engine\\.claim-for", "claims that are held were asked for that time");
        fixed("engine\\.close-timeout", "who stops the engine counts on the one it started with");
        fixed("engine\\.at-least-every", "it is part of every due time that was told");
        fixed("tasks\\..+?\\.type", "a task stays what it was made as");
        fixed("tasks\\..+?\\.settings\\..+", "a task keeps what it was made with, and a run what it began with");
        fixed("policies\\..+", "a run and its preview go by the rules they began with");
        fixed("files\\..+", "its stores are open, and their references were checked at the start");
        fixed("schema\\..+", "the tables were checked at the start");
        fixed("database\\..+", "connections to it are in use");
        fixed("store\\..+", "runs that go on are kept there");
        fixed("signals\\..+", "the engine knows the signals that it was built with");
    }

    private final Settled before;
    private final Settled now;

    Changes(Settled before, Settled now) {
        this.before = before;
        this.now = now;
    }

    private static void fixed(String path, String why) {
        FIXED.put(Pattern.compile(path), why);
    }

    /** The paths whose values differ. */
    List<String> paths() {
        Set<String> all = new TreeSet<>(before.values().keySet());
        all.addAll(now.values().keySet());
        return all.stream()
                .filter(path ->
                        !Objects.equals(before.values().get(path), now.values().get(path)))
                .toList();
    }

    /** What cannot change while the engine lives, each with its path and the reason. */
    List<String> refused() {
        List<String> refused = new ArrayList<>();
        Set<String> tasks = tasks(before);
        Set<String> tasksNow = tasks(now);
        tasks.stream()
                .filter(task -> !tasksNow.contains(task))
                .forEach(
                        task -> refused.add(
                                Problems.path("tasks", task)
                                        + ": taken away; a task stays as long as the engine, pause it instead, or start an engine anew"));
        tasksNow.stream()
                .filter(task -> !tasks.contains(task))
                .forEach(task -> refused.add(
                        Problems.path("tasks", task) + ": added; an engine has the tasks it was built with" + REBUILD));
        for (String path : paths()) {
            boolean ofBoth = !path.startsWith("tasks.")
                    || tasks.stream()
                            .filter(tasksNow::contains)
                            .anyMatch(task -> path.startsWith(Problems.path("tasks", task) + "."));
            if (ofBoth) {
                why(path)
                        .ifPresent(reason ->
                                refused.add(path + ": " + text(path) + ", which cannot change: " + reason + REBUILD));
            }
        }
        return refused;
    }

    /** The value before and now, without what is secret. */
    String text(String path) {
        return before.text(path) + " before, " + now.text(path) + " now";
    }

    private static Optional<String> why(String path) {
        return FIXED.entrySet().stream()
                .filter(fixed -> fixed.getKey().matcher(path).matches())
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** The names of the tasks: each has a type. */
    private static Set<String> tasks(Settled settled) {
        return settled.values().keySet().stream()
                .filter(path -> path.matches("tasks\\.[^.]+\\.type|tasks\\.\".+\"\\.type"))
                .map(path -> path.substring("tasks.".length(), path.length() - ".type".length()))
                .map(name -> name.startsWith("\"") ? name.substring(1, name.length() - 1) : name)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
