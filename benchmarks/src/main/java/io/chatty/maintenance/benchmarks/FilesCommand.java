package io.chatty.maintenance.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Measures how fast a tree of files is compared with what refers to them: by find, sort and comm, and by the sweep. The sweep runs
 * in JVMs of their own, with the heap that is given.
 */
@Command(
        name = "files",
        description =
                "Compares a tree of files with a list of references, by find | sort | comm and by FileSweep, in turn.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class FilesCommand implements Callable<Integer> {

    @Option(names = "--count", required = true, description = "how many files, 1000 to 20000000")
    private int count;

    @Option(names = "--repetitions", defaultValue = "5", description = "1 to 100 (default 5)")
    private int repetitions;

    @Option(names = "--heap", defaultValue = "256", description = "heap of the sweep in MB, 32 to 8192 (default 256)")
    private int heap;

    @Option(
            names = "--flat",
            defaultValue = "2000000",
            description =
                    "how many files in one directory, to be swept with the same heap; 0 for none (default 2000000)")
    private int flat;

    @Option(names = "--folder", description = "where to make the trees (default: the system's temporary folder)")
    private @Nullable Path folder;

    @Spec
    @SuppressWarnings("NullAway.Init") // set before call()
    private CommandSpec spec;

    FilesCommand() {}

    @Override
    public Integer call() throws Exception {
        require(count >= 1_000 && count <= 20_000_000, "--count", count, "1000 to 20000000");
        require(repetitions >= 1 && repetitions <= 100, "--repetitions", repetitions, "1 to 100");
        require(heap >= 32 && heap <= 8192, "--heap", heap, "32 to 8192");
        require(flat >= 0 && flat <= 20_000_000, "--flat", flat, "0 to 20000000");
        Path given = folder;
        Path work = given == null
                ? Files.createTempDirectory("files-benchmark")
                : Files.createTempDirectory(given, "files-benchmark");
        try {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("benchmark", "files");
            json.put("count", count);
            json.put("heapMb", heap);
            json.put("repetitions", repetitions);
            measure(work, json);
            System.out.println(new ObjectMapper().writeValueAsString(json));
        } finally {
            System.out.println("Removing the trees ...");
            Folders.delete(work);
        }
        return 0;
    }

    private void require(boolean allowed, String option, int value, String range) {
        if (!allowed) {
            throw new ParameterException(spec.commandLine(), option + ": " + value + " given, " + range + " allowed");
        }
    }

    private void measure(Path work, Map<String, Object> json) throws Exception {
        System.out.printf("Making %,d files and a list of what refers to them ...%n", count);
        FileTree tree = FileTree.make(work.resolve("tree"), count, false);
        List<JsonNode> list = scans("list", tree, "-");
        json.put("secondsFindSortComm", median(list, "shellSeconds"));
        json.put("seconds", median(list, "seconds"));
        json.put("ratioToFindSortComm", Report.rounded(ratio(list)));
        json.put("peakHeapMb", peak(list));
        System.out.println("Starting PostgreSQL and loading the references ...");
        try (PostgresServer server = PostgresServer.start()) {
            tree.load(server.template());
            json.put("settings", server.settings());
            List<JsonNode> database = scans("database", tree, server.url());
            json.put("secondsWithDatabase", median(database, "seconds"));
            json.put("peakHeapMbWithDatabase", peak(database));
        }
        System.out.printf("A store that makes up %,d files ...%n", 10L * count);
        json.put("peakHeapMbTenTimes", peak(scans("made-up", tree, Long.toString(10L * count))));
        if (flat > 0) {
            System.out.printf("Making %,d files in one directory ...%n", flat);
            List<JsonNode> inOne = scans("list", FileTree.make(work.resolve("flat"), flat, true), "-");
            json.put("flat", flat);
            json.put("secondsFlat", median(inOne, "seconds"));
            json.put("ratioToFindSortCommFlat", Report.rounded(ratio(inOne)));
            json.put("peakHeapMbFlat", peak(inOne));
        }
    }

    /** Scans in a JVM with the heap that is given, and gives what it says of each scan. */
    private List<JsonNode> scans(String mode, FileTree tree, String more) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap + "m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FileScan.class.getName(),
                        mode,
                        tree.root().toString(),
                        tree.list().toString(),
                        Long.toString(tree.references()),
                        Integer.toString(repetitions),
                        more)
                .redirectErrorStream(true)
                .start();
        List<JsonNode> scans = new ArrayList<>();
        StringBuilder others = new StringBuilder();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{")) {
                    System.out.println("  " + line);
                    scans.add(new ObjectMapper().readTree(line));
                } else {
                    others.append(line).append(System.lineSeparator());
                }
            }
        }
        if (process.waitFor() != 0 || scans.size() != repetitions) {
            throw new IllegalStateException(
                    "the scan \"" + mode + "\" ended with " + process.exitValue() + ": " + others);
        }
        return scans;
    }

    private static double median(List<JsonNode> scans, String field) {
        return Report.rounded(Report.median(
                scans.stream().map(scan -> scan.get(field).asDouble()).toList()));
    }

    private static double ratio(List<JsonNode> scans) {
        return Report.median(scans.stream()
                .map(scan -> scan.get("seconds").asDouble()
                        / scan.get("shellSeconds").asDouble())
                .toList());
    }

    private static double peak(List<JsonNode> scans) {
        return scans.stream()
                .mapToDouble(scan -> scan.get("liveHeapMb").asDouble())
                .max()
                .orElseThrow();
    }
}
