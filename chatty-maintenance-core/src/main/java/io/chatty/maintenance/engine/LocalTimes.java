package io.chatty.maintenance.engine;

import java.time.LocalDateTime;
import java.util.Optional;

/** Times on a clock that knows no zone. Pure. */
@FunctionalInterface
interface LocalTimes {
    /** The first one strictly after that time; empty if there is none any more. */
    Optional<LocalDateTime> next(LocalDateTime after);
}
