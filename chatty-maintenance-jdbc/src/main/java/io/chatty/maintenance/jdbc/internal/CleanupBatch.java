package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TimeSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One batch of a cleanup, or of its preview. Not thread-safe. */
final class CleanupBatch {

    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);

    private final HostTables tables;
    private final Session session;
    private final int size;
    private final Conditions conditions;
    private final HoldRows.Known holds;
    private final Expiry expiry;
    private final Judge judge;
    private final List<Column> shown;
    private final List<Step> steps;
    private final ShareLimit limit;
    private final @Nullable Capping capping;
    private final @Nullable Filing filing;
    private final Removal.Aside aside;
    private final String task;
    private final Instant now;
    private final Lanes lanes;
    private CleanupCursor cursor;
    private CapState cap = CapState.NONE;
    private boolean capIsReached;
    private long chosen;
    private Optional<TimeSpan> span = Optional.empty();
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
        this.tables = tables;
        this.session = session;
        this.lanes = lanes;
        this.size = lanes.ownSize();
        this.holds = holds;
        this.expiry = setup.expiry();
        this.conditions = new Conditions(tables, setup.settings(), setup.expiry(), context.now());
        this.shown = setup.shown(tables);
        Latest latest = new Latest(tables, conditions, session, context.runId(), setup.memory());
        this.judge = setup.judge(tables, session, holds, latest, context.now());
        this.steps = CleanupSteps.of(tables, setup.settings(), conditions, setup.expiry(), holds.restored());
        this.filing = filing.orElse(null);
        this.aside = new Removal.Aside(
                filing.<ArchiveWriter>map(writer -> writer)
                        .or(() -> setup.settings()
                                .archive()
                                .filter(ArchivePlace.InTables.class::isInstance)
                                .map(place -> twins(place, context.runId()))),
                setup.settings().tellsMessages() || Outbox.hasFiles(tables)
                        ? Optional.of(new Outbox(
                                tables,
                                session,
                                context.runId(),
                                setup.settings().tellsMessages()))
                        : Optional.empty());
        this.limit = new ShareLimit(tables, session, setup.settings());
        this.task = setup.task();
        this.now = context.now();
        this.capping = setup.settings()
                .sizeCap()
                .map(asked -> new Capping(asked, tables, judge))
                .orElse(null);
        this.cursor = context.cursor().map(CleanupCursor::parse).orElse(CleanupCursor.COUNTING);
        goTo(cursor);
    }

    private ArchiveWriter twins(ArchivePlace place, RunId run) {
        return new TwinWriter(tables, new Twins(tables, place.name()), session, run);
    }

    /** Settings or indexes that changed since make a position worthless; then the step begins anew, counting from the begin. */
    private void goTo(CleanupCursor given) {
        CapState fresh = capping == null ? CapState.NONE : CapState.of(capping.cap());
        boolean sameCap = given.cap().cap().equals(fresh.cap());
        cap = sameCap ? given.cap() : fresh;
        index = 0;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).name().equals(given.step())) {
                index = i;
            }
        }
        if (!sameCap && index > 0 && steps.get(index).kind() == Step.Kind.CAPPED) {
            index--; // another cap has to be measured first
        }
        boolean fits = !steps.isEmpty()
                && steps.get(index).name().equals(given.step())
                && steps.get(index).walkName().equals(given.walk())
                && (sameCap || steps.get(index).kind() != Step.Kind.MEASURED);
        if (fits) {
            cursor = given;
        } else if (given.pass() == 0) {
            cursor = CleanupCursor.COUNTING;
            cap = fresh;
            index = 0;
        } else {
            cap = steps.isEmpty() || steps.get(index).kind() != Step.Kind.MEASURED ? cap : cap.unmeasured();
            cursor = new CleanupCursor(
                    given.pass(), given.lockedRows(), given.step(), given.walk(), List.of(), 0, 0, cap);
        }
    }

    /** Counting costs so many times less than removing. */
    private static final int COUNTED_AT_ONCE = 8;

    /** What a look at the next rows found, or did. */
    private record Look(List<String> end, long examined, boolean isLast, Deletion.Gone gone) {}

    BatchResult preview() {
        if (cursor.pass() == 0) {
            goTo(CleanupCursor.REMOVING);
        }
        BatchResult found = result("due.", step -> switch (step.kind()) {
            case RANGE, ROOMS, JUDGED -> previewed(step);
            case ROWS -> countRows(step);
            case MEASURED -> measured(step);
            case CAPPED -> capped(step, false);
        });
        return span.map(found::spanning).orElse(found);
    }

    BatchResult run() {
        if (cursor.pass() == 0) {
            long of = cursor.of() > 0 ? cursor.of() : limit.limitedTable();
            if (of > 0 && !steps.isEmpty()) {
                return counted(of);
            }
            goTo(CleanupCursor.REMOVING);
        }
        return remove();
    }

    /** Counts what is due, until it is known whether that is too much to remove unasked. */
    private BatchResult counted(long of) {
        Step step = steps.get(index);
        Optional<Look> look = switch (step.kind()) {
            case RANGE -> countRange(step);
            case ROOMS -> orJudged(step, size * COUNTED_AT_ONCE, this::counted, this::previewed);
            case JUDGED -> previewed(step);
            case ROWS -> Optional.empty();
            case MEASURED -> measured(step);
            case CAPPED -> capped(step, false);
        };
        long found = look.map(it -> it.gone().rows()).orElse(0L);
        List<String> end = look.filter(it -> !it.isLast()).map(Look::end).orElse(List.of());
        long looked = look.map(Look::examined).orElse(0L);
        return countedFrom(of, cursor.due() + found, step, end, found).lookingAt(looked);
    }

    private BatchResult countedFrom(long of, long due, Step step, List<String> end, long found) {
        Counts counts = step.kind() == Step.Kind.MEASURED
                ? Counts.none()
                : Counts.none().plus("due." + step.name(), found);
        boolean over = limit.isPassed(due, 0, of);
        boolean last = end.isEmpty() && index + 1 == steps.size();
        if (over || last) {
            long recent = limit.recentlyRemoved(task, now);
            CleanupCursor removing = at(CleanupCursor.REMOVING, steps.get(0), List.of());
            return limit.isPassed(due, recent, of)
                    ? BatchResult.awaitConfirmation(removing.toCursor(), limit.reason(due, recent, of, now))
                            .with(counts)
                    : BatchResult.next(removing.toCursor()).with(counts);
        }
        Step next = end.isEmpty() ? steps.get(index + 1) : step;
        return BatchResult.next(new CleanupCursor(0, false, next.name(), next.walkName(), end, due, of, cap).toCursor())
                .with(counts);
    }

    /** Does something with a stretch of messages of which a condition says whether they are due. */
    @FunctionalInterface
    private interface WithStretch {
        Look on(Step step, Step.Stretch stretch, int asked, Sql due);
    }

    /** By a condition that says what the rooms' rules say, where there is one for the stretch; else message by message. */
    private Optional<Look> orJudged(Step step, int rows, WithStretch byCondition, Action judged) {
        RoomRules rules = expiry.manyRooms(tables).orElseThrow();
        Optional<Step.Stretch> found = step.next(session, cursor.position(), rows);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Step.Stretch stretch = found.get();
        Step.Part time = step.walk().get(0);
        Optional<Sql> old = stretch.end().isEmpty()
                ? Optional.empty()
                : rules.old(
                        now,
                        cursor.position().stream().findFirst().map(time::value),
                        time.value(stretch.end().get(0)));
        return old.map(due -> byCondition.on(
                        step,
                        stretch,
                        rows,
                        step.range(session, cursor.position(), stretch.end())
                                .add(" AND ")
                                .add(due)
                                .add(Conditions.andNot(conditions.softDeleted()))))
                .or(() -> judged.on(step));
    }

    private Optional<Look> countRange(Step step) {
        int rows = Math.multiplyExact(size, COUNTED_AT_ONCE);
        if (capping != null) {
            return step.next(session, cursor.position(), rows)
                    .map(stretch -> counted(step, stretch, rows, condition(step, stretch.end())));
        }
        Sql goes = going(step, Sql.of("(").add(step.due()).add(")"));
        return step.nextCounted(session, cursor.position(), rows, goes)
                .map(counted -> counted(counted.stretch(), rows, counted.found()));
    }

    private Look counted(Step step, Step.Stretch stretch, int asked, Sql due) {
        Sql goes = going(step, due);
        long found = step.count(session, goes);
        if (capping != null) {
            cap = cap.withDue(capping.measure(session, goes, found));
        }
        return counted(stretch, asked, found);
    }

    private static Look counted(Step.Stretch stretch, int asked, long found) {
        long work = (stretch.rows() + COUNTED_AT_ONCE - 1) / COUNTED_AT_ONCE;
        return new Look(stretch.end(), work, stretch.rows() < asked, new Deletion.Gone(found, Counts.none(), 0));
    }

    /** Whether the batch may delete something; otherwise it waits for nobody, and nobody for it. */
    boolean deletes() {
        return !steps.isEmpty()
                && (cursor.written().isPresent() || steps.get(index).kind() == Step.Kind.ROWS);
    }

    private BatchResult remove() {
        Filing files = filing;
        if (files != null && !steps.isEmpty()) {
            Step step = steps.get(index);
            if (step.kind() != Step.Kind.ROWS && step.kind() != Step.Kind.MEASURED) {
                return cursor.written()
                        .map(written -> removeWritten(files, written))
                        .orElseGet(() -> write(files, step));
            }
        }
        return result("deleted.", this::removed);
    }

    private Optional<Look> removed(Step step) {
        return switch (step.kind()) {
            case RANGE -> range(step);
            case ROOMS -> orJudged(step, size, this::removed, this::judged);
            case JUDGED -> judged(step);
            case ROWS -> rows(step);
            case MEASURED -> measured(step);
            case CAPPED -> capped(step, true);
        };
    }

    /** Removes the next of a piece of the walk, as a lane beside another batch. */
    LaneRows.Done lane(CleanupCursor piece) {
        if (!cursor.equals(piece)) { // the steps are others now: the batch itself begins anew
            return new LaneRows.Done(piece.position(), false, Counts.none());
        }
        Looked looked = look("deleted.", this::removed);
        return new LaneRows.Done(looked.position(), looked.locked(), looked.counts());
    }

    /** Writes what is due among the next messages to a file, for the next batch; goes on where nothing is. */
    private BatchResult write(Filing files, Step step) {
        boolean caps = step.kind() == Step.Kind.CAPPED;
        MessageRows reading = reading(caps && capping != null && capping.cap().isInBytes());
        Optional<Part> next = caps && cap.open() <= 0 ? Optional.empty() : read(step, reading);
        if (next.isEmpty()) {
            return result("deleted.", none -> Optional.empty());
        }
        Part part = next.get();
        List<Judge.Judgement> judgements = judged(step, part.rows());
        boolean last = part.examined() < size || (caps && capIsReached);
        List<List<Object>> keys = keys(step, part.rows(), judgements);
        Counts counts = skipped(caps ? "skipped.capped." : "skipped.", judgements)
                .plus(caps ? Counts.none() : withoutKey(step));
        if (keys.isEmpty()) {
            return result(
                    "deleted.",
                    none -> Optional.of(new Look(part.end(), part.examined(), last, new Deletion.Gone(0, counts, 0))));
        }
        CleanupCursor here = at(
                new CleanupCursor(cursor.pass(), cursor.lockedRows(), "", "", List.of(), 0, 0, cap),
                step,
                cursor.position());
        CleanupCursor.Written written =
                new CleanupCursor.Written(files.write(keys), part.end(), last, caps && capIsReached);
        return BatchResult.next(here.with(written).toCursor()).with(counts.plus("examined", part.examined()));
    }

    private List<Judge.Judgement> judged(Step step, List<MessageRow> rows) {
        if (step.kind() != Step.Kind.CAPPED || capping == null) {
            return judge.judge(rows);
        }
        Capping.Choice choice = capping.choose(rows, cap.open());
        capIsReached = choice.full();
        chosen = choice.size();
        return choice.judgements();
    }

    /** Removes what the batch before wrote to a file, as far as it is unchanged. */
    private BatchResult removeWritten(Filing files, CleanupCursor.Written written) {
        return result("deleted.", step -> {
            boolean caps = step.kind() == Step.Kind.CAPPED;
            MessageRows reading =
                    reading(caps && capping != null && capping.cap().isInBytes());
            List<MessageRow> rows =
                    reading.find(session, condition(step, written.end()).add(" ORDER BY " + step.order()));
            List<Judge.Judgement> judgements = judged(step, rows);
            long mostThatGoes = chosen;
            boolean first = !caps && deletionsGo();
            Deletion.Gone gone = deletion(reading)
                    .judged(
                            keys(step, rows, judgements),
                            files.unchanged(locked -> judged(step, locked), reading),
                            step.name(),
                            still(step, first),
                            first ? Optional.of(still(step, false)) : Optional.empty());
            refuseNewHolds(gone);
            if (caps && capping != null) {
                long went = capping.went(gone.rows());
                cap = cap.taken(went, gone.locked() > 0 ? Math.max(0, mostThatGoes - went) : 0);
            }
            capIsReached = written.full();
            Counts others = gone.others().plus("skipped.changed", files.changed());
            return Optional.of(
                    new Look(written.end(), 0, written.last(), new Deletion.Gone(gone.rows(), others, gone.locked())));
        });
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
        Step step = steps.get(index).upTo(session, cursor.upTo());
        Look look = action.on(step).orElseGet(() -> nothing(step));
        Deletion.Gone gone = look.gone();
        Counts counts = Counts.none().plus("examined", look.examined()).plus(gone.others());
        if (step.kind() != Step.Kind.MEASURED) {
            counts = counts.plus(prefix + step.name(), gone.rows());
        }
        if (step.kind() == Step.Kind.CAPPED && look.isLast() && !looksAgain(gone.locked() > 0)) {
            counts = counts.plus(unreached(prefix.equals("deleted.")));
        }
        if (gone.locked() > 0) {
            counts = counts.plus(cursor.pass() == 1 ? "skipped.lockedAtFirst" : "skipped.locked", gone.locked());
        }
        return new Looked(gone.locked() > 0, look.isLast() ? List.of() : look.end(), counts);
    }

    private Look nothing(Step step) {
        Counts others = step.kind() == Step.Kind.JUDGED ? withoutKey(step) : Counts.none();
        return new Look(List.of(), 0, true, new Deletion.Gone(0, others, 0));
    }

    private Optional<Look> measured(Step step) {
        int rows = Math.multiplyExact(size, COUNTED_AT_ONCE);
        if (capping == null || (cursor.pass() == 2 && cap.left() == 0)) {
            return Optional.empty();
        }
        Optional<Step.Stretch> next = step.next(session, cursor.position(), rows);
        if (next.isPresent()) {
            Sql range = step.range(session, cursor.position(), next.get().end());
            cap = cap.withMeasured(capping.measure(session, range, next.get().rows()));
        }
        List<String> end =
                next.filter(it -> it.rows() >= rows).map(Step.Stretch::end).orElse(List.of());
        Counts counts = Counts.none();
        if (end.isEmpty()) {
            cap = cap.measuredAll(capping.cap(), cursor.pass());
            counts = cursor.pass() == 1 ? counts.plus("capped.measured", cap.stays()) : counts;
        }
        return Optional.of(new Look(end, 0, end.isEmpty(), new Deletion.Gone(0, counts, 0)));
    }

    /** Takes the oldest that may go, up to what is too much; what is locked is left for the second pass, not made up for. */
    private Optional<Look> capped(Step step, boolean removes) {
        if (capping == null || cap.open() <= 0) {
            return Optional.empty();
        }
        Capping by = capping;
        MessageRows reading = reading(!removes || by.cap().isInBytes());
        return step.read(session, cursor.position(), size, reading).map(read -> {
            long most = cap.open();
            Capping.Choice choice = by.choose(read.rows(), most);
            Deletion.Gone gone;
            if (removes) {
                Deletion.Look underLock = rows -> by.choose(rows, most).judgements();
                List<List<Object>> keys = keys(step, read.rows(), choice.judgements());
                gone = deletion(reading).judged(keys, underLock, step.name(), still(step, false), Optional.empty());
                refuseNewHolds(gone);
            } else {
                gone = foreseen(read.rows(), goIn(step, choice.judgements()), choice.judgements());
            }
            long went = by.went(gone.rows());
            cap = cap.taken(went, gone.locked() > 0 ? Math.max(0, choice.size() - went) : 0);
            capIsReached = choice.full();
            Counts others = gone.others().plus(skipped("skipped.capped.", choice.judgements()));
            return new Look(
                    read.end(),
                    read.rows().size(),
                    choice.full() || read.rows().size() < size,
                    new Deletion.Gone(gone.rows(), others, gone.locked()));
        });
    }

    /** By how much there is still too much, when all that may go is gone. */
    private Counts unreached(boolean warns) {
        if (capping == null || capIsReached || cap.open() <= 0) {
            return Counts.none();
        }
        if (warns) {
            LOG.warn(
                    "Size cap of {} ({}) is not reached: {} too many stay, since all else is kept by policies, holds or exemptions;"
                            + " the counts skipped.capped tell by which",
                    tables.messages(),
                    capping.cap(),
                    cap.open());
        }
        return Counts.none().plus("capped.unreached", cap.open());
    }

    /** Whether there is a second pass. */
    private boolean looksAgain(boolean locked) {
        return cursor.pass() == 1 && (cursor.lockedRows() || locked);
    }

    private MessageRows reading(boolean withBytes) {
        return new MessageRows(tables, conditions, shown, withBytes);
    }

    private Deletion deletion(MessageRows reading) {
        return new Deletion(tables, session, reading, aside, expiry::reported);
    }

    private Sql condition(Step step, List<String> end) {
        return Sql.of("")
                .add(step.range(session, cursor.position(), end))
                .add(" AND (")
                .add(step.due())
                .add(")");
    }

    private Optional<Look> range(Step step) {
        return step.next(session, cursor.position(), size)
                .map(stretch -> removed(step, stretch, size, condition(step, stretch.end())));
    }

    private Look removed(Step step, Step.Stretch stretch, int asked, Sql due) {
        Deletion.Gone gone = deletion(reading(false)).range(step, stretch, going(step, due));
        refuseNewHolds(gone);
        Counts others = gone.others().plus(conditions.kept(session, due, holds, mayBeExempt(step)));
        return new Look(
                stretch.end(),
                stretch.rows(),
                stretch.rows() < asked,
                new Deletion.Gone(gone.rows(), others, gone.locked()));
    }

    /** What is due in a step, and is kept by nothing. */
    private Sql going(Step step, Sql due) {
        Sql going = Sql.of("").add(due).add(" AND ").add(conditions.unlessKept(holds));
        return mayBeExempt(step) ? going.add(" AND ").add(conditions.unlessExempt()) : going;
    }

    /** Exemptions are no shield from the author's own delete, and none for orphans. */
    private static boolean mayBeExempt(Step step) {
        return step.name().equals(CleanupSteps.EXPIRED) || step.kind() == Step.Kind.CAPPED;
    }

    /**
     * A hold that came while the batch worked has kept the statement from deleting anything: all of it is done again. Where
     * something went, none had come.
     */
    private void refuseNewHolds(Deletion.Gone gone) {
        if (gone.rows() == 0 || gone.locked() > 0) {
            HoldRows.refuseNewer(session, holds);
        }
    }

    private Optional<Look> rows(Step step) {
        return step.next(session, cursor.position(), size)
                .map(stretch -> new Look(
                        stretch.end(),
                        stretch.rows(),
                        stretch.rows() < size,
                        deletion(reading(false)).rows(step, condition(step, stretch.end()))));
    }

    private Optional<Look> countRows(Step step) {
        return step.next(session, cursor.position(), size)
                .map(stretch -> new Look(
                        stretch.end(),
                        stretch.rows(),
                        stretch.rows() < size,
                        new Deletion.Gone(step.count(session, condition(step, stretch.end())), Counts.none(), 0)));
    }

    /** Messages of the next part of the walk, of which those that the step's condition leaves are to be judged. */
    private record Part(List<String> end, long examined, List<MessageRow> rows) {}

    private Optional<Part> read(Step step, MessageRows reading) {
        // Several rows can stand at one place of a walk by a shared key: they are read with the last that has it.
        if (CleanupSteps.judgesAll(step) && !tables.keyShared) {
            return step.read(session, cursor.position(), size, reading)
                    .map(read -> new Part(read.end(), read.rows().size(), read.rows()));
        }
        return step.next(session, cursor.position(), size)
                .map(stretch ->
                        new Part(stretch.end(), stretch.rows(), reading.find(session, condition(step, stretch.end()))));
    }

    private Optional<Look> judged(Step step) {
        MessageRows reading = reading(false);
        return read(step, reading).map(part -> {
            List<Judge.Judgement> judgements = judge.judge(part.rows());
            Deletion.Gone gone = deletion(reading)
                    .judged(
                            keys(step, part.rows(), judgements),
                            judge::judge,
                            step.name(),
                            still(step, deletionsGo()),
                            deletionsGo() ? Optional.of(still(step, false)) : Optional.empty());
            refuseNewHolds(gone);
            Counts others = gone.others().plus(skipped("skipped.", judgements)).plus(withoutKey(step));
            return new Look(
                    part.end(),
                    part.examined(),
                    part.examined() < size,
                    new Deletion.Gone(gone.rows(), others, gone.locked()));
        });
    }

    /** Whether the row that says that a user deleted a message goes with it, so that it cannot be asked for at the end. */
    private boolean deletionsGo() {
        HostTables.SoftDeletes deletes = tables.softDeletes;
        return deletes != null
                && tables.children.stream().anyMatch(child -> child.table().equals(deletes.table()));
    }

    /** The keys of those that go in this step, each once. */
    private static List<List<Object>> keys(Step step, List<MessageRow> rows, List<Judge.Judgement> judgements) {
        Set<List<Object>> keys = new LinkedHashSet<>();
        for (int i = 0; i < rows.size(); i++) {
            if (judgements.get(i).goesAs(step.name())) {
                keys.add(rows.get(i).key());
            }
        }
        return List.copyOf(keys);
    }

    /** What a message that was judged under lock must still fulfil when it is deleted: what other tables say. */
    private Sql still(Step step, boolean deletionGone) {
        Sql still = conditions.unlessKept(holds);
        if (deletionGone && (tables.keyShared || step.name().equals(CleanupSteps.SOFT_DELETED))) {
            return still;
        }
        if (tables.keyShared) {
            return still.add(" AND (").add(conditions.anyReason()).add(")");
        }
        return mayBeExempt(step)
                ? still.add(" AND ").add(conditions.unlessExempt())
                : still.add(" AND (").add(step.due()).add(")");
    }

    /** Messages that cannot be named stay: they are counted as a step begins. */
    private Counts withoutKey(Step step) {
        if (cursor.pass() != 1 || !cursor.position().isEmpty()) {
            return Counts.none();
        }
        return step.withoutKey()
                .map(rows -> step.name().equals(CleanupSteps.EXPIRED)
                        ? rows.add(Conditions.andNot(conditions.softDeleted()))
                        : rows)
                .map(rows -> Counts.none().plus("skipped.withoutKey", step.count(session, rows)))
                .orElse(Counts.none());
    }

    private static Counts skipped(String prefix, List<Judge.Judgement> judgements) {
        Map<String, Long> why = new TreeMap<>();
        judgements.forEach(judgement -> judgement.kept().ifPresent(kept -> why.merge(prefix + kept, 1L, Long::sum)));
        return Counts.of(why);
    }

    private Optional<Look> previewed(Step step) {
        MessageRows reading = reading(true);
        return read(step, reading).map(part -> {
            List<Judge.Judgement> judgements = judge.judge(part.rows());
            List<Boolean> due = due(step, part.rows(), judgements, reading);
            Deletion.Gone foreseen = foreseen(part.rows(), due, judgements);
            if (capping != null) {
                cap = cap.withDue(capping.cap().isInBytes() ? foreseen.others().get("due.bytes") : foreseen.rows());
            }
            Counts others =
                    foreseen.others().plus(skipped("skipped.", judgements)).plus(withoutKey(step));
            return new Look(
                    part.end(), part.examined(), part.examined() < size, new Deletion.Gone(foreseen.rows(), others, 0));
        });
    }

    /** What would go, as a preview counts it. */
    private Deletion.Gone foreseen(List<MessageRow> rows, List<Boolean> due, List<Judge.Judgement> judgements) {
        PreviewCounts counts = new PreviewCounts();
        for (int i = 0; i < due.size(); i++) {
            if (due.get(i)) {
                counts.due(rows.get(i), judgements.get(i));
            }
        }
        span = counts.span();
        return new Deletion.Gone(counts.messages(), counts.counts(), 0);
    }

    private static List<Boolean> goIn(Step step, List<Judge.Judgement> judgements) {
        return judgements.stream()
                .map(judgement -> judgement.goesAs(step.name()))
                .toList();
    }

    /** Which of the messages go in this step; those that share a key only when all that have it do. */
    private List<Boolean> due(Step step, List<MessageRow> rows, List<Judge.Judgement> judgements, MessageRows reading) {
        List<Boolean> due = new ArrayList<>(goIn(step, judgements));
        if (!tables.keyShared || !due.contains(true)) {
            return due;
        }
        Sql haveThem = tables.haveKey(keys(step, rows, judgements));
        List<MessageRow> sharing = reading.find(session, haveThem);
        Map<List<Object>, Boolean> all = new SharedKeys(tables, session).allGo(haveThem, sharing, judge.judge(sharing));
        for (int i = 0; i < rows.size(); i++) {
            due.set(i, due.get(i) && all.getOrDefault(rows.get(i).key(), false));
        }
        return due;
    }

    /** The result with the next position: in this step, else in the next, else in a second pass, else none. */
    private BatchResult next(boolean lockedHere, List<String> position, Counts countedHere) {
        Lanes.Others others = lanes.join(session);
        boolean locked = lockedHere || others.locked();
        boolean lockedRows = cursor.lockedRows() || locked;
        Counts counts = countedHere.plus(others.counts());
        List<Piece> left = new ArrayList<>();
        if (!position.isEmpty()) {
            left.add(new Piece(position, cursor.upTo()));
        }
        if (!cursor.others().isEmpty()) { // else the step has begun anew
            left.addAll(others.pieces());
        }
        if (!left.isEmpty()) {
            Step step = steps.get(index);
            CleanupCursor from =
                    at(from(cursor.pass(), lockedRows), step, left.get(0).after());
            List<Piece> pieces = cursor.pass() == 1 ? lanes.cut(session, step, left) : left;
            return BatchResult.next(from.with(pieces).toCursor()).with(counts);
        }
        if (index + 1 < steps.size()) {
            return next(cursor.pass(), lockedRows, steps.get(index + 1), List.of())
                    .with(counts);
        }
        if (looksAgain(locked)) {
            cap = cap.unmeasured();
            return next(2, false, steps.get(0), List.of()).with(counts);
        }
        return BatchResult.finished().with(counts);
    }

    private CleanupCursor from(int pass, boolean lockedRows) {
        return new CleanupCursor(pass, lockedRows, "", "", List.of(), 0, 0, cap);
    }

    private BatchResult next(int pass, boolean lockedRows, Step step, List<String> position) {
        return BatchResult.next(at(from(pass, lockedRows), step, position).toCursor());
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
