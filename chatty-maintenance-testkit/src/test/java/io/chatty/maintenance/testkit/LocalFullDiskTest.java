package io.chatty.maintenance.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where nothing more can be written, as on a full disk: a process that may write 32 KB to a file and no more. */
final class LocalFullDiskTest extends LocalFolder {

    @Test
    void what_cannot_be_written_whole_is_not_kept_and_what_is_there_still_comes_and_goes() throws Exception {
        write("dir/a", "one");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 64; exec \"$@\"", "sh"));
        command.addAll(program(Full.class, List.of("-XX:-UsePerfData"), root().toString())
                .command());
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), UTF_8);
        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output.lines()).containsExactly("not written", "DONE", "DONE");
        assertThat(names()).containsExactly("dir/a");
        assertThat(path("dir/a")).hasContent("one");
        assertThat(entries(path(OWN)).stream().map(path -> path.getFileName().toString()))
                .containsExactly("quarantine");
        assertThat(entries(path(OWN + "/quarantine"))).isEmpty();
    }

    /** Another process. */
    static final class Full {

        private Full() {}

        /** Argument: the root. */
        public static void main(String[] arguments) throws IOException {
            LocalFileStore store = LocalFileStore.open(Path.of(arguments[0]));
            try {
                store.write("dir/b", out -> out.write(new byte[1_000_000]));
                System.out.println("written");
            } catch (IOException e) {
                System.out.println("not written");
            }
            Moved moved = store.quarantine().move("dir/a", store.look("dir/a").orElseThrow(), RunId.random());
            System.out.println(moved.outcome());
            System.out.println(store.quarantine().restore(moved.file().orElseThrow()));
        }
    }
}
