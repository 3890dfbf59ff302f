package io.chatty.maintenance.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReviewTest {

    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void a_view_of_a_message_has_what_it_was_given_and_nothing_else() {
        assertThat(MessageView.of("1", T))
                .isEqualTo(new MessageView(
                        List.of("1"), Optional.empty(), Optional.empty(), Optional.empty(), T, false, Map.of()));
        assertThat(MessageView.of("1", T)
                        .inRoom("lobby")
                        .ofTeam("free")
                        .sentBy("ann")
                        .pinned(true)
                        .with("stars", Optional.of(3)))
                .isEqualTo(new MessageView(
                        List.of("1"),
                        Optional.of("lobby"),
                        Optional.of("free"),
                        Optional.of("ann"),
                        T,
                        true,
                        Map.of("stars", Optional.of(3))));
    }

    @Test
    void a_column_of_NULL_is_told_from_one_that_nobody_asked_for() {
        MessageView message =
                MessageView.of("1", T).with("stars", Optional.of(3)).with("label", Optional.empty());
        assertThat(message.value("stars")).contains(3);
        assertThat(message.value("label")).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.value("Stars"))
                .withMessage("message: column Stars asked for, but columns() named only label, stars");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageView.of("1", T).value("stars"))
                .withMessage("message: column stars asked for, but columns() named none");
    }

    @Test
    void values_are_texts_numbers_booleans_and_instants() {
        for (Object value : List.of("text", 1, 2L, 1.5, new BigDecimal("1.50"), true, T)) {
            assertThat(MessageView.of("1", T).with("column", Optional.of(value)).value("column"))
                    .contains(value);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageView.of("1", T).with("sent_on", Optional.of(LocalDate.EPOCH)))
                .withMessageContainingAll("sent_on", "java.time.LocalDate", "an instant is allowed");
    }

    @Test
    void a_view_does_not_change_with_what_it_was_made_from() {
        Map<String, Optional<Object>> values = new HashMap<>(Map.of("stars", Optional.of(3)));
        MessageView message = new MessageView(
                List.of("1", "2"), Optional.empty(), Optional.empty(), Optional.empty(), T, false, values);
        values.clear();
        assertThat(message.value("stars")).contains(3);
        assertThat(message.key()).containsExactly("1", "2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MessageView(
                        List.of(), Optional.empty(), Optional.empty(), Optional.empty(), T, false, values))
                .withMessageContaining("without any part");
    }

    @Test
    void a_verdict_keeps_for_a_reason_or_lets_the_message_pass() {
        ReviewingPolicy starred = message -> message.value("stars")
                .filter(stars -> stars instanceof Number number && number.intValue() > 0)
                .map(stars -> Verdict.keep("starred"))
                .orElseGet(Verdict::pass);
        MessageView message = MessageView.of("1", T);
        assertThat(starred.review(message.with("stars", Optional.of(1)))).isEqualTo(new Verdict.Keep("starred"));
        assertThat(starred.review(message.with("stars", Optional.of(0)))).isEqualTo(Verdict.pass());
        assertThat(starred.review(message.with("stars", Optional.empty()))).isEqualTo(Verdict.pass());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Verdict.keep(" "))
                .withMessageContaining("a blank reason");
    }
}
