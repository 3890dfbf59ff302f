package io.chatty.maintenance.jdbc.internal.archive.file;

import com.github.luben.zstd.ZstdOutputStream;
import io.chatty.maintenance.file.FileStore;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes archive files: JSON lines, compressed with Zstandard, and beside each a manifest that is written after it. Rows go
 * through, and none is held.
 *
 * <p>Lines: a header ({@link ArchiveHeader}), then each message, {@code {"message":"messages","row":{"id":"1",…}}}, with its
 * children after it, {@code {"child":"reactions","row":{…}}}. A value is a text or null: see {@link Encoding}.
 */
public final class ArchiveFile {

    private static final int LEVEL = 3; // of zstd: more takes longer than the DELETE of the same rows

    private ArchiveFile() {}

    /** The name of the manifest of that archive file. */
    public static String manifestName(String name) {
        return name + ".manifest.json";
    }

    /** What is missing on the class path for archive files, and how to have it; empty if nothing is. */
    public static Optional<String> missing() {
        List<String> missing = new ArrayList<>();
        for (var needed : List.of(
                List.of("com.github.luben.zstd.ZstdOutputStream", "com.github.luben:zstd-jni"),
                List.of("com.fasterxml.jackson.core.JsonFactory", "com.fasterxml.jackson.core:jackson-core"))) {
            try {
                Class.forName(needed.get(0), false, ArchiveFile.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                missing.add(needed.get(1));
            }
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("archive files need " + String.join(" and ", missing)
                        + ", which chatty-maintenance-jdbc does not bring along: add the dependency, and on a module path require"
                        + " com.github.luben.zstd_jni and com.fasterxml.jackson.core");
    }

    /** Takes rows, each message before its children. */
    public interface Sink {

        /** Takes a message. */
        void message(ArchivedRow row) throws IOException;

        /** Takes a row that went with the message taken last. */
        void child(ArchivedRow row) throws IOException;
    }

    /** Gives the rows of a file. */
    @FunctionalInterface
    public interface Source {

        /** Gives all of them; the same ones again if it is called again, after the store failed. */
        void writeTo(Sink sink) throws IOException;
    }

    /**
     * Writes a file and then its manifest; both last when this returns. It does not look at what it wrote: see
     * {@link ArchiveReader#open}.
     *
     * @param name a name in the store that is free, or that of a file of the same rows
     * @throws IllegalArgumentException if a row is of no table of the header
     */
    public static ArchiveManifest write(FileStore store, String name, ArchiveHeader header, Source source)
            throws IOException {
        Written written = new Written();
        store.write(name, out -> written.manifest = write(out, name, header, source));
        ArchiveManifest manifest = written.manifest;
        if (manifest == null) {
            throw new IllegalStateException(store + " asked for no content of " + name);
        }
        byte[] json = manifest.toJson();
        store.write(manifestName(name), out -> out.write(json));
        return manifest;
    }

    private static final class Written {
        private @Nullable ArchiveManifest manifest;
    }

    private static ArchiveManifest write(OutputStream out, String name, ArchiveHeader header, Source source)
            throws IOException {
        Checksum checksum = new Checksum();
        Tally tally = new Tally(header.tables());
        ZstdOutputStream zstd = new ZstdOutputStream(checksum.of(out), LEVEL);
        zstd.setChecksum(true);
        try (ArchiveLines.Out lines = new ArchiveLines.Out(zstd, header)) {
            source.writeTo(new Sink() {
                @Override
                public void message(ArchivedRow row) throws IOException {
                    tally.add(row);
                    lines.message(row);
                }

                @Override
                public void child(ArchivedRow row) throws IOException {
                    tally.add(row);
                    lines.child(row);
                }
            });
        }
        return new ArchiveManifest(
                name,
                header.run(),
                header.fingerprint(),
                header.createdAt(),
                checksum.bytes(),
                checksum.sha256(),
                tally.contents());
    }
}
