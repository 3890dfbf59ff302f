package io.chatty.maintenance.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CursorTest {

    @Test
    void four_kilobytes_are_allowed_and_one_byte_more_is_refused() {
        assertThat(new Cursor("c".repeat(4096)).text()).hasSize(4096);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cursor("c".repeat(4097)))
                .withMessageContaining("4097")
                .withMessageContaining("4096");
    }

    @Test
    void the_size_is_of_bytes_and_not_of_characters() {
        assertThat(new Cursor("ü".repeat(2048)).text()).hasSize(2048);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cursor("ü".repeat(2048) + "c"))
                .withMessageContaining("4097");
    }
}
