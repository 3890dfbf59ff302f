package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.jdbc.internal.archive.ArchiveWriter;
import io.chatty.maintenance.jdbc.internal.archive.TwinWriter;
import io.chatty.maintenance.jdbc.internal.archive.Twins;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.outbox.Outbox;
import io.chatty.maintenance.jdbc.internal.run.LaneRows;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** One batch of a cleanup, or of its preview: a look at one step, and where the next batch begins. Not thread-safe. */
final class CleanupBatch {

    private final List<Step> steps;
    private final ShareLimit limit;
    private final Capping capping;
    private final Optional<Filing> filing;
    private final Removal.Aside aside;
    private final Session session;
    private final Set<String> countedTasks;
    private final Lanes lanes;
    private StepScope scope;
    private int index;

    /** One that works in one transaction alone, and archives in no file. */
    CleanupBatch(Cleanup.Setup setup, HostTables tables, Session session, TaskContext context, HoldRows.Known holds) {
        this(setup, tables, session, context, holds, Lanes.none(context), Optional.empty());
    }

    /**
     * @param lanes what works beside it
     * @param filing what archives in files; empty if nothing does
     */
    CleanupBatch(
            Cleanup.Setup setup,
            HostTables tables,
            Session session,
            TaskContext context,
            HoldRows.Known holds,
            Lanes lanes,
            Optional<Filing> filing) {
        CleanupSettings settings = setup.settings();
        Conditions conditions = new Conditions(tables, settings, setup.expiry(), context.now());
        Latest latest = new Latest(tables, conditions, session, context.runId(), setup.memory());
        Judge judge = setup.judge(tables, session, holds, latest, context.now());
        this.steps = CleanupSteps.of(tables, settings, conditions, setup.expiry(), holds.restored());
        this.limit = new ShareLimit(tables, session, settings);
        this.capping = new Capping(settings.sizeCap(), tables, judge);
        this.filing = filing;
        this.aside = aside(settings, tables, session, context.runId(), filing);
        this.session = session;
        this.countedTasks = setup.counted();
        this.lanes = lanes;
        this.scope = new StepScope(
                tables,
                session,
                lanes.ownSize(),
                conditions,
                holds,
                judge,
                setup.expiry(),
                context.now(),
                setup.shown(tables),
                CleanupCursor.COUNTING);
        goTo(context.cursor().map(CleanupCursor::parse).orElse(CleanupCursor.COUNTING));
    }

    private static Removal.Aside aside(
            CleanupSettings settings, HostTables tables, Session session, RunId run, Optional<Filing> filing) {
        Optional<ArchiveWriter> archive = filing.isPresent()
                ? filing.<ArchiveWriter>map(files -> files)
                : settings.archive()
                        .filter(ArchivePlace.InTables.class::isInstance)
                        .<ArchiveWriter>map(place -> new TwinWriter(
                                tables, new Twins(tables, place.name()), session, run, settings.tellsMessages()));
        return new Removal.Aside(
                archive,
                settings.tellsMessages() || Outbox.hasFiles(tables)
                        ? Optional.of(new Outbox(tables, session, run, settings.tellsMessages()))
                        : Optional.empty());
    }

    private void goTo(CleanupCursor given) {
        Place place = Place.of(given, steps, capping.fresh());
        index = place.index();
        capping.goOnFrom(place.cap());
        scope = scope.at(place.cursor());
    }

    private CleanupCursor cursor() {
        return scope.cursor();
    }

    /** First counts as a run does, to tell whether it would wait; what is counted so is counted once more then, in full. */
    BatchResult preview() {
        return countFirst(() -> Migrations.problems(session).isEmpty())
                .map(counted -> counted.with(Counts.none()))
                .orElseGet(this::forecast);
    }

    private BatchResult forecast() {
        Forecast forecast = new Forecast(scope, capping);
        BatchResult found = result("due.", forecast::of);
        return forecast.span().map(found::spanning).orElse(found);
    }

    BatchResult run() {
        return countFirst(() -> true).orElseGet(this::remove);
    }

