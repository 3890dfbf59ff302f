package io.chatty.maintenance.examples.chat.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a connection hears, who is there apart from the rest and with the number of windows; its end is told as "closed" with code and reason. */
final class Ears implements WebSocket.Listener {

    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    final Map<String, String> people = new TreeMap<>();
    private final StringBuilder parts = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
        parts.append(part);
        if (last) {
            (parts.indexOf("{\"presence\":") == 0 ? news : heard).add(parts.toString());
            parts.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        heard.add("closed " + code + " " + reason);
        return null;
    }

    JsonNode next() throws Exception {
        return new ObjectMapper().readTree(nextText());
    }

    String nextText() throws InterruptedException {
        String next = heard.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("heard in ten seconds").isNotNull();
        return next;
    }

    /** Takes in what is told of people; false if that is nothing for a while. */
    boolean hearOfPeople() throws Exception {
        String told = news.poll(50, TimeUnit.MILLISECONDS);
        if (told == null) {
            return false;
        }
        JsonNode said = new ObjectMapper().readTree(told);
        if (said.get("presence").asText().equals("SNAPSHOT")) {
            people.clear();
        }
        for (JsonNode person : said.get("people")) {
            people.put(
                    person.get("user").asText(),
                    person.get("status").asText() + " " + person.get("devices").asInt());
        }
        return true;
    }
}
