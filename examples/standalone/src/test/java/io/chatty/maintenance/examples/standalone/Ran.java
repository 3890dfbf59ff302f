package io.chatty.maintenance.examples.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** What a command did. */
record Ran(int code, String out, String err) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    static Ran command(String... arguments) {
        return command(new CompletableFuture<>(), arguments);
    }

    /** A command that is told to end when that is done. */
    static Ran command(CompletableFuture<Void> askedToEnd, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = StandaloneCommand.run(stream(out), stream(err), () -> askedToEnd, arguments);
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** The one document that standard output is. */
    JsonNode json() throws JsonProcessingException {
        return JSON.readTree(out);
    }
}
