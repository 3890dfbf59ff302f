package io.chatty.maintenance.database.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.task.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A host that keeps files. */
final class FileHost {

    private FileHost() {}

    /** The library in that database, of whose messages no files are known. */
    static ChatDatabase chat(TestDatabase database) {
        ChatSchema unused = ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                .build();
        ChatDatabase chat = ChatDatabase.of(database.dataSource(), unused);
        chat.migrate();
        return chat;
    }

    /** References in columns of that database. */
    static DatabaseReferences references(TestDatabase database, Consumer<DatabaseReferences.Builder> columns) {
        return chat(database).fileReferences("chat", columns);
    }

    /** All references, read in pages, whose count is looked at. */
    static List<FileReference> walk(FileReferences references, int most) throws Exception {
        List<FileReference> all = new ArrayList<>();
        Optional<Cursor> at = Optional.empty();
        while (true) {
            ReferencePage page = references.page(at, most);
            all.addAll(page.references());
            at = page.next();
            if (at.isEmpty()) {
                assertThat(page.complete()).hasValue(all.size());
                return all;
            }
        }
    }

    /** The names of all references. */
    static List<String> walked(FileReferences references, int most) throws Exception {
        return walk(references, most).stream().map(FileReference::name).toList();
    }
}