    /**
     * What came of counting; empty if that is over, or not asked for.
     *
     * @param recorded whether our own tables are there to tell what went before
     */
    private Optional<BatchResult> countFirst(BooleanSupplier recorded) {
        if (cursor().pass() > 0) {
            return Optional.empty();
        }
        long of = cursor().of() > 0 ? cursor().of() : limit.limitedTable();
        if (of > 0 && !steps.isEmpty()) {
            return Optional.of(count(of, recorded));
        }
        goTo(CleanupCursor.REMOVING);
        return Optional.empty();
    }

    /**
     * Counts what is due.
     *
     * @param of how many messages there are
     */
    private BatchResult count(long of, BooleanSupplier recorded) {
        Step step = steps.get(index);
        Optional<Look> look = new DueCount(scope, capping, new Forecast(scope, capping)).of(step);
        long found = look.map(it -> it.gone().rows()).orElse(0L);
        List<String> end = look.filter(it -> !it.isLast()).map(Look::end).orElse(List.of());
        long due = cursor().due() + found;
        Counts counts = step.kind() == Step.Kind.MEASURED
                ? Counts.none()
                : Counts.none().plus("due." + step.name(), found);
        return afterCounting(of, due, step, end, recorded)
                .with(counts)
                .lookingAt(look.map(Look::examined).orElse(0L));
    }

    private BatchResult afterCounting(long of, long due, Step step, List<String> end, BooleanSupplier recorded) {
        boolean last = end.isEmpty() && index + 1 == steps.size();
        if (last || limit.isPassed(due, 0, of)) {
            long recent = recorded.getAsBoolean() ? limit.recentlyRemoved(scope.now(), countedTasks) : 0;
            CleanupCursor removing = at(CleanupCursor.REMOVING, steps.get(0), List.of());
            return limit.isPassed(due, recent, of)
                    ? BatchResult.awaitConfirmation(removing.toCursor(), limit.reason(due, recent, of, scope.now()))
                    : BatchResult.next(removing.toCursor());
        }
        Step next = end.isEmpty() ? steps.get(index + 1) : step;
        return BatchResult.next(
                new CleanupCursor(0, false, next.name(), next.walkName(), end, due, of, capping.state()).toCursor());
    }

    /** Whether the batch may delete something; otherwise it waits for nobody, and nobody for it. */
    boolean deletes() {
        return !steps.isEmpty()
                && (cursor().written().isPresent() || steps.get(index).kind() == Step.Kind.ROWS);
    }

    private BatchResult remove() {
        StepRemoval removal = new StepRemoval(scope, capping, aside);
        if (filing.isEmpty() || steps.isEmpty() || !FiledRemoval.isFor(steps.get(index))) {
            return result("deleted.", removal::of);
        }
        FiledRemoval files = new FiledRemoval(filing.get(), scope, capping, removal);
        return cursor().written()
                .map(written -> result("deleted.", step -> Optional.of(files.remove(step, written))))
                .orElseGet(() -> write(files, steps.get(index)));
    }

    /** Writes what is due to a file, for the next batch; goes on where nothing is. */
    private BatchResult write(FiledRemoval files, Step step) {
        Optional<FiledRemoval.Writing> writing = files.write(step);
        Optional<CleanupCursor.Written> written = writing.flatMap(FiledRemoval.Writing::written);
        if (written.isEmpty()) {
            return result("deleted.", same -> writing.map(FiledRemoval.Writing::look));
        }
        Look look = writing.get().look();
        CleanupCursor here = at(from(cursor().pass(), cursor().lockedRows()), step, cursor().position());
        return BatchResult.next(here.with(written.get()).toCursor())
                .with(look.gone().others().plus("examined", look.examined()));
    }

    /** Removes the next of a piece of the walk, as a lane beside another batch. */
    LaneRows.Done lane(CleanupCursor piece) {
        if (!cursor().equals(piece)) { // the steps are others now: the batch itself begins anew
            return new LaneRows.Done(piece.position(), false, Counts.none());
        }
        Looked looked = look("deleted.", new StepRemoval(scope, capping, aside)::of);
        return new LaneRows.Done(looked.position(), looked.locked(), looked.counts());
    }

