package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.TaskStatus;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Runs one task to its end. */
@Command(
        name = "run",
        description =
                "Run a task now, to its end, beside its schedule and out of its window. A run of it that rests goes on"
                        + " from where it is. No other task is run. SIGTERM or Ctrl-C ends it in good order: the run rests, and the"
                        + " next run or serve goes on with it.")
final class RunCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "TASK", description = "The name of the task in the file.")
    private String task = "";

    @Option(
            names = "--progress",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description =
                    "Show a progress bar on standard error: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, if"
                            + " that is a terminal.")
    private Progress.When progress = Progress.When.auto;

    private CompletableFuture<Void> askedToEnd = new CompletableFuture<>();

    @Override
    public Integer call() throws Exception {
        askedToEnd = shared.askedToEnd();
        Optional<Progress> bar = progress.isNow() ? Optional.of(new Progress(shared.err(), task)) : Optional.empty();
        try (ConfiguredEngine configured =
                shared.prepared(task, builder -> bar.map(builder::listener).orElse(builder))) {
            Optional<Run> before = configured.engine().status(task).activeRun();
            configured.start();
            CompletableFuture<Void> closed = askedToEnd.thenRunAsync(configured.engine()::close);
            Optional<Run> run = run(configured.engine(), before);
            if (askedToEnd.isDone()) {
                closed.join();
            }
            bar.ifPresent(open -> run.ifPresentOrElse(open::close, open::close));
            return run.isPresent() ? tell(run.get()) : tellWhyNot(configured);
        } finally {
            bar.ifPresent(Progress::close);
        }
    }

    /** The run as it was left here; empty if none went on here. */
    private Optional<Run> run(MaintenanceEngine engine, Optional<Run> before) throws InterruptedException {
        Optional<CompletableFuture<Run>> takenUp = engine.running(task);
        if (takenUp.isPresent()) {
            return await(takenUp.get());
        }
        Optional<Run> rested = before.flatMap(run -> engine.find(run.id()));
        if (rested.filter(run -> run.state().isActive()).isPresent()) {
            return Optional.empty();
        }
        if (rested.filter(run -> run.state() != RunState.EXPIRED).isPresent()) {
            return rested; // it went on at the start, and has ended already
        }
        try {
            return await(engine.runNow(task));
        } catch (MaintenanceException | IllegalStateException e) {
            // Somebody was faster: with a run, a pause, or the end of the process.
            if (askedToEnd.isDone()
                    || engine.status(task).paused()
                    || engine.status(task).activeRun().isPresent()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Optional<Run> await(CompletableFuture<Run> run) throws InterruptedException {
        try {
            return Optional.of(run.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClaimLostException) {
                return Optional.empty();
            }
            throw new MaintenanceException("the run could not be followed to its end: " + e.getCause(), e.getCause());
        }
    }

    private int tell(Run run) {
        int code = switch (run.state()) {
            case SUCCEEDED -> ExitCode.OK;
            case CANCELLED -> ExitCode.CANCELLED;
            case PAUSED -> ExitCode.PAUSED;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
            case RUNNING -> ExitCode.ELSEWHERE;
            case AWAITING_CONFIRMATION -> ExitCode.AWAITING_CONFIRMATION;
            case FAILED, EXPIRED, SKIPPED -> ExitCode.FAILED;
        };
        String more = switch (run.state()) {
            case PAUSED ->
                "\nThe task is paused: \"resume " + task + "\" ends that, then \"run " + task + "\" goes on.";
            case AWAITING_CONFIRMATION -> "\nAwaits confirmation: " + Texts.awaiting(run);
            case INTERRUPTED -> "\nThe next \"run " + task + "\" or \"serve\" goes on with it.";
            default -> "";
        };
        print(code, run, Texts.outcome(run) + more);
        return code;
    }

    private int tellWhyNot(ConfiguredEngine configured) {
        TaskStatus status = configured.engine().status(task);
        Run run = status.activeRun().orElse(null);
        if (status.paused()) {
            print(ExitCode.PAUSED, run, task + " is paused: \"resume " + task + "\" ends that.");
            return ExitCode.PAUSED;
        }
        if (run != null && run.state() == RunState.AWAITING_CONFIRMATION) {
            print(
                    ExitCode.AWAITING_CONFIRMATION,
                    run,
                    "Run " + run.id() + " awaits confirmation: " + Texts.awaiting(run));
            return ExitCode.AWAITING_CONFIRMATION;
        }
        if (run == null && askedToEnd.isDone()) {
            print(ExitCode.INTERRUPTED, null, "Told to end before a run of " + task + " began.");
            return ExitCode.INTERRUPTED;
        }
        print(
                ExitCode.ELSEWHERE,
                run,
                "A run of " + task + " goes on in another process"
                        + (run == null ? "" : ", " + run.owner() + ", after " + Texts.batches(run))
                        + ". Should that one have died, its claim runs out within engine.claim-for: then try again.");
        return ExitCode.ELSEWHERE;
    }

    private void print(int code, @Nullable Run run, String text) {
        shared.output()
                .print(
                        Documents.of(
                                "task", task,
                                "exitCode", code,
                                "run", run == null ? null : Documents.of(run)),
                        text);
    }
}
