package io.chatty.maintenance.examples.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The command as it ran in this process: its exit code and what it printed. */
record Ran(int exitCode, String out, String err) {

    static Ran command(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = ChatServerCommand.run(printer(out), printer(err), arguments);
        return new Ran(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static PrintStream printer(ByteArrayOutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /** All whole numbers of a report, by their path. */
    static Map<String, Long> wholeNumbers(Path report) throws IOException {
        Map<String, Long> numbers = new TreeMap<>();
        collect("", new ObjectMapper().readTree(report.toFile()), numbers);
        return numbers;
    }

    private static void collect(String path, JsonNode node, Map<String, Long> numbers) {
        if (node.isIntegralNumber()) {
            numbers.put(path, node.longValue());
        }
        node.properties()
                .forEach(field -> collect(
                        path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), numbers));
    }
}
