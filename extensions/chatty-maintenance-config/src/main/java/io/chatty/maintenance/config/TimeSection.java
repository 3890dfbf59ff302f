package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatSchema.Time;
import io.chatty.maintenance.jdbc.TimeKind;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A column that tells a time: its name, if it has a time zone, or an object that says how it tells it. */
final class TimeSection {

    private enum ColumnKind {
        ZONED,
        LOCAL,
        EPOCH_MILLIS,
        EPOCH_SECONDS,
        EPOCH_MILLIS_TEXT,
        TEXT
    }

    private TimeSection() {}

    /** The time; empty if it is not set, or was noted as a problem. */
    static Optional<Time> read(Section in, String key) {
        if (in.isSection(key)) {
            return read(in.section(key));
        }
        return in.get(key, Kind.TEXT).map(column -> new Time(column, TimeKind.zoned()));
    }

    /** One of them, or a list of objects: those that could be read. */
    static List<Time> readAll(Section in, String key) {
        if (in.isList(key)) {
            return in.sections(key).stream()
                    .map(TimeSection::read)
                    .flatMap(Optional::stream)
                    .toList();
        }
        return read(in, key).stream().toList();
    }

    private static Optional<Time> read(Section time) {
        Optional<String> column = time.required("column", Kind.TEXT, "the name of the column");
        boolean told = time.has("kind");
        Optional<ColumnKind> kind = time.get("kind", Kind.oneOf(ColumnKind.class));
        Optional<ZoneId> zone = time.get("zone", Kind.ZONE);
        Optional<String> pattern = time.get("pattern", Kind.TEXT);
        Optional<Integer> digits = time.get("digits", Kind.COUNT);
        if (kind.isPresent() || !told) {
            ColumnKind of = kind.orElse(ColumnKind.ZONED);
            belongs(
                    time,
                    "zone",
                    of == ColumnKind.LOCAL || of == ColumnKind.TEXT,
                    "a local time needs the zone whose clock it shows, such as Europe/Berlin",
                    "only kind = local and kind = text have one");
            belongs(
                    time,
                    "pattern",
                    of == ColumnKind.TEXT,
                    "a time as text needs its pattern, such as uuuu-MM-dd HH:mm:ss",
                    "only kind = text has one");
            belongs(
                    time,
                    "digits",
                    of == ColumnKind.EPOCH_MILLIS_TEXT,
                    "milliseconds as text need how many digits each has, such as 15",
                    "only kind = epoch-millis-text has them");
        }
        time.end();
        if (column.isEmpty() || (told && kind.isEmpty())) {
            return Optional.empty();
        }
        AtomicReference<@Nullable TimeKind> read = new AtomicReference<>();
        switch (kind.orElse(ColumnKind.ZONED)) {
            case ZONED -> read.set(TimeKind.zoned());
            case EPOCH_MILLIS -> read.set(TimeKind.epochMillis());
            case EPOCH_SECONDS -> read.set(TimeKind.epochSeconds());
            case EPOCH_MILLIS_TEXT ->
                digits.ifPresent(each -> time.attempt("digits", () -> read.set(TimeKind.epochMillisText(each))));
            case LOCAL -> zone.ifPresent(known -> read.set(TimeKind.local(known)));
            case TEXT -> {
                if (zone.isPresent() && pattern.isPresent()) {
                    time.attempt("pattern", () -> read.set(TimeKind.text(pattern.get(), zone.get())));
                }
            }
        }
        return Optional.ofNullable(read.get()).map(known -> new Time(column.get(), Objects.requireNonNull(known)));
    }

    /** The key is needed by this kind, or is of no use to it. */
    private static void belongs(Section time, String key, boolean needed, String missing, String useless) {
        if (needed && !time.has(key)) {
            time.problem(key, "missing; " + missing);
        } else if (!needed && time.has(key)) {
            time.refuse(key, useless);
        }
    }
}
