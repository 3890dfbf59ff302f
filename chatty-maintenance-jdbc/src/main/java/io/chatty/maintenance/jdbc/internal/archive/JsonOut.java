package io.chatty.maintenance.jdbc.internal.archive;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes JSON in UTF-8, as compact as it gets. Not thread-safe. */
final class JsonOut implements Closeable {

    private static final int ASCII = 127;

    private final JsonGenerator generator;

    JsonOut(OutputStream out) throws IOException {
        generator = new JsonFactory().createGenerator(out, JsonEncoding.UTF8);
        generator.setRootValueSeparator(null);
    }

    void begin() throws IOException {
        generator.writeStartObject();
    }

    void begin(String name) throws IOException {
        generator.writeObjectFieldStart(name);
    }

    void end() throws IOException {
        generator.writeEndObject();
    }

    void endLine() throws IOException {
        generator.writeRaw('\n');
    }

    void field(String name, long value) throws IOException {
        generator.writeNumberField(name, value);
    }

    void field(String name, @Nullable String value) throws IOException {
        generator.writeFieldName(name);
        text(value);
    }

    void field(String name, List<@Nullable String> values) throws IOException {
        generator.writeFieldName(name);
        texts(values);
    }

    void texts(List<@Nullable String> values) throws IOException {
        generator.writeStartArray();
        for (String value : values) {
            text(value);
        }
        generator.writeEndArray();
    }

    void beginArray(String name) throws IOException {
        generator.writeArrayFieldStart(name);
    }

    void endArray() throws IOException {
        generator.writeEndArray();
    }

    private void text(@Nullable String value) throws IOException {
        if (value == null) {
            generator.writeNull();
        } else if (hasHalfPair(value)) {
            // H2 keeps what UTF-8 cannot say; an escape can.
            generator.setHighestNonEscapedChar(ASCII);
            generator.writeString(value);
            generator.setHighestNonEscapedChar(0);
        } else {
            generator.writeString(value);
        }
    }

    private static boolean hasHalfPair(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        generator.close();
    }
}
