package io.chatty.maintenance.examples.chat.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageTextTest {

    @Test
    void a_url_runs_to_the_next_white_space() {
        assertThat(MessageText.urls("see http://a.example/x, or\thttps://b.example (good)"))
                .containsExactly("http://a.example/x,", "https://b.example");
    }

    @Test
    void a_scheme_with_nothing_behind_it_is_no_url() {
        assertThat(MessageText.urls("http:// https://")).isEmpty();
        assertThat(MessageText.urls("http://\u00a0x https://\u3000y")).isEmpty();
        assertThat(MessageText.urls("http")).isEmpty();
    }

    @Test
    void urls_do_not_overlap() {
        assertThat(MessageText.urls("http://a.example/?u=http://b.example")).hasSize(1);
        assertThat(MessageText.urls("http://http://")).containsExactly("http://http://");
    }

    @Test
    void a_url_may_begin_inside_a_word_and_is_written_in_small_letters() {
        assertThat(MessageText.urls("<http://a.example> hhttps://b HTTP://c"))
                .containsExactly("http://a.example>", "https://b");
    }

    @Test
    void the_addressee_stands_before_the_first_mark_that_is_followed_by_white_space_or_the_end() {
        assertThat(MessageText.addressee("ann: hello")).contains("ann");
        assertThat(MessageText.addressee("ann,\thello, bob: you")).contains("ann");
        assertThat(MessageText.addressee("a:b:c: hello")).contains("a:b:c");
        assertThat(MessageText.addressee("ann:")).contains("ann");
        assertThat(MessageText.addressee("ann:,")).contains("ann:");
        assertThat(MessageText.addressee("hello ann: how")).contains("hello ann");
        assertThat(MessageText.addressee("ann:\u00a0hello")).contains("ann");
        assertThat(MessageText.addressee(": x")).contains("");
    }

    @Test
    void without_such_a_mark_there_is_no_addressee() {
        assertThat(MessageText.addressee("ann:hello 10:15")).isEmpty();
        assertThat(MessageText.addressee("")).isEmpty();
    }
}
