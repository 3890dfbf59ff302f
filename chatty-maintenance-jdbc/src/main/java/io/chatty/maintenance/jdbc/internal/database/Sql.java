package io.chatty.maintenance.jdbc.internal.database;

import java.util.ArrayList;
import java.util.List;

/** A statement's text and its arguments, put together piece by piece. Not thread-safe. */
public final class Sql {

    private final StringBuilder text = new StringBuilder();
    private final List<Object> arguments = new ArrayList<>();

    /** An array argument, for a database that has them. */
    record Array(String elementType, List<Object> elements) {}

    public static Sql of(String text, Object... arguments) {
        return new Sql().add(text, arguments);
    }

    /** Adds text with as many question marks as there are arguments. */
    public Sql add(String piece, Object... more) {
        text.append(piece);
        arguments.addAll(List.of(more));
        return this;
    }

    public Sql add(Sql other) {
        text.append(other.text);
        arguments.addAll(other.arguments);
        return this;
    }

    public String text() {
        return text.toString();
    }

    public List<Object> arguments() {
        return arguments;
    }

    @Override
    public String toString() {
        return text + " " + arguments;
    }
}
