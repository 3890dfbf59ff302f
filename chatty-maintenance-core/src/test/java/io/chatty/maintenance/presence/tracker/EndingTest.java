package io.chatty.maintenance.presence.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndingTest {

    @Test
    void each_part_ends_whatever_another_throws_and_an_interrupt_waits_until_all_have() {
        List<String> ended = new ArrayList<>();
        Thread.currentThread().interrupt();
        Ending.of(
                () -> ended.add("first, interrupted: " + Thread.currentThread().isInterrupted()),
                () -> {
                    throw new IllegalStateException("a part that fails, for a test");
                },
                () -> {
                    throw new NoClassDefFoundError("a library that is gone, for a test");
                },
                () -> ended.add("last"));
        assertThat(Thread.interrupted()).as("interrupted again").isTrue();
        assertThat(ended).containsExactly("first, interrupted: false", "last");
    }
}
