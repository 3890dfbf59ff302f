package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.TaskSettings;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskRates;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntToLongFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How large batches are, and how fast they follow one another, by a clock that only the batches and the timer move. */
@Timeout(60)
class PaceTest {

    private static final Duration TARGET = Duration.ofMillis(20);

    private final Stepped stepped = new Stepped();

    /** What a batch of that many items takes, in nanoseconds; and what it counts. */
    @FunctionalInterface
    private interface Cost {
        long nanos(int items, int batch) throws Exception;
    }

    @FunctionalInterface
    private interface Counting {
        Counts of(int items);
    }

    private record Batch(int size, Instant begun, Instant ended) {
        private double ms() {
            return Duration.between(begun, ended).toNanos() / 1e6;
        }
    }

    private static final long NOT_TOLD = -1;

    private final class Sized implements MaintenanceTask {
        private final List<Batch> batches = new ArrayList<>();
        private final int count;
        private final Cost cost;
        private final Counting counting;
        private final IntToLongFunction looking;
        private IntToLongFunction operating = batch -> 0;
        private TaskRates rates = TaskRates.none();
        private int tries;

        private Sized(int count, Cost cost, Counting counting, IntToLongFunction looking) {
            this.count = count;
            this.cost = cost;
            this.counting = counting;
            this.looking = looking;
        }

        @Override
        public String name() {
            return "tidy";
        }

        @Override
        public TaskRates rates() {
            return rates;
        }

        @Override
        public BatchResult runBatch(TaskContext context) throws Exception {
            Instant begun = stepped.clock.instant();
            int size = context.batchSize();
            int number = tries++;
            long nanos = cost.nanos(size, number);
            stepped.clock.advance(Duration.ofNanos(nanos));
            batches.add(new Batch(size, begun, stepped.clock.instant()));
            BatchResult result = batches.size() == count
                    ? BatchResult.finished()
                    : BatchResult.next(new Cursor(Integer.toString(number)));
            BatchResult counted = result.with(counting.of(size)).operating(operating.applyAsLong(number));
            long looked = looking.applyAsLong(size);
            return looked == NOT_TOLD ? counted : counted.lookingAt(looked);
        }

        private List<Integer> sizes() {
            return batches.stream().map(Batch::size).toList();
        }
    }

    private static Counts examined(int items) {
        return Counts.none().plus("examined", items);
    }

    private Sized run(int count, Cost cost, Counting counting, UnaryOperator<TaskSettings.Builder> settings) {
        return run(count, cost, counting, items -> NOT_TOLD, settings);
    }

    private Sized run(
            int count,
            Cost cost,
            Counting counting,
            IntToLongFunction looking,
            UnaryOperator<TaskSettings.Builder> settings) {
        return run(new Sized(count, cost, counting, looking), settings);
    }

    private Sized run(Sized task, UnaryOperator<TaskSettings.Builder> settings) {
        MaintenanceEngine engine = stepped.timed(new InMemoryRunStore())
                .settings(s -> s.taskDefaults(settings))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        stepped.advance(Duration.ofDays(1));
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
        return task;
    }

    @ParameterizedTest
    @CsvSource({
        // per item and per batch, in microseconds
        "20,     0", // as large as the first batch
        "5,      0", // four times as large
        "5,   4000",
        "2.5, 8000",
        "60,     0", // a third
        "100, 5000",
        "33,  1234"
    })
    void the_size_comes_to_the_target_time_and_stays_there(double perItem, double perBatch) {
        Sized task =
                run(60, (items, batch) -> (long) (1000 * (perBatch + items * perItem)), PaceTest::examined, t -> t);
        assertThat(task.batches.subList(15, 59))
                .allSatisfy(batch -> assertThat(batch.ms()).isCloseTo(20, within(1.0)));
    }

    @Test
    void times_that_vary_do_not_drive_the_size_away() {
        Random random = new Random(5);
        Sized task = run(
                1000,
                (items, batch) -> (long) (items * 5000 * (0.7 + 0.6 * random.nextDouble())),
                PaceTest::examined,
                t -> t);
        assertThat(task.batches.subList(20, 1000).stream()
                        .mapToDouble(Batch::ms)
                        .average()
                        .orElseThrow())
                .isCloseTo(20, within(2.0));
        assertThat(task.batches.subList(20, 1000))
                .allSatisfy(batch -> assertThat(batch.ms()).isLessThan(40));
    }

