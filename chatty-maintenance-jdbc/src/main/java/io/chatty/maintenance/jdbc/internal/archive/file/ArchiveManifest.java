package io.chatty.maintenance.jdbc.internal.archive.file;

import io.chatty.maintenance.task.RunId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands beside an archive file, and says whether that is whole.
 *
 * @param file the name of the archive file
 * @param run the run that archived it
 * @param fingerprint of the policies that decided
 * @param createdAt when it was begun
 * @param bytes the size of the file
 * @param sha256 of the file, in lower-case hexadecimal digits
 * @param tables what is in it, by table
 */
public record ArchiveManifest(
        String file,
        RunId run,
        String fingerprint,
        Instant createdAt,
        long bytes,
        String sha256,
        Map<String, Content> tables) {

    /**
     * What is in a file of one table.
     *
     * @param rows how many rows
     * @param filled the columns in which at least one of them has a value
     */
    public record Content(long rows, List<String> filled) {

        /** With a copy of the columns. */
        public Content {
            filled = List.copyOf(filled);
        }
    }

    /** With a copy of the tables, in their order. */
    public ArchiveManifest {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /** The one way to write it: a manifest with another byte in it is no manifest. */
    byte[] toJson() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonOut json = new JsonOut(out)) {
            json.begin();
            json.field("format", ArchiveHeader.FORMAT);
            json.field("file", file);
            json.field("run", run.value());
            json.field("fingerprint", fingerprint);
            json.field("createdAt", createdAt.toString());
            json.field("bytes", bytes);
            json.field("sha256", sha256);
            json.begin("tables");
            for (Map.Entry<String, Content> table : tables.entrySet()) {
                json.begin(table.getKey());
                json.field("rows", table.getValue().rows);
                json.field("filled", table.getValue().filled);
                json.end();
            }
            json.end();
            json.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory there is none
        }
        return out.toByteArray();
    }

    static ArchiveManifest fromJson(byte[] bytes) throws IOException {
        try (JsonIn json = new JsonIn(bytes)) {
            json.begin();
            json.format();
            String file = json.text("file");
            RunId run = json.run();
            String fingerprint = json.text("fingerprint");
            Instant createdAt = json.instant("createdAt");
            long size = json.number("bytes");
            String sha256 = json.text("sha256");
            Map<String, Content> tables = new LinkedHashMap<>();
            json.begin("tables");
            for (String table = json.nextName(); !table.isEmpty(); table = json.nextName()) {
                json.begin();
                long rows = json.number("rows");
                List<String> filled = new ArrayList<>(json.texts("filled"));
                json.end();
                tables.put(table, new Content(rows, filled));
            }
            json.end();
            return new ArchiveManifest(file, run, fingerprint, createdAt, size, sha256, tables);
        }
    }
}
