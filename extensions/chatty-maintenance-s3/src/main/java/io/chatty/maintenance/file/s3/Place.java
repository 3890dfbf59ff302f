package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where a file lies that was set aside, as its version tells: {@code marker M over V of ETAG}, or the ETag alone, where it was left in
 * its place.
 *
 * @param eTag its ETag
 * @param version the id of its version; null if it is in its place
 * @param marker the id of the marker that hides it; null if it is in its place
 */
record Place(
        String eTag, @Nullable String version, @Nullable String marker) {

    private static final int LONGEST = 500; // of FileState.version

    static Place of(QuarantinedFile file) {
        String[] words = file.state().version().split(" ", -1);
        return words.length == 6 && words[0].equals("marker") && words[2].equals("over") && words[4].equals("of")
                ? new Place(words[5], words[3], words[1])
                : new Place(file.state().version(), null, null);
    }

    /** The state of a file that such a marker hides. */
    static FileState hidden(FileState judged, String version, String marker) throws IOException {
        String place = "marker " + marker + " over " + version + " of " + judged.version();
        if (place.length() > LONGEST) {
            throw new IOException("the endpoint's ids of versions are too long to be kept: " + place);
        }
        return new FileState(judged.size(), judged.changedAt(), place);
    }

    /** What was judged, when it was not yet hidden. */
    FileState judged(QuarantinedFile file) {
        return new FileState(file.state().size(), file.state().changedAt(), eTag);
    }
}
