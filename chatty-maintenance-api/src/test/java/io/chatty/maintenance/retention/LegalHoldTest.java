package io.chatty.maintenance.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegalHoldTest {

    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    private static LegalHold.Builder hold() {
        return LegalHold.builder("case-7", "ann", "claim of Smith");
    }

    @Test
    void a_hold_says_what_it_covers_who_placed_it_and_why() {
        LegalHold hold =
                hold().room("lobby").user("bob").from(T).to(T.plusMillis(1)).build();
        assertThat(hold)
                .isEqualTo(new LegalHold(
                        "case-7",
                        Optional.of("lobby"),
                        Optional.of("bob"),
                        Optional.of(T),
                        Optional.of(T.plusMillis(1)),
                        false,
                        "ann",
                        "claim of Smith",
                        Optional.empty()));
        assertThat(hold.placed(T).placedAt()).contains(T);
        assertThat(hold.placed(T).placed(T.plusSeconds(1)).placedAt()).contains(T.plusSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        // room of the message, sender, held by room, by user, by both, by everything
        "lobby, bob,   true,  true,  true,  true",
        "lobby, carl,  true,  false, false, true",
        "other, bob,   false, true,  false, true",
        "Lobby, Bob,   false, false, false, true",
        "bob,   lobby, false, false, false, true",
        ",      bob,   false, true,  false, true",
        "lobby, ,      true,  false, false, true",
        ",      ,      false, false, false, true",
    })
    void all_that_a_hold_names_must_fit(
            String room, String sender, boolean byRoom, boolean byUser, boolean byBoth, boolean byAll) {
        MessageView message = MessageView.of("1", T);
        message = room == null ? message : message.inRoom(room);
        message = sender == null ? message : message.sentBy(sender);
        assertThat(hold().room("lobby").build().covers(message)).isEqualTo(byRoom);
        assertThat(hold().user("bob").build().covers(message)).isEqualTo(byUser);
        assertThat(hold().room("lobby").user("bob").build().covers(message)).isEqualTo(byBoth);
        assertThat(hold().everything().build().covers(message)).isEqualTo(byAll);
    }

    @ParameterizedTest
    @CsvSource({"-1, false, true, false", "0, true, true, true", "999, true, true, true", "1000, true, false, false"})
    void a_range_begins_with_its_first_instant_and_ends_before_its_last(
            long millis, boolean from, boolean to, boolean both) {
        MessageView message = MessageView.of("1", T.plusMillis(millis));
        assertThat(hold().from(T).build().covers(message)).isEqualTo(from);
        assertThat(hold().to(T.plusSeconds(1)).build().covers(message)).isEqualTo(to);
        assertThat(hold().from(T).to(T.plusSeconds(1)).build().covers(message)).isEqualTo(both);
    }

    @Test
    void a_hold_on_everything_has_to_be_asked_for_by_name_and_nothing_else_with_it() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hold().build())
                .withMessageContainingAll("case-7", "neither room nor user nor time range", "everything()");
        for (LegalHold.Builder builder :
                List.of(hold().room("lobby"), hold().user("bob"), hold().from(T), hold().to(T))) {
            assertThat(builder.build().everything()).isFalse();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.everything().build())
                    .withMessageContainingAll("case-7", "everything()", "together");
        }
        assertThat(hold().everything().build().everything()).isTrue();
    }

    @Test
    void a_range_that_holds_nothing_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hold().from(T).to(T).build())
                .withMessageContainingAll("case-7", T.toString(), "end after it begins");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hold().from(T.plusNanos(1)).to(T).build());
        assertThat(hold().from(T).to(T.plusNanos(1)).build().to()).isPresent();
    }

    @Test
    void a_hold_without_a_name_a_person_or_a_reason_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LegalHold.builder(" ", "ann", "claim"))
                .withMessageContaining("id is blank");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LegalHold.builder("case-7", "", "claim"))
                .withMessageContaining("by is blank");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LegalHold.builder("case-7", "ann", "\t"))
                .withMessageContaining("why is blank");
        Optional<String> lobby = Optional.of("lobby");
        Optional<Instant> never = Optional.empty();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new LegalHold("", lobby, Optional.empty(), never, never, false, "ann", "claim", never));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new LegalHold("case-7", lobby, Optional.empty(), never, never, false, "", "claim", never));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new LegalHold("case-7", lobby, Optional.empty(), never, never, false, "ann", "", never));
    }

    @Test
    @SuppressWarnings("NullAway") // what a host without null checks may do
    void missing_and_empty_parts_are_refused_rather_than_taken_for_any() {
        assertThatIllegalArgumentException().isThrownBy(() -> hold().room("")).withMessageContaining("room: an empty");
        assertThatIllegalArgumentException().isThrownBy(() -> hold().user("")).withMessageContaining("user: an empty");
        Optional<Instant> never = Optional.empty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LegalHold(
                        "case-7", Optional.of(""), Optional.empty(), never, never, false, "ann", "claim", never));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LegalHold(
                        "case-7", Optional.empty(), Optional.of(""), never, never, false, "ann", "claim", never));
        assertThatNullPointerException().isThrownBy(() -> hold().room(null));
        assertThatNullPointerException().isThrownBy(() -> hold().user(null));
        assertThatNullPointerException().isThrownBy(() -> hold().from(null));
        assertThatNullPointerException().isThrownBy(() -> hold().to(null));
    }
}
