package io.chatty.maintenance.file.step;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Cursor;
import java.util.Optional;
import java.util.function.Function;

/**
 * What comes after a batch.
 *
 * @param next where the next begins; empty when all is done
 * @param awaited what is to be confirmed before; empty if nothing is
 * @param <C> the cursor that says where that is
 */
public record After<C>(Optional<C> next, Optional<String> awaited) {

    /** The batch that begins there. */
    public static <C> After<C> go(C next) {
        return new After<>(Optional.of(next), Optional.empty());
    }

    /** The batch that begins there, once a person has confirmed it. */
    public static <C> After<C> await(C next, String reason) {
        return new After<>(Optional.of(next), Optional.of(reason));
    }

    /** Nothing. */
    public static <C> After<C> done() {
        return new After<>(Optional.empty(), Optional.empty());
    }

    /** The same for the engine, without counts. */
    public BatchResult result(Function<? super C, Cursor> text) {
        if (next.isEmpty()) {
            return BatchResult.finished();
        }
        Cursor cursor = text.apply(next.get());
        return awaited.map(reason -> BatchResult.awaitConfirmation(cursor, reason))
                .orElseGet(() -> BatchResult.next(cursor));
    }
}
