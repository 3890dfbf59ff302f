package io.chatty.maintenance.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Asks code of the host's on another thread than that of who wants to know, which may then wait as long as it likes. */
final class Asking {

    private Asking() {}

    /**
     * The answer that is to come. Throws nothing: where the question fails, or is refused for want of a thread, that is the
     * answer.
     */
    static <T> CompletableFuture<T> on(Executor threads, Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    answer.complete(question.call());
                } catch (Throwable e) { // told to who asks
                    answer.completeExceptionally(TaskErrors.readable(e));
                }
            });
        } catch (RuntimeException | Error e) { // an Error, when there is no memory for a thread
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** The same on a thread of its own. */
    static <T> CompletableFuture<T> aside(String name, Callable<T> question) {
        return on(work -> Parts.aside(name, work), question);
    }
}
