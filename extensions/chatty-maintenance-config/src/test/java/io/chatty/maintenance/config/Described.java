package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.ChatSchema;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** All that the getters of a description give: what has no equality of its own is compared so. */
final class Described {

    private Described() {}

    /** Maps, lists and values in place of the description; nothing for an empty {@link Optional}. */
    static Object of(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.<Object>map(Described::of).orElse("nothing");
        }
        if (value instanceof Collection<?> all) {
            return all.stream().map(Described::of).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> all = new LinkedHashMap<>();
            map.forEach((key, each) -> all.put(key, of(each)));
            return all;
        }
        boolean compared = value instanceof Record || value instanceof Enum;
        boolean ours = value.getClass().getPackage().equals(ChatSchema.class.getPackage());
        return ours && !compared ? getters(value) : value;
    }

    private static SortedMap<String, Object> getters(Object value) {
        SortedMap<String, Object> all = new TreeMap<>();
        for (Method method : value.getClass().getMethods()) {
            if (method.getDeclaringClass() == value.getClass()
                    && method.getParameterCount() == 0
                    && !Modifier.isStatic(method.getModifiers())) {
                try {
                    all.put(method.getName(), of(method.invoke(value)));
                } catch (ReflectiveOperationException e) {
                    throw new LinkageError(e.toString(), e);
                }
            }
        }
        return all;
    }
}
