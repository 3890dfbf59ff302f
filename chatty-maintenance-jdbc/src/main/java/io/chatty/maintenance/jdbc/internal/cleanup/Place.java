package io.chatty.maintenance.jdbc.internal.cleanup;

import java.util.List;

/**
 * Where a batch stands among the steps of a cleanup.
 *
 * @param index which step it is at
 * @param cursor where in it
 * @param cap how far it is with the size cap
 */
record Place(int index, CleanupCursor cursor, CapState cap) {

    /**
     * That of a cursor. Settings or indexes that changed since make a position worthless; then the step begins anew, counting
     * from the begin.
     *
     * @param fresh the state of the size cap before anything was measured
     */
    static Place of(CleanupCursor given, List<Step> steps, CapState fresh) {
        boolean sameCap = given.cap().cap().equals(fresh.cap());
        CapState cap = sameCap ? given.cap() : fresh;
        int index = 0;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).name().equals(given.step())) {
                index = i;
            }
        }
        if (!sameCap && index > 0 && steps.get(index).kind() == Step.Kind.CAPPED) {
            index--; // another cap has to be measured first
        }
        boolean measures = !steps.isEmpty() && steps.get(index).kind() == Step.Kind.MEASURED;
        boolean fits = !steps.isEmpty()
                && steps.get(index).name().equals(given.step())
                && steps.get(index).walkName().equals(given.walk())
                && (sameCap || !measures);
        if (fits) {
            return new Place(index, given, cap);
        }
        if (given.pass() == 0) {
            return new Place(0, CleanupCursor.COUNTING, fresh);
        }
        CapState begun = measures ? cap.unmeasured() : cap;
        return new Place(
                index,
                new CleanupCursor(given.pass(), given.lockedRows(), given.step(), given.walk(), List.of(), 0, 0, begun),
                begun);
    }
}
