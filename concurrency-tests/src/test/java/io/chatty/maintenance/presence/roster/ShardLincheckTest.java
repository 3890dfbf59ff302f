package io.chatty.maintenance.presence.roster;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What several threads do to a user's sessions at once is as if they had done it one after the other. How the memory of the machine
 * orders a heartbeat and an expiry is looked at by jcstress, in this module's other half. {@code -Dpresence.seed=…} tries other scenarios.
 */
class ShardLincheckTest {

    private static final long SEED = Long.getLong("presence.seed", 1);

    @ParameterizedTest
    @ValueSource(classes = {ShardOperations.class, ShardOperations.BesideAnother.class})
    void many_threads_at_once_are_as_one_after_the_other(Class<?> operations) {
        System.out.println("Scenarios of three threads: seed " + SEED);
        StressOptions options = new StressOptions()
                .sequentialSpecification(SequentialShard.class)
                .iterations(10)
                .invocationsPerIteration(500)
                .threads(3)
                .actorsBefore(3)
                .actorsPerThread(3)
                .actorsAfter(4);
        ShardScenarios.random(SEED, 80, 3).forEach(options::addCustomScenario);
        options.check(operations);
    }

    @ParameterizedTest
    @ValueSource(classes = {ShardOperations.class, ShardOperations.BesideAnother.class})
    void every_order_of_two_threads_that_is_tried_is_as_one_after_the_other(Class<?> operations) {
        System.out.println("Scenarios of two threads: seed " + SEED);
        ModelCheckingOptions options = new ModelCheckingOptions()
                .sequentialSpecification(SequentialShard.class)
                .iterations(5)
                .invocationsPerIteration(100)
                .threads(2)
                .actorsBefore(3)
                .actorsPerThread(3)
                .actorsAfter(4);
        ShardScenarios.random(SEED, 40, 2).forEach(options::addCustomScenario);
        options.check(operations);
    }
}
