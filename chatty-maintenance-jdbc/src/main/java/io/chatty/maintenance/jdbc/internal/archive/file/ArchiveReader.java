package io.chatty.maintenance.jdbc.internal.archive.file;

import com.fasterxml.jackson.core.JacksonException;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.chatty.maintenance.file.FileStore;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An archive file that was found whole: as long as its manifest says, with that SHA-256, and with just those rows. Thread-safe;
 * each reading is not.
 */
public final class ArchiveReader {

    private static final int LARGEST_MANIFEST = 16 * 1024 * 1024;

    private final FileStore store;
    private final String name;
    private final ArchiveManifest manifest;
    private final ArchiveHeader header;

    private ArchiveReader(FileStore store, String name, ArchiveManifest manifest, ArchiveHeader header) {
        this.store = store;
        this.name = name;
        this.manifest = manifest;
        this.header = header;
    }

    /**
     * Reads the manifest, then the whole file.
     *
     * @throws ArchiveException if one of them is missing, truncated, altered, the other's of another file, or of a newer format;
     *     it says which and what to do
     * @throws IOException if the store cannot be read
     */
    public static ArchiveReader open(FileStore store, String name) throws IOException {
        ArchiveManifest manifest = manifest(store, name);
        try (InputStream in = opened(store, name)) {
            Checksum checksum = new Checksum();
            InputStream counted = checksum.of(in);
            ArchiveException unreadable = null;
            ArchiveHeader header = null;
            try {
                header = check(counted, manifest);
            } catch (ZstdIOException
                    | JacksonException
                    | EOFException
                    | ArchiveException
                    | IllegalArgumentException e) {
                unreadable = refused(name, String.valueOf(e.getMessage()), e);
            }
            counted.transferTo(OutputStream.nullOutputStream());
            if (checksum.bytes() != manifest.bytes()) {
                throw refused(
                        name,
                        "it has " + checksum.bytes() + " bytes, and its manifest says " + manifest.bytes() + ": it was "
                                + (checksum.bytes() < manifest.bytes() ? "truncated" : "altered")
                                + "; fetch it from a backup",
                        unreadable);
            }
            if (!checksum.sha256().equals(manifest.sha256())) {
                throw refused(
                        name,
                        "its SHA-256 is not what its manifest says: it was altered; fetch it from a backup",
                        unreadable);
            }
            if (unreadable != null || header == null) {
                throw unreadable != null ? unreadable : refused(name, "it has no header", null);
            }
            return new ArchiveReader(store, name, manifest, header);
        }
    }

    /**
     * Reads the manifest alone, which says nothing of whether the file is whole.
     *
     * @throws ArchiveException if it is missing or altered
     * @throws IOException if the store cannot be read
     */
    public static ArchiveManifest manifest(FileStore store, String name) throws IOException {
        String manifestName = ArchiveFile.manifestName(name);
        byte[] json;
        try (InputStream in = store.open(manifestName)) {
            json = in.readNBytes(LARGEST_MANIFEST);
        } catch (NoSuchFileException e) {
            throw new ArchiveException(
                    "archive file " + name + ": its manifest " + manifestName
                            + " is missing: either the file was never finished, and nothing was deleted for its sake, or the"
                            + " manifest was lost; fetch it from a backup",
                    e);
        }
        ArchiveManifest manifest;
        try {
            manifest = ArchiveManifest.fromJson(json);
        } catch (JacksonException e) {
            throw refused(
                    manifestName, "it is no manifest (" + e.getOriginalMessage() + "); fetch it from a backup", e);
        } catch (ArchiveException e) {
            throw refused(manifestName, e.getMessage() + "; or it was altered, then fetch it from a backup", e);
        }
        if (!Arrays.equals(manifest.toJson(), json)) {
            throw refused(manifestName, "it is not as it was written; fetch it from a backup", null);
        }
        if (!manifest.file().equals(name)) {
            throw refused(manifestName, "it is the manifest of " + manifest.file(), null);
        }
        return manifest;
    }

    private static InputStream opened(FileStore store, String name) throws IOException {
        try {
            return store.open(name);
        } catch (NoSuchFileException e) {
            throw new ArchiveException(
                    "archive file " + name + ": it is missing, and its manifest is there; fetch it from a backup", e);
        }
    }

    private static ArchiveHeader check(InputStream in, ArchiveManifest manifest) throws IOException {
        try (ArchiveLines.In lines = new ArchiveLines.In(new ZstdInputStream(new Unclosed(in)))) {
            ArchiveHeader header = lines.header();
            if (!header.run().equals(manifest.run())
                    || !header.fingerprint().equals(manifest.fingerprint())
                    || !header.createdAt().equals(manifest.createdAt())) {
                throw new ArchiveException("its manifest is that of another file: run " + manifest.run() + " of "
                        + manifest.createdAt() + ", not run " + header.run() + " of " + header.createdAt());
            }
            Tally tally = new Tally(header.tables());
            boolean begun = false;
            for (Optional<ArchiveLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                begun |= line.get().message();
                if (!begun) {
                    throw new ArchiveException("its rows begin with a child");
                }
                tally.add(line.get().row());
            }
            if (!tally.contents().equals(manifest.tables())) {
                throw new ArchiveException(
                        "its rows are not what its manifest says: " + tally.contents() + ", not " + manifest.tables());
            }
            return header;
        }
    }

    private static ArchiveException refused(String name, String why, @Nullable Throwable cause) {
        return new ArchiveException("archive file " + name + ": " + why, cause);
    }

    /** Its name in the store. */
    public String name() {
        return name;
    }

    /** Its manifest. */
    public ArchiveManifest manifest() {
        return manifest;
    }

    /** Its first line. */
    public ArchiveHeader header() {
        return header;
    }

    /** Begins to read it from the start; the caller closes what this gives. */
    public Messages messages() throws IOException {
        return new Messages();
    }

    /** The messages of the file, one after the other; one is held, with its children. Not thread-safe. */
    public final class Messages implements AutoCloseable {

        private final Checksum checksum = new Checksum();
        private final InputStream in;
        private final InputStream counted;
        private final ArchiveLines.In lines;
        private boolean ended;

        private Messages() throws IOException {
            in = store.open(name);
            try {
                counted = checksum.of(in);
                lines = new ArchiveLines.In(new ZstdInputStream(new Unclosed(counted)));
            } catch (IOException | RuntimeException e) {
                in.close();
                throw e;
            }
        }

        /**
         * The next message; empty at the end.
         *
         * @throws ArchiveException if the file is not what it was when it was opened; what it gave since may be wrong
         */
        public Optional<ArchivedMessage> next() throws IOException {
            Optional<ArchivedMessage> message = ended ? Optional.empty() : lines.nextMessage();
            if (message.isEmpty() && !ended) {
                ended = true;
                counted.transferTo(OutputStream.nullOutputStream());
                if (!checksum.sha256().equals(manifest.sha256())) {
                    throw refused(name, "it was altered while it was read", null);
                }
            }
            return message;
        }

        @Override
        public void close() throws IOException {
            try {
                lines.close();
            } finally {
                in.close();
            }
        }
    }

    /** Closing the lines, as the parser does at their end, is not to close the file, which is still to be read to its end. */
    private static final class Unclosed extends FilterInputStream {

        private Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return in.read(buffer, offset, length);
        }

        @Override
        public void close() {}
    }
}
