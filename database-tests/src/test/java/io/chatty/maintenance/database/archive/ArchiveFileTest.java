package io.chatty.maintenance.database.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.github.luben.zstd.Zstd;
import io.chatty.maintenance.file.FileStore;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveException;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveFile;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveHeader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveManifest;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveReader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedMessage;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedRow;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedTable;
import io.chatty.maintenance.jdbc.internal.archive.file.Encoding;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The format, and what is done about files that are not whole. */
final class ArchiveFileTest {

    private static final String NAME = "archive/run-1/1.jsonl.zst";
    private static final String MANIFEST = NAME + ".manifest.json";

    private static final ArchivedTable MESSAGES = new ArchivedTable(
            "messages",
            List.of(
                    new ArchivedTable.Column("id", "bigint", Encoding.TEXT),
                    new ArchivedTable.Column("body", "text", Encoding.TEXT),
                    new ArchivedTable.Column("never", "text", Encoding.TEXT)));
    private static final ArchivedTable REACTIONS = new ArchivedTable(
            "reactions",
            List.of(
                    new ArchivedTable.Column("message_id", "bigint", Encoding.TEXT),
                    new ArchivedTable.Column("emoji", "bytea", Encoding.BYTES)));

    private final InMemoryFileStore store = new InMemoryFileStore(() -> Instant.parse("2026-06-15T12:00:00Z"));

    static ArchiveHeader header(String run) {
        return new ArchiveHeader(
                new RunId(run),
                "abc123",
                Instant.parse("2026-06-15T12:00:00Z"),
                "postgresql",
                List.of(MESSAGES, REACTIONS));
    }

    static ArchivedRow message(String id, String body) {
        return new ArchivedRow(MESSAGES, Arrays.asList(id, body, null));
    }

    static ArchivedRow reaction(String id, String emoji) {
        return new ArchivedRow(REACTIONS, List.of(id, emoji));
    }

    private static void three(ArchiveFile.Sink sink) throws IOException {
        sink.message(message("1", "one"));
        sink.child(reaction("1", "8J+YgA=="));
        sink.child(reaction("1", "8J+YgQ=="));
        sink.message(message("2", ""));
        sink.message(new ArchivedRow(MESSAGES, Arrays.asList("3", null, null)));
        sink.child(reaction("3", ""));
    }

    private ArchiveManifest write() throws IOException {
        return ArchiveFile.write(store, NAME, header("run-1"), ArchiveFileTest::three);
    }

    private byte[] bytes(String name) throws IOException {
        try (InputStream in = store.open(name)) {
            return in.readAllBytes();
        }
    }

    private void replace(String name, byte[] bytes) throws IOException {
        store.delete(name);
        store.write(name, out -> out.write(bytes));
    }

    private static List<ArchivedMessage> all(ArchiveReader reader) throws IOException {
        List<ArchivedMessage> all = new ArrayList<>();
        try (ArchiveReader.Messages messages = reader.messages()) {
            for (Optional<ArchivedMessage> next = messages.next(); next.isPresent(); next = messages.next()) {
                all.add(next.get());
            }
        }
        return all;
    }

    @Test
    void it_is_lines_of_json_that_other_tools_can_read() throws IOException {
        write();
        byte[] file = bytes(NAME);
        String text = new String(Zstd.decompress(file, 10_000), UTF_8);
        assertThat(text.lines()).hasSize(7).allSatisfy(line -> {
            try (var parser = new JsonFactory().createParser(line)) {
                while (parser.nextToken() != null) {}
            }
        });
        assertThat(text.lines())
                .contains(
                        "{\"message\":\"messages\",\"row\":{\"id\":\"1\",\"body\":\"one\",\"never\":null}}",
                        "{\"child\":\"reactions\",\"row\":{\"message_id\":\"1\",\"emoji\":\"8J+YgA==\"}}");
        assertThat(text)
                .startsWith("{\"format\":1,\"run\":\"run-1\",\"fingerprint\":\"abc123\","
                        + "\"createdAt\":\"2026-06-15T12:00:00Z\",\"database\":\"postgresql\",\"tables\":[{\"name\":\"messages\","
                        + "\"columns\":[{\"name\":\"id\",\"type\":\"bigint\",\"encoding\":\"text\"}");
    }

    @Test
    void its_manifest_says_what_is_in_it() throws Exception {
        ArchiveManifest manifest = write();
        byte[] file = bytes(NAME);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        assertThat(new String(bytes(MANIFEST), UTF_8))
                .isEqualTo("{\"format\":1,\"file\":\"" + NAME + "\",\"run\":\"run-1\",\"fingerprint\":\"abc123\","
                        + "\"createdAt\":\"2026-06-15T12:00:00Z\",\"bytes\":" + file.length + ",\"sha256\":\"" + sha256
                        + "\",\"tables\":{\"messages\":{\"rows\":3,\"filled\":[\"id\",\"body\"]},"
                        + "\"reactions\":{\"rows\":3,\"filled\":[\"message_id\",\"emoji\"]}}}");
        assertThat(ArchiveReader.open(store, NAME).manifest()).isEqualTo(manifest);
    }

