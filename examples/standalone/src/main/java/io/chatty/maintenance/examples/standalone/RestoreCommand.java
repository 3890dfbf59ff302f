package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Gives archived messages back. */
@Command(
        name = "restore",
        description =
                "Give archived messages back, with all that went with them: those that fulfil all that is given. They are"
                        + " held for 30 days. Can be done again without harm.")
final class RestoreCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Option(names = "--run", paramLabel = "RUN-ID", description = "Removed by that run.")
    private @Nullable String run;

    @Option(names = "--room", paramLabel = "ID", description = "That were in that room.")
    private @Nullable String room;

    @Option(names = "--user", paramLabel = "ID", description = "Sent by that user.")
    private @Nullable String user;

    @Option(names = "--from", paramLabel = "TIME", description = "Sent at that time or later; takes --to.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "TIME", description = "Sent before that time; takes --from.")
    private @Nullable Instant to;

    @Option(names = "--all", description = "All that is archived.")
    private boolean all;

    @Override
    public Integer call() {
        ArchiveFilter filter = filter();
        try (ConfiguredEngine configured = shared.onlooker(null)) {
            if (configured.archives().isEmpty()) {
                throw shared.wrong(
                        "restore: no message-cleanup in the file has an archive; set its settings.archive or archive-folder");
            }
            Counts counts = Counts.none();
            for (Archive archive : configured.archives()) {
                counts = counts.plus(archive.restore(filter));
            }
            shared.output().print(Documents.of("counts", counts.asMap()), "Restored" + Texts.counts(counts));
            return ExitCode.OK;
        }
    }

    private ArchiveFilter filter() {
        boolean nothing = run == null && room == null && user == null && from == null && to == null;
        if (nothing != all) {
            throw shared.wrong(
                    all
                            ? "--all: given together with others; leave it out, or them"
                            : "restore: nothing given; allowed are --run, --room, --user, --from with --to, or --all");
        }
        if ((from == null) != (to == null)) {
            throw shared.wrong(
                    (from == null ? "--to" : "--from") + ": given alone; --from and --to are allowed together");
        }
        try {
            ArchiveFilter filter = ArchiveFilter.all();
            filter = run == null ? filter : filter.withRun(new RunId(run));
            filter = room == null ? filter : filter.withRoom(room);
            filter = user == null ? filter : filter.withUser(user);
            return from == null || to == null ? filter : filter.withSentBetween(from, to);
        } catch (IllegalArgumentException e) {
            throw shared.wrong(String.valueOf(e.getMessage()));
        }
    }
}