    /** Looks at the next rows; empty if there are none. */
    @FunctionalInterface
    private interface Action {
        Optional<Look> on(Step step);
    }

    private BatchResult result(String prefix, Action action) {
        if (steps.isEmpty()) {
            return BatchResult.finished().with(Counts.none().plus("examined", 0));
        }
        Looked looked = look(prefix, action);
        return next(looked.locked(), looked.position(), looked.counts());
    }

    /**
     * What came of a look.
     *
     * @param position where the next begins; empty at the end
     * @param locked whether rows were left out because they were locked
     */
    private record Looked(boolean locked, List<String> position, Counts counts) {}

    private Looked look(String prefix, Action action) {
        Step step = steps.get(index).upTo(scope.session(), cursor().upTo());
        Look look = action.on(step).orElseGet(() -> nothing(step));
        Deletion.Gone gone = look.gone();
        Counts counts = Counts.none().plus("examined", look.examined()).plus(gone.others());
        if (step.kind() != Step.Kind.MEASURED) {
            counts = counts.plus(prefix + step.name(), gone.rows());
        }
        if (step.kind() == Step.Kind.CAPPED && look.isLast() && !looksAgain(gone.locked() > 0)) {
            counts = counts.plus(capping.unreached(prefix.equals("deleted.")));
        }
        if (gone.locked() > 0) {
            counts = counts.plus(cursor().pass() == 1 ? "skipped.lockedAtFirst" : "skipped.locked", gone.locked());
        }
        return new Looked(gone.locked() > 0, look.isLast() ? List.of() : look.end(), counts);
    }

    private Look nothing(Step step) {
        Counts others = step.kind() == Step.Kind.JUDGED ? scope.withoutKey(step) : Counts.none();
        return Look.last(new Deletion.Gone(0, others, 0));
    }

    /** Whether there is a second pass. */
    private boolean looksAgain(boolean locked) {
        return cursor().pass() == 1 && (cursor().lockedRows() || locked);
    }

    /** The result with the next position: in this step, else in the next, else in a second pass, else none. */
    private BatchResult next(boolean lockedHere, List<String> position, Counts countedHere) {
        Lanes.Others others = lanes.join(scope.session());
        boolean locked = lockedHere || others.locked();
        boolean lockedRows = cursor().lockedRows() || locked;
        Counts counts = countedHere.plus(others.counts());
        List<Piece> left = new ArrayList<>();
        if (!position.isEmpty()) {
            left.add(new Piece(position, cursor().upTo()));
        }
        if (!cursor().others().isEmpty()) { // else the step has begun anew
            left.addAll(others.pieces());
        }
        if (!left.isEmpty()) {
            Step step = steps.get(index);
            CleanupCursor from =
                    at(from(cursor().pass(), lockedRows), step, left.get(0).after());
            List<Piece> pieces = cursor().pass() == 1 ? lanes.cut(scope.session(), step, left) : left;
            return BatchResult.next(from.with(pieces).toCursor()).with(counts);
        }
        if (index + 1 < steps.size()) {
            return next(cursor().pass(), lockedRows, steps.get(index + 1)).with(counts);
        }
        if (looksAgain(locked)) {
            capping.measureAnew();
            return next(2, false, steps.get(0)).with(counts);
        }
        return BatchResult.finished().with(counts);
    }

    private CleanupCursor from(int pass, boolean lockedRows) {
        return new CleanupCursor(pass, lockedRows, "", "", List.of(), 0, 0, capping.state());
    }

    private BatchResult next(int pass, boolean lockedRows, Step step) {
        return BatchResult.next(at(from(pass, lockedRows), step, List.of()).toCursor());
    }

    private static CleanupCursor at(CleanupCursor from, Step step, List<String> position) {
        return new CleanupCursor(
                from.pass(),
                from.lockedRows(),
                step.name(),
                step.walkName(),
                position,
                from.due(),
                from.of(),
                from.cap());
    }
}
