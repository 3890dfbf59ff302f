package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileUsage;
import io.chatty.maintenance.file.sweep.FileSweep;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** What a task of limits was told. */
record LimitSettings(
        String name,
        FileUsage usage,
        FileLedger ledger,
        Map<Level, ByteLimit> quotas,
        Optional<SpaceLimits> space,
        Optional<FileSweep> sweep,
        EvictionOrder order,
        EvictionListener listener,
        Duration grace,
        double shareLimit,
        boolean reportsOnly,
        Duration remembered,
        Consumer<FileFinding> findings) {

    /**
     * A limit in bytes.
     *
     * @param soft down to which is given up
     * @param hard above which is given up
     */
    record ByteLimit(long soft, long hard) {}

    /** The levels that have a limit, in their order. */
    List<Level> levels() {
        return List.of(Level.values()).stream()
                .filter(level -> level == Level.SPACE ? space.isPresent() : quotas.containsKey(level))
                .toList();
    }

    /** A hash of what decides which files go. */
    String fingerprint() {
        StringBuilder text = new StringBuilder(usage.name()).append('\n');
        levels().forEach(level -> text.append(level).append(quotas.get(level)).append('\n'));
        text.append(space).append(order).append(grace).append(shareLimit).append(reportsOnly);
        return UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
