package io.chatty.maintenance.examples.standalone;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of this process: a SIGTERM or SIGINT asks for it, and the command decides when it comes and with which code.
 *
 * <p>Without a command that cares, the JVM ends at once, with 143 or 130. How long one that cares takes is bounded by the close
 * of its engine.
 */
final class ProcessEnd implements StandaloneCommand.End {

    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private final AtomicBoolean hooked = new AtomicBoolean();

    @Override
    public CompletableFuture<Void> asked() {
        if (hooked.compareAndSet(false, true)) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::await, "end-of-process"));
        }
        return asked;
    }

    private void await() {
        if (code.isDone()) {
            return; // it ends by itself
        }
        asked.complete(null);
        try {
            Runtime.getRuntime().halt(code.get()); // an exit that a signal began has the signal's code otherwise
        } catch (InterruptedException | ExecutionException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The command has ended with that code, and so does the process. */
    void with(int exitCode) {
        System.out.flush();
        System.err.flush();
        code.complete(exitCode);
        System.exit(exitCode);
    }
}
