package io.chatty.maintenance.engine;

import java.time.LocalDateTime;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A random cron expression, and what it means: made together, so that nothing has to be parsed. */
record RandomCron(Field minute, Field hour, Field day, Field month, Field weekday) {

    private static final List<String> WEEKDAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    /** One field: its text, the values that it stands for, and whether a wildcard, range or step is in it. */
    record Field(String text, NavigableSet<Integer> values, boolean interval) {
        boolean begins() {
            return text.startsWith("*");
        }

        static Field any(int min, int max) {
            return new Field(
                    "*", new TreeSet<>(IntStream.rangeClosed(min, max).boxed().toList()), true);
        }

        static Field random(Random random, int min, int max) {
            int step = 1 + random.nextInt(max - min);
            return switch (random.nextInt(6)) {
                case 0 -> any(min, max);
                case 1 -> stepped("*/" + step, min, max, step);
                case 2 -> stepped(null, min + random.nextInt(max - min), max, step);
                default -> {
                    Field list = item(random, min, max);
                    while (random.nextInt(3) == 0) {
                        Field more = item(random, min, max);
                        list.values.addAll(more.values);
                        list = new Field(list.text + "," + more.text, list.values, list.interval || more.interval);
                    }
                    yield list;
                }
            };
        }

        /** A number or a range. */
        private static Field item(Random random, int min, int max) {
            int from = min + random.nextInt(max - min + 1);
            int to = from + random.nextInt(max - from + 1);
            return switch (random.nextInt(4)) {
                case 0 -> stepped(from + "-" + to, from, to, 1);
                case 1 -> stepped(from + "-" + to + "/2", from, to, 2);
                default -> new Field("" + from, new TreeSet<>(List.of(from)), false);
            };
        }

        private static Field stepped(@Nullable String text, int from, int to, int step) {
            NavigableSet<Integer> values = new TreeSet<>();
            for (int value = from; value <= to; value += step) {
                values.add(value);
            }
            return new Field(text == null ? from + "/" + step : text, values, true);
        }
    }

    /** One whose hours are mostly those in which clocks leap. */
    static RandomCron nightly(Random random) {
        Field hour = random.nextInt(3) == 0 ? Field.random(random, 0, 23) : Field.random(random, 0, 4);
        if (hour.text.contains("*") || hour.text.contains("/")) { // their end is the end of the day
            hour = Field.random(random, 0, 23);
        }
        return new RandomCron(
                Field.random(random, 0, 59),
                hour,
                random.nextInt(4) == 0 ? Field.random(random, 1, 31) : Field.any(1, 31),
                Field.any(1, 12),
                random.nextInt(4) == 0 ? Field.random(random, 0, 7) : Field.any(0, 7));
    }

    /** One that uses all its fields. */
    static RandomCron anywhere(Random random) {
        while (true) {
            RandomCron cron = new RandomCron(
                    Field.random(random, 0, 59),
                    Field.random(random, 0, 23),
                    random.nextBoolean() ? Field.random(random, 1, 31) : Field.any(1, 31),
                    random.nextInt(3) == 0 ? Field.random(random, 1, 12) : Field.any(1, 12),
                    random.nextBoolean() ? Field.random(random, 0, 7) : Field.any(0, 7));
            // the 31st of no month that has one, say, never comes
            if (cron.day.values.first() <= 28) {
                return cron;
            }
        }
    }

    /** Whether a day fits either of its two fields; else it has to fit both. */
    boolean eitherDay() {
        return !day.begins() && !weekday.begins();
    }

    /** Whether it is for an interval rather than for fixed times of the day. */
    boolean isInterval() {
        return minute.interval || hour.interval;
    }

    boolean isEveryHour() {
        return hour.interval && hour.values.size() == 24;
    }

    boolean fits(LocalDateTime time) {
        int fromMonday = time.getDayOfWeek().getValue();
        boolean dayFits = day.values.contains(time.getDayOfMonth());
        boolean weekdayFits = weekday.values.contains(fromMonday) || weekday.values.contains(fromMonday % 7);
        return minute.values.contains(time.getMinute())
                && hour.values.contains(time.getHour())
                && month.values.contains(time.getMonthValue())
                && (eitherDay() ? dayFits || weekdayFits : dayFits && weekdayFits);
    }

    /** The days of the week by name, which mean the same in every dialect. */
    String weekdayNames() {
        return weekday.values.stream()
                .map(day -> WEEKDAYS.get(day % 7))
                .distinct()
                .collect(Collectors.joining(","));
    }

    @Override
    public String toString() {
        return String.join(" ", minute.text, hour.text, day.text, month.text, weekday.text);
    }
}