    @Test
    void a_size_never_leaves_its_bounds_however_fast_or_slow_batches_are() {
        Sized fast = run(30, (items, batch) -> 1, PaceTest::examined, t -> t.batchSize(200, 3000));
        assertThat(fast.sizes())
                .allMatch(size -> size >= 200 && size <= 3000)
                .last()
                .isEqualTo(3000);
        Sized slow = run(30, (items, batch) -> 1_000_000_000, PaceTest::examined, t -> t.batchSize(200, 3000));
        assertThat(slow.sizes())
                .allMatch(size -> size >= 200 && size <= 3000)
                .last()
                .isEqualTo(200);
        Sized fixed = run(30, (items, batch) -> batch % 2 * 1_000_000_000L, PaceTest::examined, t -> t.batchSize(77));
        assertThat(fixed.sizes()).containsOnly(77);
    }

    @Test
    void it_grows_by_half_at_most_and_a_batch_of_over_twice_the_time_halves_it() {
        Sized task = run(
                6,
                (items, batch) -> batch == 3 ? TARGET.toNanos() * 3 : 1,
                PaceTest::examined,
                t -> t.batchSize(1, 100_000));
        assertThat(task.sizes()).containsExactly(1000, 1500, 2250, 3375, 1687, 2530);
    }

    @Test
    void a_batch_that_failed_halves_it() {
        Sized task = run(
                3,
                (items, batch) -> {
                    if (batch == 1) {
                        throw new IOException("a hiccup");
                    }
                    return TARGET.toNanos();
                },
                PaceTest::examined,
                t -> t);
        assertThat(task.sizes()).containsExactly(1000, 500, 500);
    }

    @Test
    void it_comes_back_from_one() {
        Sized task = run(
                60,
                (items, batch) -> batch < 12 ? 1_000_000_000L : items * 1_000_000L,
                PaceTest::examined,
                t -> t.batchSize(1, 1000));
        assertThat(task.sizes()).contains(1).last().isEqualTo(20);
    }

    @Test
    void a_batch_that_found_less_than_it_was_asked_for_does_not_grow_it() {
        Sized task = run(20, (items, batch) -> 1, items -> examined(items / 2), t -> t);
        assertThat(task.sizes()).containsOnly(1000);
    }

    @Test
    void counts_of_a_tasks_own_count_as_well() {
        Sized task = run(
                30,
                (items, batch) -> items * 5000L,
                items -> Counts.none().plus("expired.tokens", items).plus("bytes", items * 1_000_000L),
                t -> t);
        assertThat(task.sizes()).last().isEqualTo(4000);
        Sized limited =
                run(20, (items, batch) -> 1, items -> Counts.none().plus("expired", items), t -> t.itemsPerSecond(100));
        assertThat(secondsOf(limited)).isCloseTo(1.9, within(0.02));
    }

    @Test
    void what_a_batch_says_it_looked_at_goes_before_its_counts() {
        Sized told = run(30, (items, batch) -> items * 5000L, items -> Counts.none(), items -> (long) items, t -> t);
        assertThat(told.sizes()).last().isEqualTo(4000);
        Sized less = run(20, (items, batch) -> 1, PaceTest::examined, items -> items / 2L, t -> t);
        assertThat(less.sizes()).containsOnly(1000);
        Sized limited = run(21, (items, batch) -> 1, PaceTest::examined, items -> 100L, t -> t.itemsPerSecond(100));
        assertThat(secondsOf(limited)).isCloseTo(20, within(0.2));
    }

    /** From the first batch's begin to the last one's. */
    private static double secondsOf(Sized task) {
        return Duration.between(
                                task.batches.get(0).begun(),
                                task.batches.get(task.batches.size() - 1).begun())
                        .toNanos()
                / 1e9;
    }

    @ParameterizedTest
    @CsvSource({
        // items a second, and what an item takes, in microseconds
        "1, 10",
        "50, 10",
        "1000, 10",
        "20000, 1",
        "20000, 45"
    })
    void items_a_second_are_kept_to_on_average_whatever_the_timer_is_late_by(long rate, long perItem) {
        Sized task =
                run(300, (items, batch) -> items * perItem * 1000, PaceTest::examined, t -> t.itemsPerSecond(rate));
        long items = task.sizes().subList(0, 299).stream()
                .mapToLong(Integer::longValue)
                .sum();
        assertThat(items / secondsOf(task)).isCloseTo((double) rate, within(rate * 0.01));
        assertThat(task.sizes())
                .as("no batch has more than a tenth of a second's, or one")
                .allMatch(size -> size <= Math.max(1, rate / 10));
    }

    @Test
    void bytes_a_second_are_kept_to_and_of_two_rates_the_slower_counts() {
        Counting kilobytes = items -> examined(items).plus("bytes.files", items * 1000L);
        Sized task = run(
                200,
                (items, batch) -> 1,
                kilobytes,
                t -> t.batchSize(100).bytesPerSecond(50_000).itemsPerSecond(1000));
        assertThat(199 * 100 * 1000 / secondsOf(task)).isCloseTo(50_000, within(500.0));
        Sized other = run(
                200,
                (items, batch) -> 1,
                kilobytes,
                t -> t.batchSize(100).bytesPerSecond(50_000_000).itemsPerSecond(1000));
        assertThat(199 * 100 / secondsOf(other)).isCloseTo(1000, within(10.0));
    }

