package io.chatty.maintenance.database.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Java sources: those that a test writes itself, with the compiler for them, and those of the repository. */
final class Sources {

    private Sources() {}

    /**
     * Compiles sources into a folder; fails with what the compiler said if it refuses.
     *
     * @param files the sources, by their path below the folder
     * @param options of the compiler
     */
    static void compile(Path folder, Map<String, String> files, String... options) {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK is needed");
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<Path> written = new ArrayList<>();
            for (Map.Entry<String, String> file : files.entrySet()) {
                Path path = folder.resolve(file.getKey());
                Files.createDirectories(Objects.requireNonNull(path.getParent()));
                written.add(Files.writeString(path, file.getValue()));
            }
            List<String> all = new ArrayList<>(List.of("-proc:none", "-d", folder.toString()));
            all.addAll(List.of(options));
            StringWriter said = new StringWriter();
            boolean compiled = compiler.getTask(
                            said, manager, null, all, null, manager.getJavaFileObjectsFromPaths(written))
                    .call();
            assertThat(compiled).as("compiles: %s", said).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sources below a folder, without what a build or git keeps there: it can vanish while one looks. */
    static List<Path> below(Path root) throws IOException {
        List<Path> sources = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean skip = folder.endsWith("target") || folder.endsWith(".git");
                return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    sources.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return sources;
    }

    /** What stands in a file. */
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
