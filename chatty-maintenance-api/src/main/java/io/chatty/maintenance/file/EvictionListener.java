package io.chatty.maintenance.file;

import java.util.List;
import java.util.Set;

/**
 * Is told which files are given up where there are too many. Called by the thread that runs the batch. What it throws ends the run,
 * and nothing of that batch is given up.
 */
public interface EvictionListener {

    /** Keeps none, and listens to nothing. */
    EvictionListener NONE = files -> Set.of();

    /**
     * Before they are given up: which of them are to stay, after all. Asked when a run chooses files, a second time in the transaction
     * that gives them up, and by previews; so it changes nothing.
     *
     * @return the names of those that stay
     */
    Set<String> kept(List<EvictableFile> files) throws Exception;

    /** They are given up, by a transaction that commits when this returns. */
    default void released(List<EvictableFile> files) throws Exception {}
}
