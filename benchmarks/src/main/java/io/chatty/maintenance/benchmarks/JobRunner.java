package io.chatty.maintenance.benchmarks;

/** Something that does a no-op job again and again, as the engine benchmark measures it. */
interface JobRunner extends AutoCloseable {

    /** What stands in the report. */
    String title();

    /** Does the job once, from asking for it until its end is recorded. Called by as many threads as there are lanes. */
    void run(int lane) throws Exception;

    @Override
    void close();
}