    @Test
    void what_is_read_is_what_was_written_message_by_message() throws IOException {
        write();
        ArchiveReader reader = ArchiveReader.open(store, NAME);
        assertThat(reader.header()).isEqualTo(header("run-1"));
        assertThat(all(reader))
                .containsExactly(
                        new ArchivedMessage(
                                message("1", "one"), List.of(reaction("1", "8J+YgA=="), reaction("1", "8J+YgQ=="))),
                        new ArchivedMessage(message("2", ""), List.of()),
                        new ArchivedMessage(
                                new ArchivedRow(MESSAGES, Arrays.asList("3", null, null)), List.of(reaction("3", ""))));
        assertThat(all(reader)).as("once more").hasSize(3);
    }

    @Test
    void letters_that_json_or_utf_8_do_not_have_survive() throws IOException {
        List<String> bodies =
                List.of("\u0000", "\n\r\t\"\\/", "\u2028\u0085", "😀", "\ud83d", "\ude00\ud83d", "é\ud83dx", "null");
        ArchiveFile.write(store, NAME, header("run-1"), sink -> {
            for (String body : bodies) {
                sink.message(message("1", body));
            }
        });
        assertThat(all(ArchiveReader.open(store, NAME)))
                .extracting(message -> message.row().values().get(1))
                .isEqualTo(bodies);
    }

    @Test
    void a_file_of_no_rows_is_a_file() throws IOException {
        ArchiveFile.write(store, NAME, header("run-1"), sink -> {});
        assertThat(all(ArchiveReader.open(store, NAME))).isEmpty();
    }

