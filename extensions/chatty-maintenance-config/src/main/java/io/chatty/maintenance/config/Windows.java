package io.chatty.maintenance.config;

import io.chatty.maintenance.schedule.Window;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** {@code windows}: by name, those that could be made. */
final class Windows {

    private final Map<String, Optional<Window>> windows = new LinkedHashMap<>();
    private final Set<String> used = new TreeSet<>();
    private final Optional<ZoneId> zone;

    private Windows(Optional<ZoneId> zone) {
        this.zone = zone;
    }

    /**
     * Reads them.
     *
     * @param zone of windows that name none
     */
    static Windows read(Section root, Optional<ZoneId> zone) {
        Windows all = new Windows(zone);
        Section section = root.section("windows");
        section.keys().forEach(name -> all.windows.put(name, all.window(section, name)));
        return all;
    }

    private Optional<Window> window(Section section, String name) {
        List<Window> parts = new ArrayList<>();
        List<Section> stretches = section.sections(name);
        if (stretches.isEmpty()) {
            section.refuse(name, "at least one { from, to } is allowed; for a task that may always run set no window");
        }
        for (Section stretch : stretches) {
            part(stretch).ifPresent(parts::add);
            stretch.end();
        }
        if (parts.isEmpty() || parts.size() < stretches.size()) {
            return Optional.empty();
        }
        try {
            return parts.stream().reduce(Window::and);
        } catch (IllegalArgumentException e) {
            section.refuse(name, "which together never close; for a task that may always run set no window");
            return Optional.empty();
        }
    }

    private Optional<Window> part(Section stretch) {
        Optional<LocalTime> from = stretch.required("from", Kind.TIME_OF_DAY, "when it opens, such as \"01:00\"");
        Optional<LocalTime> to = stretch.required("to", Kind.TIME_OF_DAY, "when it closes, such as \"05:30\"");
        Optional<ZoneId> its = zone(stretch, zone, "a window");
        int mistakes = stretch.mistakes();
        List<DayOfWeek> days =
                List.copyOf(stretch.list("days", Kind.oneOf(DayOfWeek.class)).values());
        if (stretch.has("days") && days.isEmpty() && stretch.mistakes() == mistakes) {
            stretch.refuse("days", "at least one of monday to sunday is allowed; for every day leave it out");
        }
        if (from.isPresent() && from.equals(to)) {
            stretch.refuse("to", "another time than from is allowed; for a task that may always run set no window");
        }
        if (from.isEmpty() || to.isEmpty() || its.isEmpty() || stretch.mistakes() > mistakes) {
            return Optional.empty();
        }
        Window window = Window.of(from.get(), to.get(), its.get());
        return Optional.of(
                days.isEmpty()
                        ? window
                        : window.on(days.get(0), days.subList(1, days.size()).toArray(new DayOfWeek[0])));
    }

    /** The zone of what goes by the clock. */
    static Optional<ZoneId> zone(Section section, Optional<ZoneId> otherwise, String what) {
        if (section.has("zone")) {
            return section.get("zone", Kind.ZONE);
        }
        if (otherwise.isEmpty()) {
            section.problem(
                    "zone",
                    "missing; " + what + " by the clock needs a zone, such as Europe/Berlin, here or as zone for all");
        }
        return otherwise;
    }

    /** The window that a section refers to; empty if it refers to none, or to one with a problem. */
    Optional<Window> referredTo(Section section, String key) {
        Optional<String> name = section.get(key, Kind.TEXT);
        name.ifPresent(given -> {
            used.add(given);
            if (!windows.containsKey(given)) {
                section.refuse(
                        key,
                        "one of windows is allowed: "
                                + (windows.isEmpty() ? "there are none" : String.join(", ", windows.keySet()))
                                + Nearest.hint(given, windows.keySet()));
            }
        });
        return name.flatMap(given -> windows.getOrDefault(given, Optional.empty()));
    }

    /** Notes windows that nothing refers to: a task that was to keep to one would not. */
    void noteUnused(Section root) {
        Section section = root.section("windows");
        windows.keySet().stream()
                .filter(name -> !used.contains(name))
                .forEach(name -> section.problem(
                        name, "no schedule refers to this window; say window = " + name + " in one, or take it away"));
    }
}
