package io.chatty.maintenance.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random histories of three nodes on a real Redis. {@code -Dpresence.seed=…} runs another. */
class RedisPresenceSimulationTest {

    private static final Set<Long> SAME = Set.of(1L, 2L);

    /** The same each time, unless another is asked for. */
    static LongStream seeds() {
        Long again = Long.getLong("presence.seed");
        if (again != null) {
            return LongStream.of(again);
        }
        return SAME.stream().mapToLong(seed -> seed);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatever_happens_to_nodes_all_agree_on_who_is_connected_once_they_hear_each_other_again(long seed) {
        System.out.println("presence simulation, seed " + seed);
        try (SimulatedCluster cluster = new SimulatedCluster(seed)) {
            for (int round = 0; round < 2; round++) {
                cluster.disturb(Duration.ofMinutes(12));
                cluster.heal();
                cluster.settle();
                assertThat(cluster.wrongs())
                        .as("seed %d, round %d", seed, round)
                        .isEmpty();
            }
            assertThat(cluster.happened())
                    .as("the latest connection of a device is not turned away, seed %d", seed)
                    .doesNotContainKey("turned away");
            System.out.println("what happened: " + cluster.happened());
            if (SAME.contains(seed)) {
                assertThat(cluster.happened())
                        .as("what happened, seed %d", seed)
                        .containsKeys("cut", "pause", "kill", "start", "vanish", "late end", "choose");
            }
        }
    }
}
