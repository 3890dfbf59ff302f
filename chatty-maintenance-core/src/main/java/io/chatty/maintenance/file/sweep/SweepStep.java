package io.chatty.maintenance.file.sweep;

import java.util.Optional;

/** A part of what a sweep does. */
interface SweepStep {

    /** Does a batch's worth of it, from that cursor on, and says what comes after. */
    After run(SweepBatch batch, SweepCursor cursor) throws Exception;

    /**
     * What comes after a batch.
     *
     * @param next where the next begins; empty when the sweep is done
     * @param awaited what is to be confirmed before; empty if nothing is
     */
    record After(Optional<SweepCursor> next, Optional<String> awaited) {

        static After go(SweepCursor next) {
            return new After(Optional.of(next), Optional.empty());
        }

        static After await(SweepCursor next, String reason) {
            return new After(Optional.of(next), Optional.of(reason));
        }

        static After done() {
            return new After(Optional.empty(), Optional.empty());
        }
    }
}
