package io.chatty.maintenance.file.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OrderTest {

    @Test
    void the_order_of_bytes_is_that_of_the_keys_in_utf_8() {
        List<String> parts = List.of(
                "",
                "a",
                "B",
                "é",
                "\u07ff",
                "\u0800",
                "\ud7ff",
                "\ue000",
                "\uffee",
                "\ud800\udc00",
                "\ud83d\ude00",
                "/",
                ".");
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            String a = parts.get(random.nextInt(parts.size())) + parts.get(random.nextInt(parts.size()));
            String b = parts.get(random.nextInt(parts.size())) + parts.get(random.nextInt(parts.size()));
            assertThat(Abilities.Order.BYTES.allows(a, b))
                    .as("%s before %s", a, b)
                    .isEqualTo(Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8)) < 0);
        }
    }

    @Test
    void cuts_lie_behind_the_page_in_order_and_before_the_end() {
        Cuts cuts = new Cuts("chat/".length());
        for (String name : List.of("0a", "3f9", "b7", "c/d")) {
            cuts.saw("chat/" + name);
        }
        assertThat(cuts.after("chat/3a0", "chat/3b1", null, 16))
                .as("letters that were seen behind the b, then behind the 3")
                .containsExactly(
                        "chat/3c", "chat/3d", "chat/3f", "chat/7", "chat/9", "chat/a", "chat/b", "chat/c", "chat/d",
                        "chat/f");
        assertThat(cuts.after("chat/3a0", "chat/3b1", "chat/9", 16))
                .containsExactly("chat/3c", "chat/3d", "chat/3f", "chat/7");
        assertThat(cuts.after("chat/3a0", "chat/3b1", null, 2)).containsExactly("chat/3c", "chat/3d");
        assertThat(cuts.after("chat/0x", "chat/9x", null, 16))
                .as("steps of as many letters as the page has")
                .containsExactly("chat/c");
        assertThat(cuts.after("chat/3", "chat/3b", null, 1))
                .as("the first key is how the last one begins")
                .containsExactly("chat/7");
        assertThat(cuts.after("chat/\u00e9a", "chat/\u00e9b", null, 16)).isEmpty();
    }
}
