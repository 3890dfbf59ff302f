package io.chatty.maintenance.file.step;

/**
 * A part of what a task does.
 *
 * @param <B> the batch that it works in
 * @param <C> the cursor that says where it is
 */
@FunctionalInterface
public interface Step<B, C> {

    /** Does a batch's worth of it, from that cursor on, and says what comes after. */
    After<C> run(B batch, C cursor) throws Exception;
}
