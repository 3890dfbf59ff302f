package io.chatty.maintenance.file.finding;

import io.chatty.maintenance.file.FileFinding;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what a batch found: all of it to the host's listener, and the first of each kind to the log. */
public final class Findings {

    private static final int LOGGED = 10;

    private final Logger log;
    private final Consumer<FileFinding> listener;
    private final Map<FileFinding.Kind, Integer> logged = new EnumMap<>(FileFinding.Kind.class);

    /** @param task the class of the task, which the log line is to be found by */
    public Findings(Class<?> task, Consumer<FileFinding> listener) {
        this.log = LoggerFactory.getLogger(task);
        this.listener = listener;
    }

    /** Tells of one. */
    public void tell(FileFinding.Kind kind, String name, String detail) {
        FileFinding finding = new FileFinding(kind, name, detail);
        if (logged.merge(kind, 1, Integer::sum) <= LOGGED) {
            log.warn("{}", finding);
        }
        listener.accept(finding);
    }
}
