package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.Erasure;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Erases a user's or a room's messages. */
@Command(
        name = "erase",
        description = "Remove all messages of a user or of a room now, whatever the policies say, out of the file's"
                + " archives, too, and those that a task \"erasure\" in it names. What a legal hold covers stays, and is"
                + " erased by the next \"erase\", or by that task on its schedule, after it was released. This cannot be"
                + " undone.")
final class EraseCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Whose whose;

    @Option(names = "--by", required = true, paramLabel = "NAME", description = "Who asks for it.")
    @SuppressWarnings("NullAway.Init")
    private String by;

    @Option(names = "--why", required = true, paramLabel = "REASON", description = "The reason, for the record.")
    @SuppressWarnings("NullAway.Init")
    private String why;

    /** Either of the two. */
    static final class Whose {

        @Option(names = "--user", required = true, paramLabel = "ID", description = "What that user sent.")
        private String user = "";

        @Option(names = "--room", required = true, paramLabel = "ID", description = "What is in that room.")
        private String room = "";

        private RetentionScope scope() {
            return user.isEmpty() ? RetentionScope.room(room) : RetentionScope.user(user);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        try (ConfiguredEngine configured = shared.onlooker(null)) {
            ChatDatabase chat = configured
                    .chat()
                    .orElseThrow(() -> shared.wrong("erase: the file describes no tables; set schema"));
            Erasure erasure = configured.erasure().orElseThrow();
            try {
                erasure.ask(whose.scope(), by, why);
            } catch (IllegalArgumentException e) {
                throw shared.wrong(String.valueOf(e.getMessage()));
            }
            return erase(chat, erasure);
        }
    }

    private int erase(ChatDatabase chat, Erasure erasure) throws InterruptedException {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .task(erasure)
                .build()) {
            Preview preview = engine.preview(erasure.name());
            engine.start();
            Run run = engine.runNow(erasure.name()).get();
            int left = erasure.pending().size();
            String text = preview + System.lineSeparator() + "Erasure: " + run.state() + ", "
                    + run.counts().get("deleted.erased") + " messages erased, "
                    + run.counts().get("deleted.erased.archived") + " out of the archive"
                    + (left == 0 ? "" : "; " + left + " requests are not wholly done, see skipped.held");
            shared.output().print(Documents.of("run", Documents.of(run), "requestsLeft", left), text);
            return run.state() == RunState.SUCCEEDED ? ExitCode.OK : ExitCode.FAILED;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the erasure did not run: " + e.getCause(), e);
        }
    }
}
