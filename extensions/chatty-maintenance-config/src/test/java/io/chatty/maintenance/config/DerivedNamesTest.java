package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of derived files lead to the names of their originals, or to none. */
class DerivedNamesTest {

    private static List<String> originals(String name, String of, String file) {
        return DerivedNames.of(name, List.of(of.split("; "))).apply(file);
    }

    @ParameterizedTest
    @CsvSource({
        "thumbnails/{name}_200.png, uploads/{name}.png, thumbnails/a_200.png, uploads/a.png",
        "thumbnails/{name}_200.png, uploads/{name}.png, thumbnails/a_200_200.png, uploads/a_200.png",
        "thumbnails/{name}_{#}x{#}.png, uploads/{name}.png, thumbnails/a_1x2_30x40.png, uploads/a_1x2.png",
        "t/{#}-{name}.png, u/{name}.png, t/12-3-4.png, u/3-4.png",
        "t/{path**}/small/{name}.jpg, u/{path}/{name}.jpg, t/2026/06/small/a.jpg, u/2026/06/a.jpg",
        "t/{path**}_s.jpg, u/{path**}, t/2026/06/a.png_s.jpg, u/2026/06/a.png",
        "{user}/t/{name}.png, {user}/u/{name}.png, 17/t/a.png, 17/u/a.png",
        "t/{name}.png, u/{name}.png; u/{name}.jpg, t/é😀$1.png, u/é😀$1.png; u/é😀$1.jpg",
        "t/{size}/{name}.png, u/{name}.png, t/big/a.png, u/a.png"
    })
    void a_derived_file_has_originals(String name, String of, String file, String expected) {
        assertThat(originals(name, of, file)).containsExactly(expected.split("; "));
    }

    @ParameterizedTest
    @CsvSource({
        "thumbnails/{name}_200.png, uploads/{name}.png, thumbnails/a_100.png",
        "thumbnails/{name}_200.png, uploads/{name}.png, thumbnails/_200.png",
        "thumbnails/{name}_200.png, uploads/{name}.png, thumbnails/b/a_200.png",
        "thumbnails/{name}_200.png, uploads/{name}.png, x/thumbnails/a_200.png",
        "thumbnails/{name}.200, uploads/{name}, thumbnails/ax200",
        "thumbnails/{name}_{#}.png, uploads/{name}.png, thumbnails/a_.png",
        "thumbnails/{name}_{#}.png, uploads/{name}.png, thumbnails/a_٣.png",
        "t/{name}_s, u/{name}, t/.._s",
        "t/{name}.png, {name}, t/..png",
        "t/{name}, {name}/t, t/t.png/x",
        "{x}/{y}, {y}/{x}, a/a"
    })
    void any_other_file_has_none_and_stays(String name, String of, String file) {
        assertThat(originals(name, of, file)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "thumbnails/{name}.png, thumbnails/",
        "a/b/x{name}.png, a/b/",
        "{name}.png, ''",
        "{user}/t/{name}, ''",
        "a/{user}/t/{name}, a/"
    })
    void the_directory_is_all_that_stands_before_the_first_word(String name, String prefix) {
        assertThat(DerivedNames.of(name, List.of("o/{name}")).prefix()).isEqualTo(prefix);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t/{a}_{b}.png | u/{a} | name: \"t/{a}_{b}.png\" given, which can be read in several ways; one word",
                "t/{a}{b} | u/{a} | name: \"t/{a}{b}\" given, which can be read in several ways",
                "t/{a**}/{b**} | u/{a} | which can be read in several ways",
                "t/{a}{#} | u/{a} | which can be read in several ways; {#} is allowed between",
                "t/{#}{a} | u/{a} | which can be read in several ways",
                "t/{a}_{#}{#} | u/{a} | which can be read in several ways",
                "t/{a}_2{#} | u/{a} | which can be read in several ways",
                "t/{a}_{#}2 | u/{a} | which can be read in several ways",
                "t/{a}/{a} | u/{a} | with {a} twice",
                "t/a.png | u/a.png | without a word in braces",
                "t/{#}.png | u/a.png | without a word in braces",
                "t/{}.png | u/a.png | with {}; {name} for letters",
                "t/{a-b}.png | u/{a} | with {a-b}; {name} for letters",
                "t/{a*}.png | u/{a} | with {a*}; {name} for letters",
                "t/{a.png | u/{a} | a brace alone",
                "t/*.png | u/{a} | with *, ? or a brace alone",
                "/t/{a} | u/{a} | is absolute",
                "t/../{a} | u/{a} | which is no name of a file",
                "t/{a} | /u/{a} | of: \"/u/{a}\" given, which is no name of a file",
                "t/{a} | u/{b} | of: \"u/{b}\" given, with {b}, which the derived file's name does not tell; allowed are [{a}]",
                "t/{a}_{#} | u/{#} | with {#}; {name} for letters",
                "t/{a} | u/a.png | without a word in braces, so that all would have one original",
                "t/{a} | t/{a} | which is the name of the derived file itself"
            })
    void what_can_be_understood_in_several_ways_is_refused(String name, String of, String why) {
        assertThatThrownBy(() -> DerivedNames.of(name, List.of(of)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    /** Which is the promise: otherwise a file could go since an original is gone that was not its own. */
    @Test
    void no_name_can_be_made_of_two_originals() {
        Random random = new Random(20261126);
        List<String> pieces = List.of("a", "7", "_", "{w}", "{#}", "/", "{p**}", "x");
        int allowed = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder pattern = new StringBuilder();
            for (int n = 1 + random.nextInt(6); n > 0; n--) {
                pattern.append(pieces.get(random.nextInt(pieces.size())));
            }
            String name = pattern.toString();
            List<String> of = new ArrayList<>();
            for (String word : List.of("{w}", "{p**}")) {
                if (name.contains(word)) {
                    of.add("o" + word);
                }
            }
            DerivedNames rule;
            try {
                rule = DerivedNames.of(name, List.of("o/" + String.join("/", of)));
            } catch (IllegalArgumentException e) {
                continue;
            }
            allowed++;
            assertEachIsReadAsItWasMade(rule, name, of, random);
        }
        assertThat(allowed).isGreaterThan(500);
    }

    /** Two makings of one name would have to lead to the same original. */
    private static void assertEachIsReadAsItWasMade(DerivedNames rule, String name, List<String> words, Random random) {
        for (int i = 0; i < 20; i++) {
            String word = letters(random, "a7_x", 1);
            String path = letters(random, "a7_x/", 1);
            String made = name.replace("{w}", word).replace("{p**}", path);
            while (made.contains("{#}")) {
                made = made.replaceFirst("\\{#}", letters(random, "07", 1));
            }
            String original =
                    "o/" + String.join("/", words).replace("{w}", word).replace("{p**}", path);
            if (new TreeSet<>(List.of(path.split("/", -1))).contains("")) {
                continue; // no name of a file
            }
            assertThat(rule.apply(made)).as("%s by %s", made, name).containsExactly(original);
        }
    }

    private static String letters(Random random, String of, int least) {
        StringBuilder text = new StringBuilder();
        for (int n = least + random.nextInt(4); n > 0; n--) {
            text.append(of.charAt(random.nextInt(of.length())));
        }
        return text.toString();
    }
}
