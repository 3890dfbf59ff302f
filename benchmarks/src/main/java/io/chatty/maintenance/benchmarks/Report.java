package io.chatty.maintenance.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures: a table to read, and one line of JSON.
 *
 * @param workload what was loaded
 * @param settings what the server said of itself
 * @param repetitions how often each purge was measured
 * @param workers how many transactions at once a batch of the cleanup could use
 * @param measurements all of them
 */
record Report(
        Workload workload, Map<String, String> settings, int repetitions, int workers, List<Measurement> measurements) {

    private static final String RAW = "raw delete";
    private static final String USUAL = "usual loop";
    private static final String PT_ARCHIVER = "pt-archiver";
    private static final String CLEANUP = "MessageCleanup";
    private static final int STATEMENTS_SHOWN = 25;

    void print(PrintStream out, boolean profile) throws JsonProcessingException {
        if (profile) {
            titles().forEach(title -> printStatements(out, title));
        }
        out.println();
        out.println(workload.database().title() + " " + settings);
        out.println(workload + "; medians of " + repetitions + ", remaining rows checked after each:");
        out.println();
        out.printf(
                "  %-15s %10s %14s %12s %12s %10s %10s %10s%n",
                "", "seconds", "messages/s", "x raw speed", "x usual", "p50 ms", "p99 ms", "max ms");
        for (String title : titles()) {
            out.printf(
                    "  %-15s %10.2f %,14.0f %12.2f %12s %10s %10s %10s%n",
                    title,
                    median(seconds(title)),
                    median(rowsPerSecond(title)),
                    median(ratios(RAW, title)),
                    has(USUAL) ? String.format("%.2f", median(ratios(USUAL, title))) : "-",
                    shownMillis(title, 0.50),
                    shownMillis(title, 0.99),
                    shownMillis(title, 1));
        }
        out.println("  (p50, p99, max: of the committed transactions of all repetitions)");
        out.println();
        out.println(new ObjectMapper().writeValueAsString(json()));
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("benchmark", "purge");
        json.put("database", workload.database().id());
        json.put("rows", workload.rows());
        json.put("due", (double) workload.dueRows() / workload.rows());
        json.put("rooms", workload.rules().rooms());
        json.put("rules", workload.shape().ruledRooms() > 0 ? workload.shape().ruledRooms() : 1);
        json.put("pinned", workload.shape().pinned());
        json.put("foreignKeys", workload.shape().foreignKeys());
        json.put("snapshotHeld", workload.shape().snapshotHeld());
        json.put("workers", workers);
        json.put("repetitions", repetitions);
        json.put("deletedMessages", workload.dueRows());
        json.put("rowsPerSecond", rounded(median(rowsPerSecond(CLEANUP))));
        json.put("ratioToRawDelete", rounded(median(ratios(RAW, CLEANUP))));
        if (has(USUAL)) {
            json.put("ratioToUsualLoop", rounded(median(ratios(USUAL, CLEANUP))));
        }
        if (has(PT_ARCHIVER)) {
            json.put("ratioToPtArchiver", rounded(median(ratios(PT_ARCHIVER, CLEANUP))));
        }
        json.put("batchMillisP50", rounded(transactionMillis(CLEANUP, 0.50)));
        json.put("batchMillisP99", rounded(transactionMillis(CLEANUP, 0.99)));
        json.put("batchMillisMax", rounded(transactionMillis(CLEANUP, 1)));
        Map.of(RAW, "rawSeconds", USUAL, "usualSeconds", PT_ARCHIVER, "ptArchiverSeconds", CLEANUP, "cleanupSeconds")
                .forEach((title, name) -> {
                    if (has(title)) {
                        json.put(
                                name,
                                seconds(title).stream().map(Report::rounded).toList());
                    }
                });
        json.put(
                "countingSeconds",
                of(CLEANUP).stream()
                        .map(it -> rounded(it.secondsUntilConfirmed()))
                        .toList());
        json.put("settings", settings);
        return json;
    }

    private void printStatements(PrintStream out, String title) {
        Map<String, Probe.StatementTime> sums = new LinkedHashMap<>();
        of(title).stream()
                .flatMap(measurement -> measurement.statements().stream())
                .forEach(time -> sums.merge(
                        time.sql(),
                        time,
                        (a, b) -> new Probe.StatementTime(a.sql(), a.count() + b.count(), a.nanos() + b.nanos())));
        List<Probe.StatementTime> sorted = new ArrayList<>(sums.values());
        sorted.sort((a, b) -> Long.compare(b.nanos(), a.nanos()));
        double wall = seconds(title).stream().mapToDouble(s -> s).sum() * 1e3;
        double inDatabase =
                sorted.stream().mapToLong(Probe.StatementTime::nanos).sum() / 1e6;
        out.printf("%n%s, all repetitions: %.0f ms, of which %.0f ms in JDBC calls:%n", title, wall, inDatabase);
        sorted.stream()
                .limit(STATEMENTS_SHOWN)
                .forEach(time -> out.printf(
                        "  %10.1f ms %,9d x  %s%n",
                        time.nanos() / 1e6,
                        time.count(),
                        time.sql().length() > 400 ? time.sql().substring(0, 400) + "..." : time.sql()));
    }

    private List<Measurement> of(String title) {
        return measurements.stream()
                .filter(measurement -> measurement.purge().title().equals(title))
                .toList();
    }

    private List<Double> seconds(String title) {
        return of(title).stream().map(Measurement::seconds).toList();
    }

    private List<Double> rowsPerSecond(String title) {
        return of(title).stream().map(Measurement::rowsPerSecond).toList();
    }

    /** How many times as fast as the base each repetition was. */
    private List<Double> ratios(String base, String title) {
        List<Double> bases = seconds(base);
        List<Double> own = seconds(title);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            ratios.add(bases.get(i) / own.get(i));
        }
        return ratios;
    }

    /** What was measured, in the order of their turns. */
    private List<String> titles() {
        return measurements.stream().map(it -> it.purge().title()).distinct().toList();
    }

    private boolean has(String title) {
        return titles().contains(title);
    }

    /** Another process commits unseen. */
    private String shownMillis(String title, double quantile) {
        boolean seen = of(title).stream().anyMatch(it -> !it.transactionNanos().isEmpty());
        return seen ? String.format("%.1f", transactionMillis(title, quantile)) : "-";
    }

    private double transactionMillis(String title, double quantile) {
        List<Long> sorted = of(title).stream()
                .flatMap(measurement -> measurement.transactionNanos().stream())
                .sorted()
                .toList();
        if (sorted.isEmpty()) {
            throw new IllegalStateException(title + " committed no transaction");
        }
        int rank = (int) Math.ceil(quantile * sorted.size()); // the nearest rank
        return sorted.get(Math.max(rank, 1) - 1) / 1e6;
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static double rounded(double value) {
        return new BigDecimal(value).round(new MathContext(4)).doubleValue();
    }
}
