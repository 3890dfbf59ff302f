package io.chatty.maintenance.examples.chat.history;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The lines of a file one by one, in UTF-8 with bad bytes replaced. A line ends with LF or CR LF; a CR elsewhere is text,
 * at which {@link BufferedReader#readLine} would end a line.
 */
final class LogLines implements Closeable {

    private final Reader in;

    LogLines(Path file) throws IOException {
        // Unlike Files.newBufferedReader, this replaces bad bytes.
        this.in =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8), 1 << 16);
    }

    /** The next line without its end; empty after the last. */
    Optional<String> next() throws IOException {
        StringBuilder line = new StringBuilder();
        int read = in.read();
        if (read < 0) {
            return Optional.empty();
        }
        while (read >= 0 && read != '\n') {
            line.append((char) read);
            read = in.read();
        }
        int last = line.length() - 1;
        if (read == '\n' && last >= 0 && line.charAt(last) == '\r') {
            line.setLength(last);
        }
        return Optional.of(line.toString());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
