package io.chatty.maintenance.config;

import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema.Time;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.jdbc.DatabaseUsage;
import io.chatty.maintenance.jdbc.DatabaseUsage.FollowingRows;
import io.chatty.maintenance.jdbc.Match;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code usage} of a {@code file-limits}: the table in which each row is a file, and which of its files may go, and how. */
final class FileUsageSection {

    private final Section section;
    private final boolean wrong;
    private final boolean given;
    private final Optional<FileStores.Described> store;
    private final Optional<DatabaseReferences> references;
    private final Optional<String> table;
    private final Optional<String> name;
    private final Optional<String> size;
    private final Optional<Time> createdAt;
    private final Optional<String> lastUsedAt;
    private final Optional<String> room;
    private final Optional<String> user;
    private final Optional<Match> evictable;
    private final Optional<Boolean> allEvictable;
    private final Optional<Boolean> deletesRows;
    private final Optional<Time> marks;
    private final Map<String, String> goAlong;

    private FileUsageSection(Section settings, Optional<FileStores.Described> store) {
        int before = settings.mistakes();
        this.given = settings.has("usage");
        this.section = settings.section("usage");
        this.store = store;
        this.table = section.get("table", Kind.TEXT);
        this.references = references();
        this.name = section.get("name", Kind.TEXT);
        this.size = section.get("size", Kind.TEXT);
        this.createdAt = TimeSection.read(section, "created-at");
        this.lastUsedAt = section.get("last-used-at", Kind.TEXT);
        this.room = section.get("room", Kind.TEXT);
        this.user = section.get("user", Kind.TEXT);
        this.evictable = MatchSection.ofRows(section, "evictable");
        this.allEvictable = section.get("all-evictable", Kind.FLAG);
        this.deletesRows = section.get("deletes-rows", Kind.FLAG);
        this.marks = TimeSection.read(section, "marks");
        this.goAlong = section.list("go-along", Kind.TEXT);
        section.end();
        if (given) {
            check();
        } else {
            settings.problem(
                    "usage",
                    "missing; required is the table of files: { table, name, size, created-at, evictable, … }");
        }
        this.wrong = settings.mistakes() > before;
    }

    /** Reads what there is; a mistake is noted if there is nothing. */
    static FileUsageSection read(Section settings, Optional<FileStores.Described> store) {
        return new FileUsageSection(settings, store);
    }

    private void check() {
        needed("table", "the table in which each row is a file");
        needed("name", "the column of the file's name, one of those of its references");
        needed("size", "the column of its size in bytes");
        needed("created-at", "the column that tells when its row was made");
        if (section.isNull("marks")) {
            section.refuse("marks", "allowed is the column that is set; where rows are deleted leave it out");
        }
        exactlyOne("evictable", "all-evictable", allEvictable, "which files may go");
        exactlyOne("marks", "deletes-rows", deletesRows, "how a file is given up");
        if (section.has("marks") && !goAlong.isEmpty()) {
            section.refuse("go-along", "which is for rows that are deleted, but these are marked; leave it away");
        }
    }

    private void needed(String key, String what) {
        if (!section.has(key)) {
            section.problem(key, "missing; required is " + what);
        }
    }

    /** A wish to delete is never guessed: the one, or the other as {@code true}. */
    private void exactlyOne(String key, String flag, Optional<Boolean> value, String what) {
        boolean has = section.has(key);
        boolean isSet = value.orElse(false);
        boolean unreadable = section.isNull(key) || (section.has(flag) && value.isEmpty());
        if (has && isSet) {
            section.either(key, flag);
        } else if (!has && !isSet && !unreadable) {
            section.problem("neither " + key + " nor " + flag
                    + " = true given, exactly one of them is required, to say " + what);
        }
    }

    /** The source that knows the table: the one of the database that the store has, or that of several which is named. */
    private Optional<DatabaseReferences> references() {
        Optional<String> wanted = section.get("references", Kind.TEXT);
        if (!given || store.isEmpty()) {
            return Optional.empty();
        }
        String all = "files." + store.get().name() + ".references";
        Map<String, DatabaseReferences> known = new LinkedHashMap<>();
        store.get().references().stream()
                .filter(DatabaseReferences.class::isInstance)
                .map(DatabaseReferences.class::cast)
                .forEach(source -> known.put(source.name(), source));
        if (store.get().references().isEmpty()) {
            return Optional.empty(); // which is told of the store
        }
        if (known.isEmpty()) {
            section.problem(
                    "references",
                    "none of " + all
                            + " is in the database, which has to know the files of the table; name the column of"
                            + " names in one of their columns");
        } else if (wanted.isPresent() && !known.containsKey(wanted.get())) {
            section.refuse(
                    "references",
                    "one of " + all + " that is in the database is allowed: " + String.join(", ", known.keySet())
                            + Nearest.hint(wanted.get(), known.keySet()));
        } else if (!section.has("references") && known.size() > 1) {
            section.problem(
                    "references",
                    "missing; required is which of " + all + " has the column of names: "
                            + String.join(", ", known.keySet()));
        }
        return known.size() == 1 && wanted.isEmpty() ? known.values().stream().findFirst() : wanted.map(known::get);
    }

    /** Whether it names that column. */
    boolean names(String key) {
        return section.has(key);
    }

    /** Whether something that is given up may be named by that source in another way than by the table itself. */
    boolean isOther(FileReferences source) {
        return references.filter(own -> own == source).isEmpty();
    }

    /** The usage; empty if something is wrong, which is noted. */
    Optional<DatabaseUsage> usage(ChatDatabase chat, FollowingRows following) {
        if (wrong || table.isEmpty() || references.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(chat.fileUsage(table.get(), rows -> describe(rows, following)));
    }

    private void describe(DatabaseUsage.Builder rows, FollowingRows following) {
        references.ifPresent(rows::references);
        name.ifPresent(rows::name);
        size.ifPresent(rows::size);
        createdAt.ifPresent(time -> rows.createdAt(time.column(), time.kind()));
        lastUsedAt.ifPresent(rows::lastUsedAt);
        room.ifPresent(rows::room);
        user.ifPresent(rows::user);
        if (allEvictable.orElse(false)) {
            rows.allEvictable();
        }
        evictable.ifPresent(rows::evictable);
        if (deletesRows.orElse(false)) {
            rows.deletesRows();
        }
        marks.ifPresent(time -> rows.marks(time.column(), time.kind()));
        goAlong.values().forEach(rows::goAlong);
        rows.following(following);
    }
}
