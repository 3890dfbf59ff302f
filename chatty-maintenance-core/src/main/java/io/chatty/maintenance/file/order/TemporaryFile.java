package io.chatty.maintenance.file.order;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/**
 * A file that is deleted when it is closed.
 *
 * @param channel for writing and reading
 * @param deletion deletes it
 */
public record TemporaryFile(SeekableByteChannel channel, Closeable deletion) implements Closeable {

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            deletion.close();
        }
    }
}
