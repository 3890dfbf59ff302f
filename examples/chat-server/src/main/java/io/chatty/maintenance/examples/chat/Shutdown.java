package io.chatty.maintenance.examples.chat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Lets a process that is told to end wait until what it has begun is closed in good order. */
final class Shutdown {

    private static final int PATIENCE_SECONDS = 30;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    private Shutdown(Thread worker) {
        this.hook = new Thread(
                () -> {
                    worker.interrupt();
                    await();
                },
                "chat-server-shutdown");
    }

    /** From now on the end of the process interrupts this thread and waits for {@link #done()}. */
    static Shutdown awaitedByTheProcess() {
        Shutdown shutdown = new Shutdown(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(shutdown.hook);
        return shutdown;
    }

    private void await() {
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LoggerFactory.getLogger(Shutdown.class).warn("Not closed in {} s", PATIENCE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All is closed. */
    void done() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LoggerFactory.getLogger(Shutdown.class).debug("The process is ending already", e);
        }
    }
}
