package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileFinding;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what a batch found: all of it to the host's listener, and the first of each kind to the log. */
final class Findings {

    private static final Logger LOG = LoggerFactory.getLogger(FileSweep.class);
    private static final int LOGGED = 10;

    private final Consumer<FileFinding> listener;
    private final Map<FileFinding.Kind, Integer> logged = new EnumMap<>(FileFinding.Kind.class);

    Findings(Consumer<FileFinding> listener) {
        this.listener = listener;
    }

    void tell(FileFinding.Kind kind, String name, String detail) {
        FileFinding finding = new FileFinding(kind, name, detail);
        if (logged.merge(kind, 1, Integer::sum) <= LOGGED) {
            LOG.warn("{}", finding);
        }
        listener.accept(finding);
    }
}