    @Test
    void a_writer_that_fails_leaves_neither_file_nor_manifest() {
        assertThatThrownBy(() -> ArchiveFile.write(store, NAME, header("run-1"), sink -> {
                    sink.message(message("1", "one"));
                    throw new IOException("no more");
                }))
                .hasMessage("no more");
        ArchivedTable other = new ArchivedTable("messages", List.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ArchiveFile.write(
                        store, NAME, header("run-1"), sink -> sink.message(new ArchivedRow(other, List.of()))));
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void to_write_the_same_again_gives_the_same_manifest() throws IOException {
        ArchiveManifest first = write();
        store.delete(MANIFEST); // as if it had ended in between
        assertThat(write()).isEqualTo(first);
    }

    @Test
    void a_file_with_any_bit_turned_is_refused() throws IOException {
        write();
        refusesEachTurnedBit(NAME);
    }

    @Test
    void a_manifest_with_any_bit_turned_is_refused() throws IOException {
        write();
        refusesEachTurnedBit(MANIFEST);
    }

    private void refusesEachTurnedBit(String name) throws IOException {
        byte[] whole = bytes(name);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] turned = whole.clone();
            turned[bit / 8] ^= (byte) (1 << bit % 8);
            replace(name, turned);
            assertThatThrownBy(() -> ArchiveReader.open(store, NAME))
                    .as("bit %d of %s", bit, name)
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageStartingWith("archive file " + NAME);
        }
        replace(name, whole);
        assertThat(all(ArchiveReader.open(store, NAME))).hasSize(3);
    }

    @Test
    void a_truncated_file_is_refused_wherever_it_ends() throws IOException {
        write();
        byte[] whole = bytes(NAME);
        for (int length = 0; length < whole.length; length++) {
            replace(NAME, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ArchiveReader.open(store, NAME))
                    .as("%d bytes", length)
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageContaining(NAME + ": it has " + length + " bytes, and its manifest says " + whole.length
                            + ": it was truncated; fetch it from a backup");
        }
        replace(NAME, Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> ArchiveReader.open(store, NAME)).hasMessageContaining("it was altered");
    }

    @Test
    void a_truncated_manifest_is_refused() throws IOException {
        write();
        byte[] whole = bytes(MANIFEST);
        for (int length = 0; length < whole.length; length++) {
            replace(MANIFEST, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ArchiveReader.open(store, NAME))
                    .as("%d bytes", length)
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageContaining(MANIFEST);
        }
    }

    @Test
    void a_missing_manifest_and_a_missing_file_are_told_apart() throws IOException {
        write();
        byte[] manifest = bytes(MANIFEST);
        store.delete(MANIFEST);
        assertThatThrownBy(() -> ArchiveReader.open(store, NAME))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining("its manifest " + MANIFEST + " is missing");
        replace(MANIFEST, manifest);
        store.delete(NAME);
        assertThatThrownBy(() -> ArchiveReader.open(store, NAME))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining(NAME + ": it is missing, and its manifest is there");
    }

    @Test
    void the_manifest_of_another_file_is_refused() throws IOException {
        write();
        String other = "archive/run-2/1.jsonl.zst";
        ArchiveFile.write(store, other, header("run-2"), ArchiveFileTest::three);
        byte[] others = bytes(other + ".manifest.json");
        replace(MANIFEST, others);
        assertThatThrownBy(() -> ArchiveReader.open(store, NAME))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining("it is the manifest of " + other);
        // Renamed by hand, to fit.
        replace(
                MANIFEST,
                new String(others, UTF_8).replace("run-2/1", "run-1/1").getBytes(UTF_8));
        assertThatThrownBy(() -> ArchiveReader.open(store, NAME)).isInstanceOf(ArchiveException.class);
    }

    @Test
    void a_manifest_that_counts_otherwise_or_is_of_another_run_is_refused_though_the_file_is_whole()
            throws IOException {
        write();
        String manifest = new String(bytes(MANIFEST), UTF_8);
        for (Map.Entry<String, String> change : Map.of(
                        "\"rows\":3,\"filled\":[\"id\"", "\"rows\":4,\"filled\":[\"id\"",
                        "[\"id\",\"body\"]", "[\"id\"]",
                        "\"run-1\"", "\"run-9\"",
                        "abc123", "abc124",
                        "12:00:00Z", "12:00:01Z")
                .entrySet()) {
            String changed = manifest.replace(change.getKey(), change.getValue());
            assertThat(changed).isNotEqualTo(manifest);
            replace(MANIFEST, changed.getBytes(UTF_8));
            assertThatThrownBy(() -> ArchiveReader.open(store, NAME))
                    .as(change.getValue())
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageContaining("its ");
        }
    }

    @Test
    void a_newer_format_is_refused_with_what_to_do() throws Exception {
        write();
        String manifest = new String(bytes(MANIFEST), UTF_8);
        replace(
                MANIFEST,
                manifest.replace("\"format\":1", "\"format\":2,\"more\":true").getBytes(UTF_8));
        assertThatThrownBy(() -> ArchiveReader.open(store, NAME))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining(
                        MANIFEST + ": its format is 2, and this version of chatty-maintenance reads 1: use the");

        byte[] newer = Zstd.compress("{\"format\":2,\"more\":true}\n".getBytes(UTF_8));
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(newer));
        replace(NAME, newer);
        replace(
                MANIFEST,
                manifest.replaceFirst(
                                "\"bytes\":\\d+,\"sha256\":\"\\w+\"",
                                "\"bytes\":" + newer.length + ",\"sha256\":\"" + sha256 + "\"")
                        .getBytes(UTF_8));
        assertThatThrownBy(() -> ArchiveReader.open(store, NAME))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining(NAME + ": its format is 2");
    }

    @Test
    void a_file_that_is_altered_after_it_was_opened_is_noticed() throws IOException {
        write();
        ArchiveReader reader = ArchiveReader.open(store, NAME);
        store.delete(NAME);
        ArchiveFile.write(store, NAME + "2", header("run-1"), sink -> sink.message(message("1", "another")));
        replace(NAME, bytes(NAME + "2"));
        assertThatThrownBy(() -> all(reader))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining("altered while it was read");
    }

    @Test
    void nothing_is_missing_on_this_class_path() {
        assertThat(ArchiveFile.missing()).isEmpty();
    }

    /** In a heap that could not hold them: a child process of 24 MB. */
    @Test
    void a_million_rows_pass_through_a_small_heap(@TempDir Path folder) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MillionRows.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = child.inputReader(UTF_8)) {
            // A newer JVM warns of native code before it.
            assertThat(output.lines()).contains("1000000 rows written, 1000000 read");
        } finally {
            child.destroyForcibly();
        }
    }

    /** Writes and reads a million rows. */
    static final class MillionRows {

        private MillionRows() {}

        /** Argument: the root of a store. */
        public static void main(String[] arguments) throws IOException {
            FileStore files = io.chatty.maintenance.file.local.LocalFileStore.open(Path.of(arguments[0]));
            ArchiveManifest manifest = ArchiveFile.write(files, NAME, header("run-1"), sink -> {
                for (int i = 0; i < 250_000; i++) {
                    String id = Integer.toString(i);
                    sink.message(message(id, "message number " + id + " has this body"));
                    sink.child(reaction(id, "AQ=="));
                    sink.child(reaction(id, "Ag=="));
                    sink.child(reaction(id, "Aw=="));
                }
            });
            long read = 0;
            try (ArchiveReader.Messages messages =
                    ArchiveReader.open(files, NAME).messages()) {
                for (Optional<ArchivedMessage> next = messages.next(); next.isPresent(); next = messages.next()) {
                    read += 1 + next.get().children().size();
                }
            }
            long written = manifest.tables().values().stream()
                    .mapToLong(ArchiveManifest.Content::rows)
                    .sum();
            System.out.println(written + " rows written, " + read + " read");
        }
    }
}
