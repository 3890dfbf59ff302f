package io.chatty.maintenance.jdbc.internal.presence;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.presence.SeenTable.OnlineColumn;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.HostTablesReader;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** Looks up in the catalogue the table that tells when users were last seen, and lists all that does not fit. */
final class SeenTableReader {

    static final String OURS = "chatty_maintenance_last_seen";
    private static final String WHAT = "last seen";

    private final Session session;
    private final Catalogue catalogue;
    private final List<String> problems;

    SeenTableReader(Session session, Catalogue catalogue, List<String> problems) {
        this.session = session;
        this.catalogue = catalogue;
        this.problems = problems;
    }

    /** The library's own. */
    Optional<SeenTable> readOurs() throws SQLException {
        TimeKind kind = session.dialect().name().equals("mariadb") ? TimeKind.local(ZoneOffset.UTC) : TimeKind.zoned();
        return read(new SeenSettings(OURS, "user_id", new ChatSchema.Time("seen_at", kind), Optional.empty()), true);
    }

    /** The host's. */
    Optional<SeenTable> readHosts(SeenSettings settings) throws SQLException {
        return read(settings, false);
    }

    /** Empty, with problems added, if something is wrong. */
    private Optional<SeenTable> read(SeenSettings settings, boolean ours) throws SQLException {
        int before = problems.size();
        HostTablesReader reader = new HostTablesReader(session.dialect(), catalogue, problems);
        Optional<String> table = catalogue.table(WHAT, settings.table(), problems);
        if (table.isEmpty()) {
            return Optional.empty();
        }
        Optional<Column> user = reader.keyColumn(WHAT + " user", table.get(), settings.user());
        if (user.isPresent() && !catalogue.areUnique(List.of(user.get()))) {
            problems.add(WHAT + " user: " + user.get()
                    + " has no unique index of its own, so that a user could have several rows; name a unique column, or make"
                    + " a unique index");
        }
        Optional<TimeColumn> seenAt = reader.time(WHAT + " seenAt", table.get(), settings.seenAt());
        seenAt.map(TimeColumn::column).ifPresent(this::checkWritten);
        Optional<OnlineColumn> online = settings.online().flatMap(given -> online(table.get(), given));
        if (problems.size() > before) {
            return Optional.empty();
        }
        return Optional.of(new SeenTable(
                session.dialect(),
                HostTables.table(session.dialect(), catalogue.schema(), table.get()),
                user.orElseThrow(),
                seenAt.orElseThrow(),
                online.orElse(null),
                session.dialect().canHold(session, catalogue.schema(), user.orElseThrow()),
                ours));
    }

    private void checkWritten(Column column) {
        if (column.generated()) {
            problems.add(WHAT + ": " + column + " is computed by the database, so that it cannot be written");
        }
    }

    private Optional<OnlineColumn> online(String table, SeenSettings.Online given) {
        Optional<Column> found = catalogue.column(WHAT + " online", table, given.column(), problems);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Column column = found.get();
        checkWritten(column);
        if (given.values().isEmpty()) {
            if (!column.isTruth()) {
                problems.add(WHAT + " online: " + column + " is neither true nor false; name what stands in it by"
                        + " online(column, whenOnline, otherwise)");
            }
            return Optional.of(new OnlineColumn(column, true, false));
        }
        SeenSettings.Values values = given.values().get();
        if (!column.isNumber() && !column.isText()) {
            problems.add(WHAT + " online: " + column + " is neither a number nor text"
                    + (column.isTruth() ? "; use online(column)" : "; allowed are those, and true or false"));
            return Optional.empty();
        }
        Optional<Object> yes = value(column, values.online());
        Optional<Object> no = value(column, values.otherwise());
        return yes.isPresent() && no.isPresent()
                ? Optional.of(new OnlineColumn(column, yes.get(), no.get()))
                : Optional.empty();
    }

    private Optional<Object> value(Column column, String text) {
        Optional<Object> value = column.value(text);
        if (value.isEmpty()) {
            problems.add(WHAT + " online: \"" + text + "\" given, which is no value of " + column);
        }
        return value;
    }
}
