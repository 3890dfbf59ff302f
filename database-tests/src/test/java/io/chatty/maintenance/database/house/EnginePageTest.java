package io.chatty.maintenance.database.house;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every row of docs/engine.md names tests that exist, and no section is nearly empty. */
final class EnginePageTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Fewer rows, and a section has lost its table. */
    private static final int FEWEST_ROWS = 5;

    private static final Set<String> SECTIONS = Set.of(
            "Schedules and clocks",
            "Missed runs",
            "Overlaps",
            "Windows",
            "After another task",
            "Running and failures",
            "Load",
            "Claims and nodes",
            "Closing");

    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

    /** A row of a table: its section, its cells, and how the page has it. */
    private record Row(String section, List<String> cells, String line) {
        String last() {
            return cells.get(cells.size() - 1);
        }
    }

    @Test
    void every_row_names_tests_that_exist() throws IOException {
        List<Row> rows = rows(page());
        assertThat(problems(rows, tests(ROOT, named(rows)))).isEmpty();
    }

    @Test
    void every_section_has_rows() throws IOException {
        Map<String, Integer> sections = sections(page());
        assertThat(sections.keySet()).containsAll(SECTIONS);
        assertThat(sections)
                .allSatisfy((section, rows) -> assertThat(rows).as(section).isGreaterThanOrEqualTo(FEWEST_ROWS));
    }

    @Test
    void no_case_stands_there_twice() throws IOException {
        assertThat(rows(page()).stream()
                        .map(row -> row.section() + ": " + row.cells().get(0)))
                .doesNotHaveDuplicates();
    }

    // ---- the test's own tests

    private static final String GOOD = """
            # A page
            ## One

            | case | what happens | test |
            |---|---|---|
            | a | b | `GoodTest#it_works` |
            | a `|` code | b | `GoodTest#it_works`, `GoodTest#it_works_with_everything` |

            text
            ## Two
            none
            """;

    private static final String TEST = """
            class GoodTest {
                @Test
                void it_works() {}

                @ParameterizedTest
                @CsvSource(textBlock = \"""
                        void it_is_text() {

                        }
                        \""")
                @SuppressWarnings("all")
                void it_works_with_everything(String text) {}

                void it_is_none() {}
            }
            """;

    private static List<String> problems(String page, Path folder) throws IOException {
        Files.writeString(folder.resolve("GoodTest.java"), TEST);
        List<Row> rows = rows(page);
        return problems(rows, tests(folder, named(rows)));
    }

    @Test
    void a_good_page_has_no_problem(@TempDir Path folder) throws IOException {
        assertThat(problems(GOOD, folder)).isEmpty();
        assertThat(rows(GOOD)).hasSize(2);
        assertThat(sections(GOOD)).isEqualTo(Map.of("One", 2, "Two", 0));
    }

    @Test
    void what_is_wrong_with_a_row_is_found(@TempDir Path folder) throws IOException {
        Map<String, String> wrong = Map.of(
                "", "names no test",
                "later", "names no test",
                "`GoodTest#it_works` and more", "has more than tests in its last cell",
                "`GoodTest#it_works`, `GoodTest.it_works`", "has more than tests in its last cell",
                "`BadTest#it_works`", "BadTest#it_works is no test",
                "`GoodTest#it_worked`", "GoodTest#it_worked is no test",
                "`GoodTest#it_is_none`", "GoodTest#it_is_none is no test",
                "`GoodTest#it_is_text`", "GoodTest#it_is_text is no test");
        for (Map.Entry<String, String> cell : wrong.entrySet()) {
            assertThat(problems(GOOD.replace("| `GoodTest#it_works` |", "| " + cell.getKey() + " |"), folder))
                    .as(cell.getKey())
                    .singleElement()
                    .asString()
                    .contains(cell.getValue());
        }
    }

    @Test
    void a_row_that_has_a_cell_too_few_or_too_many_is_found(@TempDir Path folder) throws IOException {
        assertThat(problems(GOOD.replace("| a | b |", "| a |"), folder))
                .singleElement()
                .asString()
                .contains("has 2 cells");
        assertThat(problems(GOOD.replace("| a | b |", "| a | b | c |"), folder))
                .singleElement()
                .asString()
                .contains("has 4 cells");
    }

    @Test
    void a_test_whose_class_is_there_twice_is_found(@TempDir Path folder) throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("GoodTest.java"), TEST);
        assertThat(problems(GOOD, folder)).isNotEmpty().allMatch(problem -> problem.contains("is no test"));
    }

    // ---- the page

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/engine.md"));
    }

    private static List<Row> rows(String page) {
        List<Row> rows = new ArrayList<>();
        String section = "";
        boolean inTable = false;
        for (String line : page.lines().toList()) {
            if (line.startsWith("## ")) {
                section = line.substring(3).strip();
            }
            if (line.matches("\\|[-| ]+")) {
                inTable = true; // what stands above it is the head
            } else if (!line.startsWith("|")) {
                inTable = false;
            } else if (inTable) {
                rows.add(new Row(section, cells(line), line));
            }
        }
        return rows;
    }

    private static List<String> cells(String line) {
        String plain = line.strip().replace("`|`", "`or`").replace("\\|", "or");
        return Pattern.compile("\\|")
                .splitAsStream(plain.substring(1, plain.length() - 1))
                .map(String::strip)
                .toList();
    }

    private static Map<String, Integer> sections(String page) {
        Map<String, Integer> sections = new LinkedHashMap<>();
        page.lines()
                .filter(line -> line.startsWith("## "))
                .forEach(line -> sections.put(line.substring(3).strip(), 0));
        rows(page).forEach(row -> sections.merge(row.section(), 1, Integer::sum));
        return sections;
    }

    private static Set<String> named(List<Row> rows) {
        return rows.stream()
                .flatMap(row -> NAMED.matcher(row.last()).results())
                .map(named -> named.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> problems(List<Row> rows, Map<String, Set<String>> tests) {
        List<String> problems = new ArrayList<>();
        for (Row row : rows) {
            if (row.cells().size() != 3) {
                problems.add("has " + row.cells().size() + " cells: " + row.line());
                continue;
            }
            List<MatchResult> named = NAMED.matcher(row.last()).results().toList();
            if (named.isEmpty()) {
                problems.add("names no test: " + row.line());
            } else if (!NAMED.matcher(row.last()).replaceAll("").matches("[, ]*")) {
                problems.add("has more than tests in its last cell: " + row.line());
            }
            named.stream()
                    .filter(test -> !tests.getOrDefault(test.group(1), Set.of()).contains(test.group(2)))
                    .forEach(test -> problems.add(test.group(1) + "#" + test.group(2) + " is no test: " + row.line()));
        }
        return problems;
    }

    // ---- the sources

    /** The test methods of those classes, as far as there is one source of that name. */
    private static Map<String, Set<String>> tests(Path root, Set<String> classes) throws IOException {
        Map<String, List<Path>> sources =
                Sources.below(root).stream().collect(Collectors.groupingBy(file -> String.valueOf(file.getFileName())));
        return classes.stream()
                .map(name -> Optional.ofNullable(sources.get(name + ".java")))
                .flatMap(Optional::stream)
                .filter(files -> files.size() == 1)
                .map(files -> files.get(0))
                .collect(toMap(
                        file -> String.valueOf(file.getFileName()).replace(".java", ""), EnginePageTest::testMethods));
    }

    private static Set<String> testMethods(Path source) {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK is needed");
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjects(source));
            return StreamSupport.stream(task.parse().spliterator(), false)
                    .flatMap(unit -> unit.getTypeDecls().stream())
                    .filter(ClassTree.class::isInstance)
                    .flatMap(type -> ((ClassTree) type).getMembers().stream())
                    .filter(EnginePageTest::isTest)
                    .map(method -> ((MethodTree) method).getName().toString())
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isTest(Tree member) {
        return member instanceof MethodTree method
                && method.getModifiers().getAnnotations().stream()
                        .map(annotation -> annotation.getAnnotationType().toString())
                        .anyMatch(Set.of("Test", "ParameterizedTest", "RepeatedTest")::contains);
    }
}
