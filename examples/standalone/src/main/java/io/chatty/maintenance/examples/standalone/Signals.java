package io.chatty.maintenance.examples.standalone;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.LoggerFactory;

/**
 * The signals that a process gets. By reflection: the JDK has no other way than {@code sun.misc.Signal}, which the compiler
 * warns of.
 */
final class Signals {

    private Signals() {}

    /**
     * Has the action done at each such signal, in a thread of its own, in place of what the JVM would do.
     *
     * @param name without SIG in front
     * @return false where there is no such signal, or the JVM was told to leave signals alone ({@code -Xrs})
     */
    static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (self, method, with) -> switch (method.getName()) {
                case "equals" -> self == with[0];
                case "hashCode" -> System.identityHashCode(self);
                case "toString" -> "at SIG" + name;
                default -> {
                    action.run();
                    yield null;
                }
            };
            Object calling = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, calls);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), calling);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LoggerFactory.getLogger(Signals.class).debug("No SIG{} here", name, e);
            return false;
        }
    }
}
