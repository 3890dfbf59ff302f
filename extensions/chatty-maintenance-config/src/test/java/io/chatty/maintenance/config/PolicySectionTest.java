package io.chatty.maintenance.config;

import static io.chatty.maintenance.retention.RetentionRule.keepForever;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import io.chatty.maintenance.retention.RetentionPolicies;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file says of rooms holds for the rooms that it names, letter for letter. */
class PolicySectionTest {

    @ParameterizedTest
    @ValueSource(strings = {"legal", "007", "1e3", "12e45", "6e400", "1.50", "12345678901234567890", "Büro"})
    void a_room_is_kept_for_ever_under_the_id_that_was_written_in_quotes_or_not(String room) {
        assertThat(policies("global = 1 day, keep-forever = [" + room + "]").ruleForRoom(room))
                .isEqualTo(keepForever());
        assertThat(policies("global = 1 day, keep-forever = [\"" + room + "\"]").ruleForRoom(room))
                .isEqualTo(keepForever());
        assertThat(policies("global = 1 day, rooms { \"" + room + "\" = forever }")
                        .ruleForRoom(room))
                .isEqualTo(keepForever());
    }

    private static RetentionPolicies policies(String hocon) {
        ConfigObject values = ConfigFactory.parseString(hocon).root();
        Problems problems = new Problems(values.origin());
        Section section = Section.root(values, problems);
        return PolicySection.read(section, new Providers(ClassLoader.getPlatformClassLoader(), problems));
    }
}
