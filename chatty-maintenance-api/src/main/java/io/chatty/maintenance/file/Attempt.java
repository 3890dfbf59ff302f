package io.chatty.maintenance.file;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of one of several things that were tried together: a result, or why there is none. Immutable.
 *
 * @param <T> the kind of result
 */
public final class Attempt<T> {

    private final @Nullable T result;
    private final @Nullable IOException failure;

    private Attempt(@Nullable T result, @Nullable IOException failure) {
        this.result = result;
        this.failure = failure;
    }

    /** It was done, with that result. */
    public static <T> Attempt<T> done(T result) {
        return new Attempt<>(Objects.requireNonNull(result, "result"), null);
    }

    /** It failed. */
    public static <T> Attempt<T> failed(IOException failure) {
        return new Attempt<>(null, Objects.requireNonNull(failure, "failure"));
    }

    /** Tries it. What it throws beside an {@link IOException} is thrown on. */
    static <T> Attempt<T> of(Step<T> step) {
        try {
            return done(step.run());
        } catch (IOException e) {
            return failed(e);
        }
    }

    /**
     * The result.
     *
     * @throws IOException why there is none
     */
    public T get() throws IOException {
        if (result == null) {
            throw Objects.requireNonNull(failure);
        }
        return result;
    }

    /** Why there is no result; empty if there is one. */
    public Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public String toString() {
        return "Attempt[" + (result == null ? failure : result) + "]";
    }

    /** What is tried. */
    interface Step<T> {
        T run() throws IOException;
    }
}
