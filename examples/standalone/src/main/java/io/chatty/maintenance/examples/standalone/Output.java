package io.chatty.maintenance.examples.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** Standard output: text for people, or JSON for programs. A reader that went away is no mistake. Thread-safe. */
final class Output {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintStream out;
    private volatile boolean json;

    Output(PrintStream out) {
        this.out = out;
    }

    void json(boolean wanted) {
        json = wanted;
    }

    /** Prints one of the two, and a line feed. */
    void print(Map<String, ?> document, String text) {
        if (json) {
            out.println(text(document));
        } else if (!text.isEmpty()) {
            out.println(text);
        }
        out.flush();
    }

    /** Prints the document if programs read, else nothing. */
    void failure(Failure failure) {
        print(Map.of("error", Documents.of(failure)), "");
    }

    /** Whether nobody reads any more, as after {@code | head}. */
    boolean isClosed() {
        return out.checkError();
    }

    private static String text(Map<String, ?> document) {
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
