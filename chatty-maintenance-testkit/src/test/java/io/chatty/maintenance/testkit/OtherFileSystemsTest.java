package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.local.LocalFileStore;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Where a directory cannot be held open, as on macOS and Windows, and where files cannot be linked either. */
final class OtherFileSystemsTest {

    @Nested
    final class WithLinks extends OnOne {
        WithLinks() {
            super(Feature.LINKS, Feature.SYMBOLIC_LINKS, Feature.FILE_CHANNEL);
        }
    }

    @Nested
    final class WithoutLinks extends OnOne {
        WithoutLinks() {
            super(Feature.SYMBOLIC_LINKS);
        }

        /** There is no step that puts a file in place only if there is none. */
        @Override
        @Test
        protected void of_two_that_write_one_name_one_wins_whole() throws Exception {
            store().write("race", out -> out.write('x'));
            assertThatThrownBy(() -> store().write("race", out -> out.write('y')))
                    .isInstanceOf(FileSystemException.class);
        }
    }

    abstract static class OnOne extends SweepableStoreContract {

        private final FileSystem system;
        private final Path root;
        private final Path outside;
        private LocalFileStore store;

        OnOne(Feature... features) {
            system = Jimfs.newFileSystem(Configuration.unix().toBuilder()
                    .setSupportedFeatures(features)
                    .build());
            root = system.getPath("/root");
            outside = system.getPath("/outside");
        }

        @BeforeEach
        void open() throws IOException {
            Files.createDirectory(root);
            Files.createDirectory(outside);
            Files.writeString(outside.resolve("a"), "not ours");
            store = LocalFileStore.open(root);
        }

        @AfterEach
        void close() throws IOException {
            system.close();
        }

        @Override
        protected SweepableStore store() {
            return store;
        }

        @Override
        protected Instant now() {
            return Instant.now();
        }

        @Test
        void a_link_leads_nowhere() throws IOException {
            Files.createSymbolicLink(root.resolve("away"), outside);
            assertThatThrownBy(() -> store.open("away/a")).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> store.delete("away/a")).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> store.write("away/b", out -> out.write('x')))
                    .isInstanceOf(FileSystemException.class);
            try (Stream<StoredFile> files = store.list("")) {
                assertThat(files).isEmpty();
            }
            assertThat(outside.resolve("a")).exists();
            assertThat(outside.resolve("b")).doesNotExist();
        }
    }
}
