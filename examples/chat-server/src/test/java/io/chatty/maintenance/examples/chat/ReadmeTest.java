package io.chatty.maintenance.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's page names what its report has. */
class ReadmeTest {

    private static final String README = "README.md";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]+) \\|");
    private static final Pattern KEY = Pattern.compile("`([^`]+)`");

    @Test
    void its_table_has_each_key_of_the_report_and_no_other(@TempDir Path temp) throws Exception {
        Files.writeString(temp.resolve("2015-01-01.raw.txt"), "[10:13] <ann> x\n");
        Path report = temp.resolve("report.json");
        Ran ran = Ran.command("--history", temp.toString(), "--report", report.toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        Set<String> keys = new TreeSet<>(Set.of("run.detail")); // there when a run fails
        collect("", new ObjectMapper().readTree(report.toFile()), keys);
        keys.removeIf(key -> key.startsWith("deleted.children.") || key.startsWith("deleted.orphans."));
        assertThat(documented()).isEqualTo(keys);
    }

    private static void collect(String path, JsonNode node, Set<String> keys) {
        if (!node.isObject() || path.matches("preview.expiredByPolicy|run.counts")) {
            keys.add(path); // of these two the fields are policies and counts
        }
        if (!keys.contains(path)) {
            node.properties()
                    .forEach(field -> collect(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), keys));
        }
    }

    private static Set<String> documented() throws Exception {
        String readme = Files.readString(Path.of(README));
        Set<String> keys = new TreeSet<>();
        for (MatchResult row : ROW.matcher(readme.substring(readme.indexOf("## The report")))
                .results()
                .toList()) {
            String before = "";
            for (MatchResult key : KEY.matcher(row.group(1)).results().toList()) {
                String given = key.group(1).replaceAll("\\.$", "");
                String name = given.startsWith(".") ? before + given : given;
                keys.add(name);
                before = name.contains(".") && before.isEmpty() ? name.substring(0, name.lastIndexOf('.')) : before;
            }
        }
        return keys;
    }
}