    /** Twenty batches that only look, then forty that do that much of what they look at. */
    private Sized operates(int each, TaskRates rates, UnaryOperator<TaskSettings.Builder> settings) {
        Sized task = new Sized(61, (items, batch) -> 1, PaceTest::examined, items -> NOT_TOLD);
        task.operating = number -> number < 20 ? 0 : each;
        task.rates = rates;
        return run(task, settings);
    }

    @Test
    void operations_a_second_are_kept_to_by_batches_that_have_some_and_by_no_others() {
        Sized task = operates(50, TaskRates.none(), t -> t.batchSize(1000).operationsPerSecond(100));
        assertThat(Duration.between(
                        task.batches.get(0).begun(), task.batches.get(20).begun()))
                .as("twenty that only look")
                .isLessThan(Duration.ofMillis(1));
        assertThat(secondsOf(task)).isCloseTo(40 * 50 / 100.0, within(0.01));
    }

    @Test
    void a_batch_that_follows_one_with_operations_has_a_tenth_of_a_seconds_worth_and_others_are_large() {
        Sized task = new Sized(24, (items, batch) -> 1, PaceTest::examined, items -> NOT_TOLD);
        task.operating = number -> number < 10 || number > 12
                ? 0
                : task.batches.get(task.batches.size() - 1).size() / 2;
        run(task, t -> t.batchSize(1, 20_000).operationsPerSecond(100));
        assertThat(task.sizes().subList(9, 13)).containsExactly(20_000, 20_000, 20, 20);
        assertThat(task.sizes().get(23)).isGreaterThan(1000);
    }

    @Test
    void a_tasks_own_rates_hold_where_the_settings_say_nothing() {
        assertThat(secondsOf(operates(50, TaskRates.operations(100), t -> t))).isCloseTo(20, within(0.01));
        assertThat(secondsOf(operates(50, TaskRates.operations(100), t -> t.operationsPerSecond(1000))))
                .isCloseTo(2, within(0.01));
        assertThat(secondsOf(operates(50, TaskRates.operations(100), t -> t.bytesPerSecond(1))))
                .as("the other rate")
                .isCloseTo(20, within(0.01));
        Counting kilobytes = items -> examined(items).plus("bytes.read", 1000);
        Sized reads = new Sized(11, (items, batch) -> 1, kilobytes, items -> NOT_TOLD);
        reads.rates = TaskRates.bytes(500);
        assertThat(secondsOf(run(reads, t -> t))).isCloseTo(20, within(0.01));
        Sized faster = new Sized(11, (items, batch) -> 1, kilobytes, items -> NOT_TOLD);
        faster.rates = TaskRates.bytes(500);
        assertThat(secondsOf(run(faster, t -> t.bytesPerSecond(5000)))).isCloseTo(2, within(0.01));
    }

    @Test
    void a_batch_that_is_slower_than_the_rate_waits_for_nothing() {
        Sized task = run(
                50,
                (items, batch) -> items * 2_000_000L,
                PaceTest::examined,
                t -> t.batchSize(100).itemsPerSecond(1000));
        assertThat(secondsOf(task)).isCloseTo(49 * 0.2, within(0.001));
    }

    @Test
    void what_a_pause_for_a_signal_left_unused_is_not_made_up_for_in_a_burst() {
        SetSignal load = new SetSignal("load");
        Sized task = new Sized(200, (items, batch) -> 1, PaceTest::examined, items -> NOT_TOLD);
        MaintenanceEngine engine = stepped.timed(new InMemoryRunStore())
                .settings(s -> s.taskDefaults(t -> t.batchSize(100).itemsPerSecond(1000)))
                .signal(load)
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        stepped.advance(Duration.ofSeconds(3));
        load.set(LoadReading.stop("busy"));
        stepped.advance(Duration.ofHours(1));
        int before = task.batches.size();
        load.set(LoadReading.normal("quiet"));
        stepped.advance(Duration.ofSeconds(7));
        Instant released = task.batches.get(before).begun();
        long inTwoSeconds = task.batches.stream()
                .filter(batch ->
                        !batch.begun().isBefore(released) && batch.begun().isBefore(released.plusSeconds(2)))
                .count();
        assertThat(inTwoSeconds).as("batches of 100 in two seconds").isBetween(19L, 22L);
        engine.cancel("tidy");
        assertThat(run.join().state()).isEqualTo(RunState.CANCELLED);
        engine.close();
    }
}
