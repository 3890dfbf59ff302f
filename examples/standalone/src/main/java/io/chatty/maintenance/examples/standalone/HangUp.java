package io.chatty.maintenance.examples.standalone;

import java.lang.reflect.Proxy;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which one tells a daemon to read its settings again. By reflection: the JDK has no other way than {@code
 * sun.misc.Signal}, which the compiler warns of.
 */
final class HangUp {

    private HangUp() {}

    /** Has the action done at each SIGHUP, in a thread of its own; false where there is no such signal. */
    static boolean calls(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object calling =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, with) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                            return null;
                        }
                        return switch (method.getName()) {
                            case "equals" -> self == with[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> "reading the settings again";
                        };
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), calling);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LoggerFactory.getLogger(HangUp.class).debug("No SIGHUP here", e);
            return false;
        }
    }
}
