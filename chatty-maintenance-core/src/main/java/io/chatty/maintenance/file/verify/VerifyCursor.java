package io.chatty.maintenance.file.verify;

import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.task.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where a verification stands, as text: {@code sources part seen most done last position}, the position in Base64.
 *
 * @param sources a hash of the names of all sources
 * @param part which of the sources is read
 * @param seen how many references it has given in the pages before
 * @param most how many references the page was asked for that is being looked at; 0 where one is to begin
 * @param done how many of that page are done
 * @param last a hash of the last of these
 * @param position where the page begins; empty at the source's begin
 */
record VerifyCursor(String sources, int part, long seen, int most, int done, String last, String position) {

    /** The cursor that was given; the beginning if there is none, or it was made with other sources. */
    static VerifyCursor of(Optional<Cursor> given, String sources) {
        return given.map(VerifyCursor::parse)
                .filter(cursor -> cursor.sources.equals(sources))
                .orElse(new VerifyCursor(sources, 0, 0, 0, 0, "", ""));
    }

    private static VerifyCursor parse(Cursor cursor) {
        String[] words = cursor.text().split(" ", -1);
        return new VerifyCursor(
                words[0],
                Integer.parseInt(words[1]),
                Long.parseLong(words[2]),
                Integer.parseInt(words[3]),
                Integer.parseInt(words[4]),
                words[5],
                new String(Base64.getUrlDecoder().decode(words[6]), StandardCharsets.UTF_8));
    }

    Optional<Cursor> place() {
        return position.isEmpty() ? Optional.empty() : Optional.of(new Cursor(position));
    }

    /**
     * How many references of a page are done, which was read anew: some may have come or gone. Rather too few than too many.
     */
    int doneOf(List<FileReference> page) {
        if (done == 0 || (done <= page.size() && hash(page.get(done - 1)).equals(last))) {
            return done;
        }
        for (int i = 0; i < page.size(); i++) {
            if (hash(page.get(i)).equals(last)) {
                return i + 1;
            }
        }
        return 0;
    }

    /** So many of the page are done. */
    VerifyCursor within(List<FileReference> page, int asked, int nowDone) {
        String hash = nowDone == 0 ? "" : hash(page.get(nowDone - 1));
        return new VerifyCursor(sources, part, seen, asked, nowDone, hash, position);
    }

    /** The page is done. */
    VerifyCursor at(Cursor next, long nowSeen) {
        return new VerifyCursor(sources, part, nowSeen, 0, 0, "", next.text());
    }

    /** The source is done. */
    VerifyCursor nextSource() {
        return new VerifyCursor(sources, part + 1, 0, 0, 0, "", "");
    }

    private static String hash(FileReference reference) {
        String text = reference.name() + "\n" + reference.where();
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    Cursor cursor() {
        return new Cursor(String.join(
                " ",
                sources,
                Integer.toString(part),
                Long.toString(seen),
                Integer.toString(most),
                Integer.toString(done),
                last,
                Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8))));
    }
}
