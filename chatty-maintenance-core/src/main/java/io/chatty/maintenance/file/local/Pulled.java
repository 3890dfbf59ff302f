package io.chatty.maintenance.file.local;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Makes a stream of what is read one after the other. */
final class Pulled<T> extends Spliterators.AbstractSpliterator<T> {

    private final Source<T> source;

    /** Where it comes from. */
    interface Source<T> extends Closeable {
        /** The next; null at the end. */
        @Nullable T next() throws IOException;
    }

    private Pulled(Source<T> source) {
        super(Long.MAX_VALUE, DISTINCT | NONNULL);
        this.source = source;
    }

    /** A stream that closes where it comes from when it is closed. */
    static <T> Stream<T> stream(Source<T> source) {
        return StreamSupport.stream(new Pulled<>(source), false).onClose(() -> {
            try {
                source.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public boolean tryAdvance(Consumer<? super T> action) {
        T next;
        try {
            next = source.next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (next == null) {
            return false;
        }
        action.accept(next);
        return true;
    }
}
