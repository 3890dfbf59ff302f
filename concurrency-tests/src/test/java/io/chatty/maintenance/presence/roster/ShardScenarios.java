package io.chatty.maintenance.presence.roster;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;

/**
 * What threads do to a user's sessions at once, drawn by a seed so that something comes of it: sessions that are about to be away, to be
 * put in question or judged, to end their grace, or to be displaced; then signs of life and ends, beside time and sweeps; then what has come
 * of it, as time goes on. Of operations drawn without such a beginning most find no session to work on.
 */
final class ShardScenarios {

    private static final List<String> DEVICES = List.of("", "a");

    private final Random random;

    private ShardScenarios(long seed) {
        random = new Random(seed);
    }

    static List<ExecutionScenario> random(long seed, int many, int threads) {
        List<ExecutionScenario> scenarios = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            scenarios.add(new ShardScenarios(seed + i).next(threads));
        }
        return scenarios;
    }

    private ExecutionScenario next(int threads) {
        String device = any(DEVICES);
        List<Actor> first = new ArrayList<>();
        first.add(of("connect", 0, device));
        if (random.nextInt(3) == 0) {
            first.add(of("connect", 1, any(DEVICES)));
        }
        first.addAll(any(List.of(
                List.of(),
                List.of(of("tick")),
                List.of(of("tick"), of("sweep")),
                List.of(of("tick"), of("tick")),
                List.of(of("tick"), of("tick"), of("sweep")),
                List.of(of("tick"), of("tick"), of("sweep"), of("tick")),
                List.of(of("tick"), of("sweep"), of("tick"), of("sweep")),
                List.of(of("tick"), of("tick"), of("sweep"), of("tick"), of("sweep")),
                List.of(of("lost", 0, device)),
                List.of(of("lost", 0, device), of("tick")))));
        List<List<Actor>> parallel = new ArrayList<>();
        parallel.add(List.of(ofSession(0, device), ofSession(0, device)));
        for (int thread = 1; thread < threads - 1; thread++) {
            parallel.add(List.of(ofSession(thread, any(DEVICES)), ofSession(thread, any(DEVICES))));
        }
        parallel.add(any(List.of(
                List.of(of("sweep"), of("query")),
                List.of(of("tick"), of("sweep")),
                List.of(of("sweep"), of("tick"), of("sweep")),
                List.of(of("connect", threads - 1, device), of("query")),
                List.of(ofSession(threads - 1, device), of("sweep")))));
        List<Actor> then = List.of(
                of("query"),
                of("sweep"),
                of("query"),
                of("isOpen", 0, device),
                of("tick"),
                of("sweep"),
                of("query"),
                of("tick"),
                of("sweep"),
                of("query"));
        return new ExecutionScenario(first, parallel, then, null);
    }

    private Actor ofSession(int thread, String device) {
        String operation = any(List.of("heartbeat", "heartbeat", "active", "close", "lost", "connect", "query"));
        return operation.equals("query") ? of("query") : of(operation, thread, device);
    }

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    private static Actor of(String operation, Object... arguments) {
        Method method = Arrays.stream(ShardOperations.class.getMethods())
                .filter(each -> each.getName().equals(operation))
                .findFirst()
                .orElseThrow();
        return new Actor(method, List.of(arguments));
    }
}
