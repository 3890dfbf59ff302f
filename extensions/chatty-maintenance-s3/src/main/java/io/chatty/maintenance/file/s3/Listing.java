package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.task.Counts;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The files of a store among the objects of its bucket. */
final class Listing implements FileListing {

    private final Pages pages;
    private final String prefix;
    private final String own;
    private Iterator<Pages.Listed> page = List.<Pages.Listed>of().iterator();
    private boolean ended;
    private long folders;
    private long noNames;

    Listing(Pages pages, String prefix, String own) {
        this.pages = pages;
        this.prefix = prefix;
        this.own = own;
    }

    @Override
    public Optional<StoredFile> next() throws IOException {
        while (!ended) {
            while (page.hasNext()) {
                Pages.Listed object = page.next();
                if (isFile(object)) {
                    return Optional.of(new Listed(object.key().substring(prefix.length()), object));
                }
            }
            List<Pages.Listed> next = pages.next();
            page = next.iterator();
            ended = next.isEmpty();
        }
        return Optional.empty();
    }

    private boolean isFile(Pages.Listed object) {
        String key = object.key();
        if (key.startsWith(own)) {
            return false;
        }
        if (key.endsWith("/") && Long.valueOf(0).equals(object.size())) {
            folders++;
            return false;
        }
        String name = key.substring(prefix.length());
        try {
            FileNames.check(name);
            S3FileStore.checkNotOwn(name);
            return true;
        } catch (IllegalArgumentException e) {
            noNames++;
            return false;
        }
    }

    @Override
    public Counts skipped() {
        Counts counts = Counts.none();
        if (folders > 0) {
            counts = counts.plus("skipped.folder", folders);
        }
        return noNames > 0 ? counts.plus("skipped.name", noNames) : counts;
    }

    @Override
    public void close() {
        ended = true;
        pages.close();
    }

    /** A file as it was listed. */
    private record Listed(String name, Pages.Listed object) implements StoredFile {

        @Override
        public FileState state() throws IOException {
            return Bucket.state(object.size(), object.lastModified(), object.eTag());
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
