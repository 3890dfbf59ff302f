package io.chatty.maintenance.config;

import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.jdbc.FileColumn;
import io.chatty.maintenance.jdbc.FileNaming;
import io.chatty.maintenance.jdbc.Match;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** One of the {@code columns} of a source of references: where files are referred to, and how. */
final class FileColumnSection {

    private static final Kind<List<String>> ADDRESSES = Kind.several(
            "an address below which files are, such as https://chat.example.org/files/, or a list of such");

    private static final Kind<Pattern> REGEX = value -> {
        try {
            return Pattern.compile(Kind.TEXT.read(value));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "a regular expression as java.util.regex has them, but " + e.getDescription(), e);
        }
    };

    private final Optional<String> table;
    private final Optional<String> column;
    private final boolean json;
    private final Optional<Pattern> regex;
    private final Optional<String> prefix;
    private final Optional<String> suffix;
    private final Optional<List<String>> url;
    private final Optional<Match> where;
    private final Optional<String> size;
    private final Optional<String> sha256;
    private final Optional<List<String>> key;

    private FileColumnSection(Section section, boolean named) {
        this.table = named ? section.required("table", Kind.TEXT, "its table") : Optional.empty();
        this.column = named
                ? section.required("column", Kind.TEXT, "the column in which files are referred to")
                : Optional.empty();
        this.json = named && section.get("json", Kind.FLAG).orElse(false);
        this.regex = named ? section.get("regex", REGEX) : Optional.empty();
        this.prefix = section.get("prefix", Kind.TEXT);
        this.suffix = section.get("suffix", Kind.TEXT);
        this.url = section.get("url", ADDRESSES);
        this.where = MatchSection.ofRows(section, "where");
        this.size = section.get("size", Kind.TEXT);
        this.sha256 = section.get("sha256", Kind.TEXT);
        this.key = section.get("key", Kind.COLUMNS);
        if (json) {
            section.either("json", "regex");
        }
        section.either("url", "prefix");
        section.either("url", "suffix");
        for (String one : List.of("size", "sha256")) {
            if (section.has(one) && (json || section.has("regex"))) {
                section.refuse(
                        one,
                        "but a value of " + (json ? "json" : "regex")
                                + " can mean several files; leave one of the two away");
            }
        }
        url.ifPresent(bases -> section.attempt("url", () -> FileNaming.addresses(bases.toArray(String[]::new))));
        section.end();
    }

    static FileColumnSection read(Section section) {
        return new FileColumnSection(section, true);
    }

    /** What holds for the columns that the schema names. */
    static FileColumnSection ofSchema(Section section) {
        return new FileColumnSection(section, false);
    }

    void addTo(DatabaseReferences.Builder references) {
        table.ifPresent(of -> column.ifPresent(name -> {
            if (json) {
                references.json(of, name, this::describe);
            } else if (regex.isPresent()) {
                references.text(of, name, regex.get(), this::describe);
            } else {
                references.column(of, name, this::describe);
            }
        }));
    }

    void describe(FileColumn.Builder description) {
        prefix.ifPresent(description::prefix);
        suffix.ifPresent(description::suffix);
        url.ifPresent(bases -> description.url(bases.toArray(String[]::new)));
        where.ifPresent(description::where);
        size.ifPresent(description::size);
        sha256.ifPresent(description::sha256);
        key.ifPresent(columns -> description.key(columns.toArray(String[]::new)));
    }
}
