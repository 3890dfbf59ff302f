package io.chatty.maintenance.config;

import io.chatty.maintenance.task.TaskNames;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The plugins that a class loader has, by their names. */
final class Providers {

    private static final Logger LOG = LoggerFactory.getLogger(Providers.class);

    private final ClassLoader loader;
    private final Problems problems;
    private final Map<Class<?>, Map<String, Object>> found = new LinkedHashMap<>();

    Providers(ClassLoader loader, Problems problems) {
        this.loader = loader;
        this.problems = problems;
        find(TaskProvider.class, TaskProvider::name);
        find(PolicyProvider.class, PolicyProvider::name);
        find(SignalProvider.class, SignalProvider::name);
        find(RemovalListenerProvider.class, RemovalListenerProvider::name);
        find(EvictionListenerProvider.class, EvictionListenerProvider::name);
        find(FileStoreProvider.class, FileStoreProvider::name);
        find(FileReferencesProvider.class, FileReferencesProvider::name);
    }

    private <P> void find(Class<P> type, Function<P, String> name) {
        Map<String, Object> all = new LinkedHashMap<>();
        found.put(type, all);
        Iterator<P> providers = ServiceLoader.load(type, loader).iterator();
        String last = "";
        while (true) {
            try {
                if (!providers.hasNext()) {
                    return;
                }
                P provider = providers.next();
                Object before = all.putIfAbsent(TaskNames.check("provider", name.apply(provider)), provider);
                if (before != null && before.getClass() != provider.getClass()) {
                    problems.add(
                            "plugins",
                            "two " + type.getSimpleName() + "s are called \"" + name.apply(provider) + "\", "
                                    + before.getClass().getName() + " and "
                                    + provider.getClass().getName() + "; one is allowed",
                            null);
                }
            } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
                LOG.warn("A {} cannot be used", type.getSimpleName(), e);
                String problem = "a " + type.getSimpleName() + " cannot be used: " + e.getMessage();
                problems.add("plugins", problem, null);
                if (problem.equals(last)) {
                    return; // a class loader that cannot be searched would say so for ever
                }
                last = problem;
            }
        }
    }

    private static String called(Class<?> type) {
        String name = type.getSimpleName();
        return ("AEIOU".indexOf(name.charAt(0)) < 0 ? "a " : "an ") + name;
    }

    private Map<String, Object> of(Class<?> type) {
        return found.getOrDefault(type, Map.of());
    }

    /**
     * What the provider makes that a section names; empty if there is a problem.
     *
     * @param key what names the provider
     * @param builtIn other names that are allowed there, for messages
     */
    <P, T> Optional<T> make(
            Section section, Class<P> type, String key, Set<String> builtIn, BiFunction<P, PluginSettings, T> create) {
        Section settings = section.section("settings");
        Optional<String> name = section.required(key, Kind.TEXT, "the name of " + called(type));
        return name.flatMap(given -> {
            Object provider = of(type).get(given);
            if (provider == null) {
                Set<String> names = new TreeSet<>(builtIn);
                names.addAll(of(type).keySet());
                section.refuse(
                        key,
                        "the name of " + called(type) + " is allowed: there "
                                + (names.isEmpty()
                                        ? "is none; put a jar on the class path that has one, named in META-INF/services/"
                                                + type.getName()
                                        : "are " + String.join(", ", names))
                                + Nearest.hint(given, names));
                return Optional.empty();
            }
            return made(given, settings, its -> create.apply(type.cast(provider), its));
        });
    }

    private static <T> Optional<T> made(String provider, Section settings, Function<PluginSettings, T> create) {
        PluginSettings its = new PluginSettings(settings);
        try {
            T made = create.apply(its);
            if (made == null) {
                settings.problem("provider \"" + provider + "\" made nothing of them");
                return Optional.empty();
            }
            its.end();
            return Optional.of(made);
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("Provider {} refuses its settings", provider, e);
            settings.problem("provider \"" + provider + "\" refuses them: "
                    + Secrets.masked(
                            settings.path(),
                            String.valueOf(e instanceof IllegalArgumentException ? e.getMessage() : e)));
            return Optional.empty();
        }
    }
}
