package io.chatty.maintenance.benchmarks;

import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.OrderedReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.task.Cursor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Refers to all but each thousandth file of a {@link MadeUpStore}, and holds none of it in memory. */
final class MadeUpReferences implements OrderedReferences {

    private final long count;

    MadeUpReferences(long count) {
        this.count = count;
    }

    private static boolean isReferred(long number) {
        return number % 1000 != 0;
    }

    @Override
    public String name() {
        return "made up";
    }

    @Override
    public Set<String> find(Collection<String> names) {
        return names.stream()
                .filter(name -> isReferred(MadeUpStore.number(name)))
                .collect(Collectors.toSet());
    }

    @Override
    public List<String> between(String after, String upTo) {
        List<String> names = new ArrayList<>();
        long number = after.isEmpty() ? 0 : MadeUpStore.number(after) + 1;
        while (number < count && MadeUpStore.name(number).compareTo(upTo) <= 0) {
            if (isReferred(number)) {
                names.add(MadeUpStore.name(number));
            }
            number++;
        }
        return names;
    }

    @Override
    public ReferencePage page(Optional<Cursor> position, int most) {
        List<FileReference> page = new ArrayList<>();
        String[] words = position.map(cursor -> cursor.text().split(" ", -1)).orElse(new String[] {"0", "0"});
        long number = Long.parseLong(words[0]);
        while (number < count && page.size() < most) {
            if (isReferred(number)) {
                page.add(FileReference.of(MadeUpStore.name(number), "made up"));
            }
            number++;
        }
        long seen = Long.parseLong(words[1]) + page.size();
        return number == count
                ? ReferencePage.complete(page, seen)
                : ReferencePage.more(page, new Cursor(number + " " + seen));
    }
}
