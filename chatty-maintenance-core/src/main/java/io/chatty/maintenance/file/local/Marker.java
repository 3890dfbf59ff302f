package io.chatty.maintenance.file.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.regex.Pattern;

/** The id of a store, in a file in the store's own directory, which goes where the files go. */
final class Marker {

    private static final String FILE = "id";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");

    private final NewFiles newFiles;

    Marker(NewFiles newFiles) {
        this.newFiles = newFiles;
    }

    Optional<String> id() throws IOException {
        try (Folder own = newFiles.own();
                InputStream in = own.open(own.name(FILE), NewFiles.OWN + "/" + FILE)) {
            String id = new String(in.readNBytes(200), StandardCharsets.UTF_8).strip();
            if (!ID.matcher(id).matches()) {
                throw new FileSystemException(
                        own.path().resolve(FILE).toString(), null, "should hold the id of this store, and does not");
            }
            return Optional.of(id);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void giveId(String id) throws IOException {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "id: \"" + id + "\" given, 1 to 100 letters, digits, - and _ are allowed");
        }
        newFiles.writeOwn(FILE, out -> out.write((id + "\n").getBytes(StandardCharsets.UTF_8)));
    }
}
