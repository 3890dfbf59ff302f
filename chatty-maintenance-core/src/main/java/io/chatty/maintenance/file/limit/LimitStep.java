package io.chatty.maintenance.file.limit;

import java.util.Optional;

/** A part of what a task of limits does. */
interface LimitStep {

    /** Does a batch's worth of it, from that cursor on, and says what comes after. */
    After run(LimitBatch batch, LimitCursor cursor) throws Exception;

    /**
     * What comes after a batch.
     *
     * @param next where the next begins; empty when all is done
     * @param awaited what is to be confirmed before; empty if nothing is
     */
    record After(Optional<LimitCursor> next, Optional<String> awaited) {

        static After go(LimitCursor next) {
            return new After(Optional.of(next), Optional.empty());
        }

        static After await(LimitCursor next, String reason) {
            return new After(Optional.of(next), Optional.of(reason));
        }

        static After done() {
            return new After(Optional.empty(), Optional.empty());
        }
    }
}
