package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.jdbc.Explanation;
import io.chatty.maintenance.jdbc.MessageCleanup;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Says what decides about one message. */
@Command(
        name = "explain",
        description = "Say what decides about one message, and when it goes by a message-cleanup. Changes nothing.")
final class ExplainCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(index = "0", paramLabel = "TASK", description = "The message-cleanup.")
    @SuppressWarnings("NullAway.Init")
    private String task;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY",
            description = "The message's key; of a key of several columns each value.")
    @SuppressWarnings("NullAway.Init")
    private List<String> key;

    @Override
    public Integer call() throws Exception {
        try (ConfiguredEngine configured = shared.config().only(task).engine()) {
            MessageCleanup cleanup = configured
                    .cleanup(task)
                    .orElseThrow(() ->
                            shared.wrong("TASK: \"" + task + "\" given, which is no message-cleanup; allowed is one"));
            Explanation explanation;
            try {
                explanation = cleanup.explain(Instant.now(), key.toArray(String[]::new));
            } catch (IllegalArgumentException e) {
                throw shared.wrong(String.valueOf(e.getMessage()));
            }
            shared.output()
                    .print(
                            Documents.of(
                                    "key", explanation.key(),
                                    "exists", explanation.exists(),
                                    "due", explanation.due(),
                                    "kept", explanation.kept(),
                                    "goesAt", explanation.goesAt(),
                                    "policy", explanation.decision().map(Object::toString),
                                    "hold", explanation.hold().map(hold -> hold.id()),
                                    "message", explanation.toString()),
                            explanation.toString());
            return ExitCode.OK;
        }
    }
}
