package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.policy.Expiry;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The steps of a cleanup, in their order. */
final class CleanupSteps {

    static final String SOFT_DELETED = "softDeleted";
    static final String EXPIRED = "expired";
    static final String ORPHANED = "orphaned";
    static final String CAPPED = "capped";

    private static final String MEASURED = "measured";

    /** The reasons for which messages go. */
    static final List<String> OF_MESSAGES = List.of(SOFT_DELETED, EXPIRED, ORPHANED, CAPPED);

    private static final Sql ALL = Sql.of("1 = 1");

    private final HostTables tables;
    private final Conditions conditions;
    private final boolean judged;
    private final List<Step> steps = new ArrayList<>();

    private CleanupSteps(HostTables tables, Conditions conditions, boolean judged) {
        this.tables = tables;
        this.conditions = conditions;
        this.judged = judged;
    }

    /**
     * The steps.
     *
     * @param expiry whether a condition can say what has expired
     * @param restored whether messages have to be looked at one by one, since some were restored
     */
    static List<Step> of(
            HostTables tables, CleanupSettings settings, Conditions conditions, Expiry expiry, boolean restored) {
        CleanupSteps steps = new CleanupSteps(tables, conditions, tables.keyShared || restored);
        steps.softDeleted();
        steps.expired(expiry);
        if (settings.orphans()) {
            steps.orphans();
        }
        settings.sizeCap().ifPresent(cap -> steps.capped());
        return steps.steps;
    }

    private List<Step.Part> keyParts() {
        return Step.parts(tables, tables.key);
    }

    /** By time, then key, where an index helps; else by key. */
    private List<Step.Part> walk(@Nullable TimeColumn time) {
        List<Step.Part> walk = new ArrayList<>();
        if (time != null && time.indexed()) {
            walk.add(new Step.TimePart(time, tables.column("m", time.column())));
        }
        walk.addAll(keyParts());
        return walk;
    }

    private void softDeleted() {
        conditions.softDeleted().ifPresent(due -> {
            if (tables.softDeletes != null) {
                add(SOFT_DELETED, Step.Kind.JUDGED, keyParts(), Optional.empty(), due);
            } else {
                Step.Kind kind = judged ? Step.Kind.JUDGED : Step.Kind.RANGE;
                add(SOFT_DELETED, kind, walk(tables.softDeletedAt), Optional.of(due), ALL);
            }
        });
    }

    private void expired(Expiry expiry) {
        conditions.mayHaveExpired().ifPresent(within -> {
            TimeColumn time = tables.walkedSentAt().orElse(null);
            if (expiry.isPlain() && !judged) {
                // A filter alone: by an index of rooms a batch would read all that such a room has.
                Sql due = Sql.of("(")
                        .add(conditions.old())
                        .add(") IS TRUE")
                        .add(Conditions.andNot(conditions.softDeleted()));
                add(EXPIRED, Step.Kind.RANGE, walk(time), Optional.of(within), due);
            } else {
                boolean byRooms = !judged && expiry.manyRooms(tables).isPresent();
                add(EXPIRED, byRooms ? Step.Kind.ROOMS : Step.Kind.JUDGED, walk(time), Optional.of(within), ALL);
            }
        });
    }

    private void orphans() {
        conditions.orphan().ifPresent(due -> add(ORPHANED, Step.Kind.JUDGED, keyParts(), Optional.empty(), due));
        for (HostTables.Child child : tables.children) {
            if (!child.setLoose()) {
                steps.add(new Step(
                        "orphans." + child.given(),
                        Step.Kind.ROWS,
                        tables.table(child.table()),
                        Step.parts(tables, child.refersBy()),
                        Optional.empty(),
                        conditions.orphanedChild(child)));
            }
        }
        for (HostTables.Shared shared : tables.shared) {
            conditions.orphanedShared(shared).ifPresent(due -> steps.add(ofShared(tables, shared, due)));
        }
    }

    private static Step ofShared(HostTables tables, HostTables.Shared shared, Sql due) {
        return new Step(
                "orphans." + shared.given(),
                Step.Kind.ROWS,
                tables.table(shared.key()),
                Step.parts(tables, List.of(shared.key())),
                Optional.empty(),
                due);
    }

    /** The shared table whose rows the step walks, if it is one of these. */
    static Optional<HostTables.Shared> shared(HostTables tables, Step step) {
        return tables.shared.stream()
                .filter(each -> step.name().equals("orphans." + each.given())
                        && step.table().equals(tables.table(each.key())))
                .findFirst();
    }

    /** Last, so that what goes for another reason is not measured. */
    private void capped() {
        conditions.mayBeCapped().ifPresent(within -> {
            add(MEASURED, Step.Kind.MEASURED, keyParts(), Optional.empty(), ALL);
            TimeColumn time = tables.sentAt.get(0);
            List<Step.Part> oldestFirst = new ArrayList<>();
            oldestFirst.add(new Step.TimePart(time, tables.column("m", time.column())));
            oldestFirst.addAll(keyParts());
            add(CAPPED, Step.Kind.CAPPED, oldestFirst, Optional.of(within), ALL);
        });
    }

    private void add(String name, Step.Kind kind, List<Step.Part> walk, Optional<Sql> within, Sql due) {
        steps.add(new Step(name, kind, tables.messages(), walk, within, due));
    }

    /** Whether all rows that the step meets are to be judged. */
    static boolean judgesAll(Step step) {
        return step.due() == ALL;
    }
}
