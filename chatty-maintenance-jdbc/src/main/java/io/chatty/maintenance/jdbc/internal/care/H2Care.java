package io.chatty.maintenance.jdbc.internal.care;

import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** ANALYZE on H2. Space comes back to its file by itself, and to the disk when the database is closed. */
final class H2Care implements ServerCare {

    private static final int LOCK_TIMEOUT = 50200;
    private static final int NO_TABLE = 42102;
    private static final int TIMEOUT = 57014;

    @Override
    public List<String> problems(Session session, List<Part> parts, CareSettings settings) {
        List<String> problems = new ArrayList<>();
        if (settings.truncate() || settings.rebuild().isPresent()) {
            problems.add((settings.truncate() ? "truncate" : "rebuild")
                    + ": given, but H2 gives space back only when the database is closed (SHUTDOWN COMPACT), which is the"
                    + " host's to do; leave it out");
        }
        boolean admin = session.first(
                        Sql.of("SELECT IS_ADMIN FROM INFORMATION_SCHEMA.USERS WHERE USER_NAME = CURRENT_USER"),
                        row -> row.getBoolean(1))
                .orElse(false);
        if (!admin) {
            problems.add("rights: to analyze tables takes an administrator on H2; ALTER USER … ADMIN TRUE");
        }
        return problems;
    }

    @Override
    public Diagnosis look(Session session, Part part, CareSettings settings) {
        return Diagnosis.needs(Need.ANALYZE, "H2 does not tell what changed; it reads a sample of the rows");
    }

    @Override
    public Optional<Size> size(Session session, Part part) {
        return Optional.empty();
    }

    @Override
    public Runnable begin(Session session, CareSettings settings) {
        return () -> {};
    }

    @Override
    public Optional<Diagnosis> tend(Session session, Part part, Need need, CareSettings settings) {
        session.tend("ANALYZE TABLE " + part.sql(), row -> row.getString(1));
        return Optional.empty();
    }

    @Override
    public Optional<Diagnosis> reason(SQLException said) {
        String because = "the database said: " + said.getMessage();
        return switch (said.getErrorCode()) {
            case LOCK_TIMEOUT -> Optional.of(Diagnosis.skipped("locked", because));
            case TIMEOUT -> Optional.of(Diagnosis.skipped("timeLimit", because));
            case NO_TABLE -> Optional.of(Diagnosis.skipped("gone", because));
            default -> Optional.empty();
        };
    }
}
