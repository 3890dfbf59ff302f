package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What is said of a run that awaits confirmation, and whether it still may be confirmed. Thread-safe. */
final class Confirmation {

    /** So long, a task is waited for that is asked for its fingerprint. */
    private static final Duration ASKED_FOR = Duration.ofSeconds(5);

    private final TaskSource source;

    Confirmation(TaskSource source) {
        this.source = source;
    }

    /** What a person can do about it. */
    static String whatToDo(Run waiting) {
        return "\"confirm " + waiting.id() + "\" lets it go on, \"cancel " + waiting.task() + "\" ends it";
    }

    /** The run, what it waits for, and what a person can do about it. */
    static String words(Run waiting) {
        return "run " + waiting.id() + " awaits confirmation: " + waiting.detail() + "; " + whatToDo(waiting);
    }

    /** Why a run cannot be confirmed that does not wait. */
    static String notAwaited(Run run) {
        return "run " + run.id() + " of task " + run.task() + " does not await confirmation: it is " + run.state()
                + (run.detail() == null ? "" : ", " + run.detail());
    }

    /**
     * How the task's fingerprint differs from that of the run; empty if it does not. Asks the task, which is the host's code:
     * not under a lock.
     *
     * @throws MaintenanceException if the task does not say
     */
    Optional<String> changed(Run waiting) {
        String now = fingerprint();
        return now.equals(waiting.fingerprint())
                ? Optional.empty()
                : Optional.of("the task's settings have changed while it awaited confirmation: their fingerprint was \""
                        + waiting.fingerprint() + "\", it is \"" + now + "\"");
    }

    private String fingerprint() {
        Throwable failure;
        try {
            return Asking.aside("fingerprint", source::fingerprint).get(ASKED_FOR.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new MaintenanceException(
                    "task " + source.name() + " was asked for its fingerprint, and did not say it in " + ASKED_FOR);
        } catch (ExecutionException e) {
            failure = e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        }
        throw new MaintenanceException("task " + source.name() + " could not be asked for its fingerprint", failure);
    }
}
