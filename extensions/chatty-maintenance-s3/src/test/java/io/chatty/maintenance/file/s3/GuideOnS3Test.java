package io.chatty.maintenance.file.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.task.MaintenanceTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/** What the guide shows of files on S3 is what is compiled and run here. */
final class GuideOnS3Test {

    private static MaintenanceTask asInTheGuide(S3Client client) throws IOException {
        // <guide>
        S3FileStore files = S3FileStore.builder(client, "chat-files")
                .prefix("uploads/") // ends in /; default: the whole bucket
                .open();
        MaintenanceTask leftovers =
                MultipartCleanup.builder(files).age(Duration.ofDays(7)).build();
        // </guide>
        return leftovers;
    }

    @Test
    void the_guide_shows_what_is_run_here() throws IOException {
        String source =
                Files.readString(Path.of("src/test/java", getClass().getName().replace('.', '/') + ".java"), UTF_8);
        String shown = source.substring(source.indexOf("// <guide>\n") + 11, source.indexOf("\n        // </guide>\n"))
                .stripIndent();
        assertThat(Files.readString(Path.of("../../docs/guide.md"), UTF_8)).contains("```java\n" + shown + "\n```\n");
    }

    @Test
    void what_the_guide_shows_previews() throws Exception {
        Endpoint endpoint = new Endpoint();
        endpoint.raw.createBucket(r -> r.bucket("chat-files"));
        endpoint.raw.createMultipartUpload(r -> r.bucket("chat-files").key("uploads/a"));
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .task(asInTheGuide(endpoint.client), Schedules.every(Duration.ofDays(1)))
                .build()) {
            assertThat(engine.preview(MultipartCleanup.NAME).counts())
                    .hasToString("due.aborted=0 examined=1 skipped.young=1");
        }
    }
}
