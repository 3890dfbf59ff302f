package io.chatty.maintenance.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FileNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b.png", "2026/06/ü 😀.txt", "...", "a..b", ".hidden/x", "ab:c", "~", "a b/ c"})
    void a_relative_name_is_allowed(String name) {
        assertThat(FileNames.check(name)).isEqualTo(name);
        assertThat(FileNames.checkPrefix(name)).isEqualTo(name);
        assertThat(FileNames.isName(name)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|is empty",
                "/etc/passwd|is absolute",
                "a//b|an empty part",
                "a/|an empty part",
                "../x|the part \"..\"",
                "a/../b|the part \"..\"",
                "a/..|the part \"..\"",
                "./a|the part \".\"",
                "a/./b|the part \".\"",
                "a\\..\\b|a backslash",
                "C:/x|a drive",
                "c:x|a drive",
            })
    void any_other_is_refused_with_what_is_wrong(String name, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileNames.check(name))
                .withMessageContaining("\"" + name + "\"")
                .withMessageContaining(why);
        assertThat(FileNames.isName(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "a//", "../", "a/../b", "./", "a\\", "c:", "a\u0000"})
    void a_prefix_that_no_name_begins_with_is_refused(String prefix) {
        assertThatThrownBy(() -> FileNames.checkPrefix(prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("prefix of file names: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/", "a/b/", "a/.", ".."})
    void the_beginning_of_a_name_is_a_prefix(String prefix) {
        assertThatCode(() -> FileNames.checkPrefix(prefix)).doesNotThrowAnyException();
    }

    @Test
    void what_cannot_be_printed_is_refused_and_shown_all_the_same() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileNames.check("a\u0000b"))
                .withMessageContaining("\"a\\u0000b\" has a control character");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileNames.check("a\nb"))
                .withMessageContaining("a\\u000ab");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileNames.check("a\u0085b"))
                .withMessageContaining("a\\u0085b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileNames.check("a\ud83d"))
                .withMessageContaining("a\\ud83d\" has half a surrogate pair");
    }

    @Test
    void lengths_are_counted_in_bytes() {
        assertThat(FileNames.check("ü".repeat(127))).hasSize(127);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileNames.check("ü".repeat(128)))
                .withMessageContaining("more than 255 bytes");
        String longest = ("a".repeat(255) + "/").repeat(3) + "a".repeat(255) + "/";
        assertThat(FileNames.checkPrefix(longest)).hasSize(1024);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileNames.check(longest + "a"))
                .withMessageContaining("more than 1024 bytes");
    }
}
