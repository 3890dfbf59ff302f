package io.chatty.maintenance.retention;

import java.util.List;

/** Is told which messages have gone, so that the host clears its search index and its caches. Called by one thread at a time. */
@FunctionalInterface
public interface RemovalListener {

    /**
     * Messages have gone, in this order. They are told of again until this returns without throwing: at least once, and perhaps
     * more often.
     *
     * @throws Exception if they are to be told of again
     */
    void removed(List<RemovedMessage> messages) throws Exception;
}
