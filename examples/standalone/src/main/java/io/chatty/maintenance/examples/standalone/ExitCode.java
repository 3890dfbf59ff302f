package io.chatty.maintenance.examples.standalone;

/** How a command ends. README.md lists them for those who write scripts. */
final class ExitCode {

    /** All went well. */
    static final int OK = 0;
    /** Something that nobody has foreseen, or that the database refused. */
    static final int ERROR = 1;
    /** The arguments are wrong. */
    static final int USAGE = 2;
    /** The file is wrong, or does not fit the database. */
    static final int SETTINGS = 3;
    /** The file has no such task. */
    static final int UNKNOWN_TASK = 4;
    /** The database cannot be reached. */
    static final int UNREACHABLE = 5;
    /** The run failed. */
    static final int FAILED = 6;
    /** The run was cancelled. */
    static final int CANCELLED = 7;
    /** The process was told to end; the run rests, and the next goes on with it. */
    static final int INTERRUPTED = 8;
    /** The task is paused. */
    static final int PAUSED = 9;
    /** The task's run goes on in another process. */
    static final int ELSEWHERE = 10;
    /** Some maintenance is not done. */
    static final int DEGRADED = 11;
    /** The run awaits confirmation. */
    static final int AWAITING_CONFIRMATION = 12;
    /** There is nothing to confirm: no such run, or one that does not await it, or does so no more. */
    static final int NOT_CONFIRMED = 13;

    private ExitCode() {}
}
