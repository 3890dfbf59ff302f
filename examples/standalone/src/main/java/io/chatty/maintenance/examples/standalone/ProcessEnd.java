package io.chatty.maintenance.examples.standalone;

import java.util.concurrent.CompletableFuture;

/**
 * The end of this process: SIGTERM or SIGINT asks for it, and the command decides when it comes and with which code. Who asks
 * twice does not wait.
 *
 * <p>By signals and not by a shutdown hook: an embedded H2 has a hook of its own, which closes its databases before the engine
 * could store where its runs rest.
 */
final class ProcessEnd implements StandaloneCommand.End {

    private final CompletableFuture<Void> asked = new CompletableFuture<>();

    @Override
    public CompletableFuture<Void> asked() {
        Signals.handle("TERM", () -> ask(143));
        Signals.handle("INT", () -> ask(130));
        return asked;
    }

    private void ask(int codeOfTheSecond) {
        if (!asked.complete(null)) {
            Runtime.getRuntime().halt(codeOfTheSecond);
        }
    }
}
