package io.chatty.maintenance.retention;

/** What a {@link ReviewingPolicy} says about one message. */
public sealed interface Verdict {

    /**
     * The message stays.
     *
     * @param reason why, in a word or a few: it stands in reports, which count by it, so it should be one of not too many
     * @throws IllegalArgumentException if the reason is blank
     */
    static Verdict keep(String reason) {
        return new Keep(reason);
    }

    /** The rules decide, by which the message goes. */
    static Verdict pass() {
        return Pass.INSTANCE;
    }

    /**
     * See {@link Verdict#keep(String)}.
     *
     * @param reason why
     */
    record Keep(String reason) implements Verdict {
        /** @throws IllegalArgumentException if the reason is blank */
        public Keep {
            if (reason.isBlank()) {
                throw new IllegalArgumentException("keep: a blank reason given; say why the message stays");
            }
        }
    }

    /** See {@link Verdict#pass()}. */
    enum Pass implements Verdict {
        /** The one instance. */
        INSTANCE
    }
}
