package io.chatty.maintenance.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Turns at the moment of a close. */
class DispatcherTest {

    private final Dispatcher dispatcher = new Dispatcher(
            new Workers(Runnable::run, 1),
            EngineSettings.production().toBuilder().tasksAtOnce(1).build());
    private final List<Turn> taken = new ArrayList<>();

    private class Turn implements Dispatcher.Turn {

        @Override
        public Priority priority() {
            return Priority.NORMAL;
        }

        @Override
        public Optional<String> group() {
            return Optional.empty();
        }

        @Override
        public boolean isToEnd() {
            return false;
        }

        @Override
        public void take(Dispatcher.Permit permit) {
            taken.add(this);
        }

        @Override
        public void refused(Throwable reason) {
            throw new AssertionError(reason);
        }
    }

    @Test
    void a_turn_that_somebody_hurries_while_the_dispatcher_closes_is_taken_once() {
        Turn second = new Turn();
        Turn first = new Turn() {
            @Override
            public void take(Dispatcher.Permit permit) {
                super.take(permit);
                if (dispatcher.withdraw(second)) { // as a run does that is to end
                    dispatcher.hurry(second);
                }
            }
        };
        dispatcher.submit(new Turn() {
            @Override
            public void take(Dispatcher.Permit permit) {
                dispatcher.submit(first);
                dispatcher.submit(second);
                dispatcher.close();
            }
        });
        assertThat(taken).containsExactlyInAnyOrder(first, second);
    }
}
