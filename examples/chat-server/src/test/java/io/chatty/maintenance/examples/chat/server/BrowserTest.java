package io.chatty.maintenance.examples.chat.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chatty.maintenance.examples.chat.presence.SteppedTime;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The page in two windows of a real browser. */
class BrowserTest extends RunningChat {

    private static final String PEOPLE = "#people li";
    private static final String MESSAGES = "#messages li b";

    private final SteppedTime time = new SteppedTime(START);

    @Override
    LocalPresenceTracker.Builder presence() {
        // The browser answers pings as real time passes, not this.
        return LocalPresenceTracker.builder()
                .settings(settings -> settings.sessionTimeout(Duration.ofDays(1)))
                .clock(time)
                .ticker(time::nanos)
                .scheduler(time);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.step(Duration.ofSeconds(1));
        }
    }

    /** Waits until the page shows that; meanwhile a second of the test's time passes now and then. */
    private int secondsUntil(Browser browser, String list, String pattern) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        int seconds = 0;
        String shown = browser.linesOf(list, pattern, Duration.ofMillis(200));
        while (!shown.matches(pattern)) {
            assertThat(System.nanoTime())
                    .as("The page shows \"%s\"; wanted is \"%s\"", shown, pattern)
                    .isLessThan(deadline);
            pass(1);
            seconds++;
            shown = browser.linesOf(list, pattern, Duration.ofMillis(200));
        }
        return seconds;
    }

    @Test
    void two_windows_see_each_others_messages_and_presence_until_one_closes() throws Exception {
        Optional<Browser> found = Browser.start();
        if (found.isEmpty()) {
            System.out.println("NOT TESTED: the chat's page, since there is no chromium with chromedriver on the PATH;"
                    + " on Debian: apt-get install chromium chromium-driver");
            return;
        }
        try (Browser browser = found.get()) {
            twoWindows(browser);
        }
    }

    private void twoWindows(Browser browser) throws Exception {
        String anns = browser.window();
        browser.go(server.address() + "?user=ann");
        secondsUntil(browser, "#rooms button", "#coffee, #tea");
        secondsUntil(browser, PEOPLE, "ann");
        String bobs = browser.newWindow();
        browser.go(server.address() + "?user=bob");
        secondsUntil(browser, PEOPLE, "ann, bob");

        browser.type("#text", "hello ann");
        browser.click("#say button");
        browser.lookAt(anns);
        secondsUntil(browser, MESSAGES, "bob");
        secondsUntil(browser, PEOPLE, "ann, bob");
        JsonNode stored = json("/api/messages?room=" + encoded("#coffee"));
        assertThat(stored.findValuesAsText("text")).containsExactly("hello ann");

        pass(305);
        secondsUntil(browser, PEOPLE, "ann \\(away\\), bob \\(away\\)");
        browser.type("#text", "x");
        secondsUntil(browser, PEOPLE, "ann, bob \\(away\\)");
        assertThat(storage.count("messages")).isEqualTo(1);

        browser.lookAt(bobs);
        browser.go(server.address() + "?user=bob"); // a reload
        secondsUntil(browser, PEOPLE, "ann, bob");
        browser.closeWindow();
        browser.lookAt(anns);
        assertThat(secondsUntil(browser, PEOPLE, "ann")).isGreaterThanOrEqualTo(10);
    }
}
