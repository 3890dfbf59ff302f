package io.chatty.maintenance.config;

import static io.chatty.maintenance.retention.RetentionRule.keepFor;
import static io.chatty.maintenance.retention.RetentionRule.keepForever;
import static io.chatty.maintenance.retention.RetentionRule.keepLatest;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import io.chatty.maintenance.retention.Precedence;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionScope;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file says of rooms holds for the rooms that it names, letter for letter. */
class PolicySectionTest {

    @ParameterizedTest
    @ValueSource(strings = {"legal", "007", "1e3", "12e45", "6e400", "1.50", "12345678901234567890", "Büro"})
    void a_room_is_kept_for_ever_under_the_id_that_was_written_in_quotes_or_not(String room) {
        for (String said : List.of(
                "keep-forever = [" + room + "]",
                "keep-forever = [\"" + room + "\"]",
                "rooms { \"" + room + "\" = forever }")) {
            assertThat(policies("global = 1 day, " + said)
                            .decide(RetentionScope.room(room))
                            .keptFor())
                    .as(said)
                    .isEmpty();
        }
    }

    @Test
    void all_that_code_can_say_a_file_can_say() {
        RetentionPolicies said = policies("""
                global = 365 days
                teams { free { keep-for = 90 days, keep-latest = 1000 }, "7" = forever }
                rooms { support = 30 days, news.keep-latest = 50 }
                users { "bot.1" = 7 days, ann { keep-for = PT36H } }
                keep-forever = [ legal ]
                precedence = longest
                floor = 1 day
                ceiling = 3650 days
                """);

        assertThat(said.fingerprint())
                .as(said.toString())
                .isEqualTo(RetentionPolicies.builder()
                        .global(keepFor(ofDays(365)))
                        .team("free", keepFor(ofDays(90)).andLatest(1000))
                        .team("7", keepForever())
                        .room("support", keepFor(ofDays(30)))
                        .room("news", keepLatest(50))
                        .room("legal", keepForever())
                        .user("bot.1", keepFor(ofDays(7)))
                        .user("ann", keepFor(ofHours(36)))
                        .precedence(Precedence.LONGEST)
                        .floor(ofDays(1))
                        .ceiling(ofDays(3650))
                        .build()
                        .fingerprint());
    }

    @Test
    void what_a_file_leaves_out_is_as_in_code() {
        assertThat(policies("").fingerprint())
                .isEqualTo(RetentionPolicies.builder().build().fingerprint());
    }

    @Test
    void a_bound_may_be_equal_to_the_other() {
        assertThat(policies("floor = 3 days, ceiling = 72 h").ceiling()).contains(ofDays(3));
    }

    private static RetentionPolicies policies(String hocon) {
        ConfigObject values = ConfigFactory.parseString(hocon).root();
        Problems problems = new Problems(values.origin());
        Section section = Section.root(values, problems);
        RetentionPolicies read = PolicySection.read(
                section, new Providers(ClassLoader.getPlatformClassLoader(), problems), Optional.empty());
        assertThat(problems.count()).as("mistakes").isZero();
        return read;
    }
}
