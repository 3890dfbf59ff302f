package io.chatty.maintenance.jdbc.internal.cleanup;

import java.util.List;

/**
 * What a look at the next rows of a step found, or did.
 *
 * @param end the position of the last of them
 * @param examined how many were looked at
 * @param isLast whether the step ends with them
 * @param gone what went, or would
 */
record Look(List<String> end, long examined, boolean isLast, Deletion.Gone gone) {

    /** One at a stretch that was asked for so many rows. */
    static Look at(Step.Stretch stretch, int asked, Deletion.Gone gone) {
        return new Look(stretch.end(), stretch.rows(), stretch.rows() < asked, gone);
    }

    /** One at messages that were judged one by one, of which so many were asked for. */
    static Look at(StepScope.Part part, int asked, Deletion.Gone gone) {
        return new Look(part.end(), part.examined(), part.examined() < asked, gone);
    }

    /** One that ends its step. */
    static Look last(Deletion.Gone gone) {
        return new Look(List.of(), 0, true, gone);
    }
}
