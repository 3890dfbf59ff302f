package io.chatty.maintenance.jdbc.internal.archive.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The lines of an archive file, one a JSON object: a header, then each message with its children after it. */
final class ArchiveLines {

    private static final String MESSAGE = "message";
    private static final String CHILD = "child";

    private ArchiveLines() {}

    /** Writes lines, and holds none. Not thread-safe. */
    static final class Out implements Closeable {

        private final JsonOut json;

        Out(OutputStream out, ArchiveHeader header) throws IOException {
            json = new JsonOut(out);
            json.begin();
            json.field("format", ArchiveHeader.FORMAT);
            json.field("run", header.run().value());
            json.field("fingerprint", header.fingerprint());
            json.field("createdAt", header.createdAt().toString());
            json.field("database", header.database());
            json.beginArray("tables");
            for (ArchivedTable table : header.tables()) {
                json.begin();
                json.field("name", table.name());
                json.beginArray("columns");
                for (ArchivedTable.Column column : table.columns()) {
                    json.begin();
                    json.field("name", column.name());
                    json.field("type", column.type());
                    json.field("encoding", column.encoding().word());
                    json.end();
                }
                json.endArray();
                json.end();
            }
            json.endArray();
            json.end();
            json.endLine();
        }

        void message(ArchivedRow row) throws IOException {
            row(MESSAGE, row);
        }

        void child(ArchivedRow row) throws IOException {
            row(CHILD, row);
        }

        private void row(String kind, ArchivedRow row) throws IOException {
            json.begin();
            json.field(kind, row.table().name());
            json.begin("row");
            for (int i = 0; i < row.values().size(); i++) {
                json.field(row.table().columns().get(i).name(), row.values().get(i));
            }
            json.end();
            json.end();
            json.endLine();
        }

        @Override
        public void close() throws IOException {
            json.close();
        }
    }

    /** A row, and whether a message begins with it. */
    record Line(boolean message, ArchivedRow row) {}

    /** Reads lines, and holds one. Not thread-safe. */
    static final class In implements Closeable {

        private final JsonIn json;
        private final ArchiveHeader header;
        private @Nullable Line ahead;

        In(InputStream in) throws IOException {
            json = new JsonIn(in);
            header = readHeader();
        }

        ArchiveHeader header() {
            return header;
        }

        private ArchiveHeader readHeader() throws IOException {
            json.begin();
            json.format();
            var run = json.run();
            String fingerprint = json.text("fingerprint");
            var createdAt = json.instant("createdAt");
            String database = json.text("database");
            List<ArchivedTable> tables = new ArrayList<>();
            json.beginArray("tables");
            while (json.beginElement()) {
                String name = json.text("name");
                List<ArchivedTable.Column> columns = new ArrayList<>();
                json.beginArray("columns");
                while (json.beginElement()) {
                    columns.add(new ArchivedTable.Column(
                            json.text("name"), json.text("type"), Encoding.of(json.text("encoding"))));
                    json.end();
                }
                json.end();
                tables.add(new ArchivedTable(name, columns));
            }
            json.end();
            return new ArchiveHeader(run, fingerprint, createdAt, database, tables);
        }

        /** The next row; empty at the end. */
        Optional<Line> next() throws IOException {
            if (ahead != null) {
                Line line = ahead;
                ahead = null;
                return Optional.of(line);
            }
            if (!json.beginNext()) {
                return Optional.empty();
            }
            String kind = json.nextName();
            if (!kind.equals(MESSAGE) && !kind.equals(CHILD)) {
                throw new ArchiveException("a line is neither a message nor a child but \"" + kind + "\"");
            }
            ArchivedTable table = header.table(json.text());
            json.begin("row");
            List<@Nullable String> values = new ArrayList<>(table.columns().size());
            for (ArchivedTable.Column column : table.columns()) {
                values.add(json.textOrNull(column.name()));
            }
            json.end();
            json.end();
            return Optional.of(new Line(kind.equals(MESSAGE), new ArchivedRow(table, values)));
        }

        /** The next message with all its children; empty at the end. */
        Optional<ArchivedMessage> nextMessage() throws IOException {
            Optional<Line> first = next();
            if (first.isEmpty()) {
                return Optional.empty();
            }
            if (!first.get().message()) {
                throw new ArchiveException("its rows begin with a child");
            }
            List<ArchivedRow> children = new ArrayList<>();
            for (Optional<Line> line = next(); line.isPresent(); line = next()) {
                if (line.get().message()) {
                    ahead = line.get();
                    break;
                }
                children.add(line.get().row());
            }
            return Optional.of(new ArchivedMessage(first.get().row(), children));
        }

        @Override
        public void close() throws IOException {
            json.close();
        }
    }
}
