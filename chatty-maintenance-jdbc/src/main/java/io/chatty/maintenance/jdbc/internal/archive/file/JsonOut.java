package io.chatty.maintenance.jdbc.internal.archive.file;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON in UTF-8, as compact as it gets. Halves of surrogate pairs are escaped, alone or not: H2 keeps texts that UTF-8
 * cannot say. Not thread-safe.
 */
final class JsonOut implements Closeable {

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
        } else {
            generator.writeString(value);
        }
    }

    @Override
    public void close() throws IOException {
        generator.close();
    }
}
