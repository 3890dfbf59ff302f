package io.chatty.maintenance.file.s3;

import static io.chatty.maintenance.file.FileQuarantine.Outcome.ABSENT;
import static io.chatty.maintenance.file.FileQuarantine.Outcome.CHANGED;
import static io.chatty.maintenance.file.FileQuarantine.Outcome.DONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

/** Files that are set aside in a bucket that keeps versions, on an endpoint that heeds conditions and on one that does not. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
final class VersionedQuarantineTest extends QuarantineCase {

    VersionedQuarantineTest(boolean conditions) {
        super(endpoint(conditions).versioning(BucketVersioningStatus.ENABLED));
    }

    @Test
    void a_file_that_is_set_aside_is_hidden_and_can_be_read_and_given_back() throws IOException {
        FileState state = put("a", "one");
        QuarantinedFile file = aside("a", state);

        assertThat(store.look("a")).isEmpty();
        assertThat(endpoint.keys()).isEmpty();
        assertThat(read(file)).isEqualTo("one");
        assertThat(file.state().size()).isEqualTo(3);
        assertThat(file.state().changedAt()).isEqualTo(state.changedAt());

        assertThat(quarantine.restore(file)).isEqualTo(DONE);
        assertThat(store.look("a")).contains(state);
        assertThat(endpoint.versions()).containsExactly("chat/a");
    }

    @Test
    void a_file_that_was_set_aside_and_deleted_leaves_nothing() throws IOException {
        QuarantinedFile file = aside("a", put("a", "one"));
        assertThat(quarantine.delete(file)).isEqualTo(DONE);
        assertThat(endpoint.versions()).isEmpty();
        assertThat(quarantine.delete(file)).isEqualTo(ABSENT);
        assertThat(quarantine.restore(file)).isEqualTo(ABSENT);
        assertThatThrownBy(() -> quarantine.open(file)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void to_set_aside_twice_finds_what_the_first_did() throws IOException {
        FileState state = put("a", "one");
        assertThat(quarantine.find("a", state, RUN)).isEmpty();
        QuarantinedFile file = aside("a", state);
        assertThat(quarantine.find("a", state, RUN)).contains(file);
        assertThat(aside("a", state)).isEqualTo(file);
        assertThat(endpoint.versions()).containsExactly("chat/a (marker)", "chat/a (old)");
    }

    @Test
    void what_is_not_what_was_judged_stays() throws IOException {
        FileState judged = put("a", "one");
        FileState other = put("a", "two");
        FileState older = new FileState(other.size(), other.changedAt().minusSeconds(1), other.version());

        assertThat(quarantine.move("a", judged, RUN).outcome()).isEqualTo(CHANGED);
        assertThat(quarantine.move("a", older, RUN).outcome())
                .as("the same content, written again a second later")
                .isEqualTo(CHANGED);
        assertThat(quarantine.move("b", judged, RUN).outcome()).isEqualTo(ABSENT);
        assertThat(endpoint.get("chat/a")).isEqualTo("two");
        assertThat(endpoint.versions()).containsExactly("chat/a", "chat/a (old)");
    }

    @Test
    void a_file_written_meanwhile_is_neither_replaced_nor_deleted() throws IOException {
        QuarantinedFile file = aside("a", put("a", "one"));
        endpoint.put("chat/a", "two");

        assertThat(quarantine.restore(file)).isEqualTo(CHANGED);
        assertThat(endpoint.get("chat/a")).isEqualTo("two");
        assertThat(read(file)).isEqualTo("one");
        assertThat(quarantine.delete(file)).isEqualTo(DONE);
        assertThat(endpoint.get("chat/a")).isEqualTo("two");
    }

    @Test
    void a_file_that_somebody_gave_back_by_hand_is_not_deleted() throws IOException {
        QuarantinedFile file = aside("a", put("a", "one"));
        String marker = endpoint.raw
                .listObjectVersions(r -> r.bucket(endpoint.bucket))
                .deleteMarkers()
                .get(0)
                .versionId();
        endpoint.raw.deleteObject(r -> r.bucket(endpoint.bucket).key("chat/a").versionId(marker));

        assertThat(quarantine.delete(file)).isEqualTo(CHANGED);
        assertThat(endpoint.get("chat/a")).isEqualTo("one");
        assertThat(quarantine.restore(file)).isEqualTo(DONE);
    }

    @Test
    void older_versions_do_not_come_to_light_when_a_file_is_deleted() throws IOException {
        put("a", "old");
        QuarantinedFile file = aside("a", put("a", "new"));
        assertThat(quarantine.delete(file)).isEqualTo(DONE);
        assertThat(endpoint.keys()).isEmpty();
        assertThat(endpoint.versions()).containsExactly("chat/a (marker)", "chat/a (old)");
        assertThat(quarantine.delete(file)).isEqualTo(ABSENT);
        assertThat(endpoint.versions()).containsExactly("chat/a (marker)", "chat/a (old)");
    }

    @Test
    void a_file_is_given_back_from_under_the_two_markers_of_a_delete_that_was_sent_twice() throws IOException {
        QuarantinedFile file = aside("a", put("a", "one"));
        endpoint.raw.deleteObject(r -> r.bucket(endpoint.bucket).key("chat/a"));
        assertThat(quarantine.restore(file)).isEqualTo(DONE);
        assertThat(endpoint.get("chat/a")).isEqualTo("one");
        assertThat(endpoint.versions()).containsExactly("chat/a");
    }

    @Test
    void the_markers_that_a_killed_process_left_over_nothing_go() throws IOException {
        QuarantinedFile file = aside("a", put("a", "one"));
        String version = endpoint.raw
                .listObjectVersions(r -> r.bucket(endpoint.bucket))
                .versions()
                .get(0)
                .versionId();
        endpoint.raw.deleteObject(r -> r.bucket(endpoint.bucket).key("chat/a").versionId(version));
        assertThat(endpoint.versions()).containsExactly("chat/a (marker)");
        assertThat(quarantine.delete(file)).isEqualTo(DONE);
        assertThat(endpoint.versions()).isEmpty();
    }

    @Test
    void what_replaces_a_file_between_the_look_and_its_marker_stays() throws IOException {
        FileState state = put("a", "one");
        AtomicBoolean replaced = new AtomicBoolean();
        endpoint.wire.go(request -> {
            if (request.method().name().equals("DELETE") && replaced.compareAndSet(false, true)) {
                endpoint.put("chat/a", "two");
            }
            return Wire.Fault.NONE;
        });
        assertThat(quarantine.move("a", state, RUN).outcome()).isEqualTo(CHANGED);
        assertThat(endpoint.get("chat/a")).isEqualTo("two");
        assertThat(endpoint.versions()).containsExactly("chat/a", "chat/a (old)");
    }

    @Test
    void a_file_written_while_its_versions_were_not_kept_is_set_aside_and_given_back_as_well() throws IOException {
        endpoint.versioning(BucketVersioningStatus.SUSPENDED);
        FileState state = put("a", "one");
        endpoint.versioning(BucketVersioningStatus.ENABLED);
        QuarantinedFile file = aside("a", state);
        assertThat(endpoint.keys()).isEmpty();
        assertThat(quarantine.restore(file)).isEqualTo(DONE);
        assertThat(endpoint.get("chat/a")).isEqualTo("one");
    }

    @Test
    void a_marker_is_not_put_where_it_would_destroy_a_file_since_versions_were_suspended_a_moment_ago()
            throws IOException {
        endpoint.versioning(BucketVersioningStatus.SUSPENDED);
        FileState state = put("a", "one");
        endpoint.versioning(BucketVersioningStatus.ENABLED);
        AtomicBoolean suspended = new AtomicBoolean();
        endpoint.wire.go(request -> {
            if (request.rawQueryParameters().containsKey("versions") && suspended.compareAndSet(false, true)) {
                endpoint.versioning(BucketVersioningStatus.SUSPENDED);
            }
            return Wire.Fault.NONE;
        });
        QuarantinedFile file = aside("a", state);
        assertThat(suspended).isTrue();
        assertThat(endpoint.get("chat/a")).isEqualTo("one");
        assertThat(quarantine.delete(file)).isEqualTo(DONE);
        assertThat(endpoint.keys()).isEmpty();
    }

    @Test
    void files_set_aside_are_restored_and_deleted_by_their_ids_after_the_versions_were_suspended() throws IOException {
        QuarantinedFile a = aside("a", put("a", "one"));
        QuarantinedFile b = aside("b", put("b", "two"));
        endpoint.versioning(BucketVersioningStatus.SUSPENDED);
        assertThat(quarantine.restore(a)).isEqualTo(DONE);
        assertThat(quarantine.delete(b)).isEqualTo(DONE);
        assertThat(endpoint.versions()).containsExactly("chat/a");
    }

    @Test
    void a_file_that_was_left_in_place_before_versions_were_kept_is_deleted_without_a_trace() throws IOException {
        endpoint.versioning(BucketVersioningStatus.SUSPENDED);
        QuarantinedFile file = aside("a", put("a", "one"));
        assertThat(endpoint.keys()).containsExactly("chat/a");
        endpoint.versioning(BucketVersioningStatus.ENABLED);
        assertThat(quarantine.delete(file)).isEqualTo(DONE);
        assertThat(endpoint.versions()).isEmpty();
    }
}
