package io.chatty.maintenance.database.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.config.MaintenanceConfig;
import io.chatty.maintenance.database.schema.CleanedTables;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A mapping that stands wholly in a file. */
final class FileMapping {

    private FileMapping() {}

    /** Runs the file's cleanup, as of the tables' now. */
    static void clean(CleanedTables host, String file) throws Exception {
        try (ConfiguredEngine configured = MaintenanceConfig.parse(text(file))
                .dataSource(host.database.dataSource())
                .engine(builder -> builder.clock(() -> CleanedTables.NOW).workers(Runnable::run))) {
            configured.start();
            Run run = configured.engine().runNow("message-cleanup").get();
            assertThat(run.state()).as(host.server + ": " + run.detail()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    private static String text(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(FileMapping.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
