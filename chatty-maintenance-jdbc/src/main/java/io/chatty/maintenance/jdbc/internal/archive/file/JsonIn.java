package io.chatty.maintenance.jdbc.internal.archive.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.chatty.maintenance.task.RunId;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what {@link JsonOut} wrote, field by field in that order. What is not as it was written is refused. Not thread-safe. */
final class JsonIn implements Closeable {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder() // a value may be as large as the database's
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final JsonParser parser;

    JsonIn(InputStream in) throws IOException {
        parser = FACTORY.createParser(in);
    }

    JsonIn(byte[] bytes) throws IOException {
        this(new ByteArrayInputStream(bytes));
    }

    /** Begins the next object; false if there is none. */
    boolean beginNext() throws IOException {
        JsonToken token = parser.nextToken();
        if (token != null && token != JsonToken.START_OBJECT) {
            throw unexpected("an object");
        }
        return token != null;
    }

    void begin() throws IOException {
        expect(JsonToken.START_OBJECT);
    }

    void begin(String name) throws IOException {
        name(name);
        begin();
    }

    void end() throws IOException {
        expect(JsonToken.END_OBJECT);
    }

    /** The next field's name; empty where the object ends, which is read then. */
    String nextName() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.END_OBJECT) {
            return "";
        }
        if (token != JsonToken.FIELD_NAME) {
            throw unexpected("a field");
        }
        return parser.currentName();
    }

    private void name(String name) throws IOException {
        if (parser.nextToken() != JsonToken.FIELD_NAME || !name.equals(parser.currentName())) {
            throw unexpected("the field \"" + name + "\"");
        }
    }

    void format() throws IOException {
        long format = number("format");
        if (format != ArchiveHeader.FORMAT) {
            throw new ArchiveException("its format is " + format + ", and this version of chatty-maintenance reads "
                    + ArchiveHeader.FORMAT + ": use the version that wrote it, or a newer one");
        }
    }

    long number(String name) throws IOException {
        name(name);
        expect(JsonToken.VALUE_NUMBER_INT);
        return parser.getLongValue();
    }

    String text(String name) throws IOException {
        name(name);
        return text();
    }

    String text() throws IOException {
        expect(JsonToken.VALUE_STRING);
        return parser.getText();
    }

    @Nullable String textOrNull(String name) throws IOException {
        name(name);
        return element(parser.nextToken());
    }

    private @Nullable String element(@Nullable JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_STRING) {
            throw unexpected("a text or null");
        }
        return parser.getText();
    }

    List<String> texts(String name) throws IOException {
        name(name);
        List<String> found = new ArrayList<>();
        for (String text : texts()) {
            if (text == null) {
                throw unexpected("a text");
            }
            found.add(text);
        }
        return found;
    }

    List<@Nullable String> texts() throws IOException {
        expect(JsonToken.START_ARRAY);
        List<@Nullable String> found = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            found.add(element(token));
        }
        return found;
    }

    /** Begins an array of objects, of which {@link #beginElement} gives one after the other. */
    void beginArray(String name) throws IOException {
        name(name);
        expect(JsonToken.START_ARRAY);
    }

    boolean beginElement() throws IOException {
        JsonToken token = parser.nextToken();
        if (token != JsonToken.START_OBJECT && token != JsonToken.END_ARRAY) {
            throw unexpected("an object or the end of a list");
        }
        return token == JsonToken.START_OBJECT;
    }

    RunId run() throws IOException {
        try {
            return new RunId(text("run"));
        } catch (IllegalArgumentException e) {
            throw new ArchiveException(String.valueOf(e.getMessage()), e);
        }
    }

    Instant instant(String name) throws IOException {
        try {
            return Instant.parse(text(name));
        } catch (DateTimeException e) {
            throw new ArchiveException("\"" + name + "\" is no time", e);
        }
    }

    private void expect(JsonToken wanted) throws IOException {
        if (parser.nextToken() != wanted) {
            throw unexpected(wanted.toString());
        }
    }

    private ArchiveException unexpected(String wanted) {
        return new ArchiveException(
                wanted + " was expected at line " + parser.currentLocation().getLineNr());
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
