package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.chatty.maintenance.task.SettingsException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What is secret stands neither in the log nor in a message. */
class SecretsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "database.password | tiger | ***",
                "tasks.x.settings.api-key | tiger | ***",
                "tasks.x.settings.accessToken | tiger | ***",
                "database.url | jdbc:postgresql://db/chat?user=scott&password=tiger&ssl=true"
                        + " | jdbc:postgresql://db/chat?user=scott&password=***&ssl=true",
                "database.url | jdbc:h2:mem:x;PASSWORD=tiger;MODE=x | jdbc:h2:mem:x;PASSWORD=***;MODE=x",
                "database.url | jdbc:mariadb://scott:tiger@db:3306/chat | jdbc:mariadb://scott:***@db:3306/chat",
                "database.url | jdbc:postgresql://db/chat?sslpassword=tiger | jdbc:postgresql://db/chat?sslpassword=***",
                "database.url | jdbc:postgresql://db:5432/chat?user=scott | jdbc:postgresql://db:5432/chat?user=scott",
                "database.url | jdbc:mariadb://scott:ti@ger@db/chat | jdbc:mariadb://scott:***@db/chat",
                "database.url | jdbc:oracle:thin:scott/tiger@db | jdbc:oracle:thin:scott/***@db",
                "database.url | jdbc:x://db;user=scott;pass=tiger;y=1 | jdbc:x://db;user=scott;pass=***;y=1",
                "database.url | \"jdbc:x://db?password=ti\"ger\" | \"jdbc:x://db?password=***\"",
                "database.url | jdbc:h2:file:/data/chat;MODE=x | jdbc:h2:file:/data/chat;MODE=x",
                "tasks.x.settings.api_key | tiger | ***",
                "tasks.x.settings.private_key | tiger | ***",
                "tasks.x.settings.access-key | tiger | ***",
                "tasks.x.settings.smtp.pass | tiger | ***",
                "tasks.x.settings.passes | 3 | 3",
                "engine.claim-for | 30 s | 30 s",
            })
    void a_secret_is_masked_and_all_else_is_not(String path, String value, String masked) {
        assertThat(Secrets.masked(path, value)).isEqualTo(masked);
    }

    @Test
    void the_settings_are_logged_once_with_all_defaults_and_without_what_is_secret() {
        Logger logger = (Logger) LoggerFactory.getLogger(ConfiguredEngine.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
        try (ConfiguredEngine engine = MaintenanceConfig.parse("""
                        chatty-maintenance {
                          tasks.tidy { type = tidy, settings.shelves = 3 }
                          engine.claim-for = 7 s
                          database { url = "jdbc:h2:mem:secret;PASSWORD=tiger1", user = scott, password = tiger2 }
                          signals.replica-lag.second { url = "jdbc:h2:mem:second;PASSWORD=ti\\"ger4", password = tiger3 }
                          policies.plugins = [ { provider = plan, settings.rooms = [lobby, 007] } ]
                        }
                        """).engine()) {
            engine.start();
        } finally {
            logger.detachAppender(log);
            logger.setLevel(before);
        }

        List<String> lines = log.list.stream()
                .filter(event -> event.getLevel() == Level.INFO)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .contains("engine.claim-for = \"7 s\"", "engine.tasks-at-once = 2", "tasks.tidy.settings.shelves = 3")
                .contains("database.url = \"jdbc:h2:mem:secret;PASSWORD=***\"", "database.user = \"scott\"")
                .contains("database.password = ***", "signals.replica-lag.second.password = ***")
                .contains("policies.plugins = [{ provider = \"plan\", settings = { rooms = [\"lobby\", 007] } }]")
                .doesNotContain("tiger");
    }

    @Test
    void a_mistake_in_a_secret_does_not_tell_it() {
        List<String> mistakes = MaintenanceConfig.parse("""
                        chatty-maintenance {
                          tasks.tidy.type = tidy
                          database.password = tiger
                        }
                        """).validate();

        assertThat(mistakes).hasSize(1);
        assertThat(mistakes.get(0)).contains("database.password: ***").doesNotContain("tiger");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiger{lily",
                "ti}tiger{lily",
                "{ tiger }",
                "\"tiger\" [1]",
                "[1] \"tiger\"",
                "\"tiger\" { a = 1 }",
                "[\"tiger\"] { a = tiger }",
                "\"tiger",
                "ti${tiger",
            })
    void what_is_not_hocon_does_not_tell_a_part_of_a_secret(String password) {
        assertThatThrownBy(
                        () -> MaintenanceConfig.parse("chatty-maintenance {\n database.password = " + password + "\n}"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("is not HOCON that can be used: String: ")
                .hasMessageNotContainingAny("tiger", "lily");
    }

    @Test
    void the_sign_that_is_wrong_is_told() {
        assertThatThrownBy(() -> MaintenanceConfig.parse("chatty-maintenance.zone = 02:30"))
                .isInstanceOf(SettingsException.class)
                .hasMessageEndingWith(
                        "got ':' (if you intended ':' to be part of a key or string value, try enclosing the key"
                                + " or value in double quotes)");
    }

    @Test
    void a_url_that_is_cut_does_not_tell_a_part_of_a_secret() {
        List<String> mistakes = MaintenanceConfig.parse(
                        "chatty-maintenance { tasks.tidy.type = tidy, database.url = \"jdbc:x://scott:"
                                + "tiger".repeat(30) + "@db\" }")
                .validate();

        assertThat(mistakes)
                .singleElement()
                .asString()
                .contains("jdbc:x://scott:***@db")
                .doesNotContain("tiger");
    }
}
