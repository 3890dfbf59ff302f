package io.chatty.maintenance.testkit.sweep;

import io.chatty.maintenance.file.FileQuarantine;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.stream.Stream;

/** Counts the calls that a sweep makes, and kills it at one of them. */
final class Fault {

    private int left;
    private boolean killed;
    private final boolean hides;
    private String last = "";

    /** As a kill: nothing of the sweep's own runs after it but what the process would have done before. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /**
     * Kills at the call of that number.
     *
     * @param hides whether the quarantine lists nothing, as that of a store that keeps nothing apart
     */
    Fault(int left, boolean hides) {
        this.left = left;
        this.hides = hides;
    }

    /** What was called last. */
    String lastCall() {
        return last;
    }

    private void step(String call) {
        last = call;
        if (killed || left-- == 0) {
            killed = true; // nothing reaches the outside of a process that is dead
            throw new Killed();
        }
    }

    <T> T in(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (method.getDeclaringClass() == Object.class || method.getName().equals("name")) {
                return method.invoke(real, args);
            }
            step("before " + method.getName());
            Object given = call(proxy, real, method, args);
            step("after " + method.getName());
            if (hides && given instanceof Stream) {
                return Stream.empty();
            }
            return given instanceof FileQuarantine quarantine ? in(FileQuarantine.class, quarantine) : given;
        }));
    }

    /** What a type does for many by doing it for each comes back here for each. */
    private static Object call(Object proxy, Object real, Method method, Object[] args) throws Throwable {
        Method own = real.getClass().getMethod(method.getName(), method.getParameterTypes());
        if (own.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, args);
        }
        try {
            return method.invoke(real, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
