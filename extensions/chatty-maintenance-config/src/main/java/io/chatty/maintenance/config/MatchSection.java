package io.chatty.maintenance.config;

import com.typesafe.config.ConfigValueType;
import io.chatty.maintenance.jdbc.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which rows are meant: an object of exactly one of the words of {@link Match}. What is set to null is refused, since to leave
 * a condition out can mean that more rows go.
 */
final class MatchSection {

    private static final List<String> WORDS =
            List.of("is-true", "is-present", "is-one-of", "not", "all", "has-row", "room-has-row", "sender-has-row");

    /** What only the key, room and sender of a message can be asked for. */
    private static final List<String> OF_MESSAGES = List.of("has-row", "room-has-row", "sender-has-row");

    private static final String ONE = "exactly one of " + String.join(", ", WORDS);

    private static final Pattern WHOLE = Pattern.compile("0|-?[1-9]\\d*");

    /** A number that was written in another way than databases write it may be meant as a text. */
    private static final Kind<Object> VALUE = value -> {
        if (value.valueType() == ConfigValueType.STRING) {
            return value.unwrapped();
        }
        String allowed =
                "a text in quotes, or a whole number such as 7; for a truth value say is-true, and for null not { is-present }";
        if (value.valueType() != ConfigValueType.NUMBER
                || !WHOLE.matcher(Kind.asWritten(value)).matches()) {
            throw new IllegalArgumentException(allowed);
        }
        return Kind.WHOLE_NUMBER.read(value);
    };

    /** What a row of another table has to hold. */
    private interface RowMatch {
        Match of(String table, String column);
    }

    /** The same for rows that match. */
    private interface RowMatchWhere {
        Match of(String table, String column, Match where);
    }

    private MatchSection() {}

    /** Which messages; empty if it is not set, or was noted as a problem. */
    static Optional<Match> ofMessages(Section in, String key) {
        return read(in, key, true);
    }

    /** Which rows of another table. */
    static Optional<Match> ofRows(Section in, String key) {
        return read(in, key, false);
    }

    private static Optional<Match> read(Section in, String key, boolean messages) {
        if (in.isNull(key) || (in.has(key) && !in.isSection(key))) {
            in.refuse(key, "allowed is { … } of " + ONE + "; for no condition leave it out");
            return Optional.empty();
        }
        return in.has(key) ? match(in.section(key), messages) : Optional.empty();
    }

    private static Optional<Match> match(Section section, boolean messages) {
        List<String> given = WORDS.stream().filter(section::has).toList();
        int before = section.mistakes();
        section.end();
        if (section.mistakes() > before) {
            return Optional.empty();
        }
        if (given.size() != 1) {
            section.problem((given.isEmpty() ? "no condition" : String.join(" and ", given)) + " given, " + ONE
                    + " is required; for several together say all = [ … ]");
            return Optional.empty();
        }
        String word = given.get(0);
        if (!messages && OF_MESSAGES.contains(word)) {
            section.refuse(word, "which is for conditions on messages; on rows of other tables the others are allowed");
            return Optional.empty();
        }
        return switch (word) {
            case "is-true" -> section.get(word, Kind.TEXT).map(Match::isTrue);
            case "is-present" -> section.get(word, Kind.TEXT).map(Match::isPresent);
            case "is-one-of" -> isOneOf(section.section(word));
            case "not" -> read(section, word, messages).map(Match::not);
            case "all" -> all(section, messages);
            case "has-row" -> row(section.section(word), Match::hasRow, Match::hasRow);
            case "room-has-row" -> row(section.section(word), Match::roomHasRow, Match::roomHasRow);
            default -> row(section.section(word), Match::senderHasRow, Match::senderHasRow);
        };
    }

    private static Optional<Match> isOneOf(Section section) {
        Optional<String> column = section.required("column", Kind.TEXT, "the column whose value is compared");
        int before = section.mistakes();
        if (!section.has("values")) {
            section.problem("values", "missing; required is a list of texts or whole numbers");
        }
        List<Object> values = List.copyOf(section.list("values", VALUE).values());
        section.end();
        if (column.isEmpty() || section.mistakes() > before) {
            return Optional.empty();
        }
        if (values.isEmpty()) {
            section.refuse("values", "at least one text or whole number is allowed");
            return Optional.empty();
        }
        return Optional.of(Match.isOneOf(column.get(), values.toArray()));
    }

    private static Optional<Match> all(Section section, boolean messages) {
        List<Section> parts = section.sections("all");
        if (parts.isEmpty()) {
            section.refuse("all", "at least one condition is allowed");
        }
        List<Match> read = new ArrayList<>();
        parts.forEach(part -> match(part, messages).ifPresent(read::add));
        return parts.isEmpty() || read.size() < parts.size()
                ? Optional.empty()
                : Optional.of(Match.all(read.toArray(Match[]::new)));
    }

    private static Optional<Match> row(Section section, RowMatch plain, RowMatchWhere narrowed) {
        int before = section.mistakes();
        Optional<String> table = section.required("table", Kind.TEXT, "the other table");
        Optional<String> column = section.required("column", Kind.TEXT, "the column in it that holds the key or id");
        Optional<Match> where = ofRows(section, "where");
        section.end();
        if (table.isEmpty() || column.isEmpty() || section.mistakes() > before) {
            return Optional.empty();
        }
        return Optional.of(where.map(match -> narrowed.of(table.get(), column.get(), match))
                .orElseGet(() -> plain.of(table.get(), column.get())));
    }
}
