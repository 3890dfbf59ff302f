package io.chatty.maintenance.testkit.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.engine.EngineHealth.Level;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.task.Counts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a sweep shows of itself: gauges, and what a person should see to. */
@Timeout(60)
class SweepFiguresTest {

    private final Swept swept = new Swept();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double gauge(String name, String... tags) {
        return registry.get("chatty.maintenance.files." + name)
                .tag("task", "file-sweep")
                .tags(tags)
                .gauge()
                .value();
    }

    /** The store with so much space. */
    private SweepableStore with(FileSpace space) {
        return (SweepableStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SweepableStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("space")) {
                        return Optional.of(space);
                    }
                    try {
                        return method.invoke(swept.store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void gauges_say_what_the_last_run_found() throws Exception {
        FileSweep sweep = swept.sweep(with(new FileSpace(1000, 400)))
                .temporary("uploads/", "*.part", Duration.ofHours(1))
                .meters(registry)
                .build();
        assertThat(gauge("listed")).isNaN();
        assertThat(gauge("space.usable")).isNaN();
        assertThat(gauge("quarantined", "kind", "orphan")).isNaN();

        swept.write("uploads/old", "12345");
        swept.pass(Duration.ofDays(2));
        swept.refer("uploads/used");
        swept.references.add("uploads/missing");
        swept.write("uploads/orphan", "123");
        swept.write("uploads/a.part", "1");
        swept.pass(Duration.ofDays(4));
        swept.run(sweep, 1);
        assertThat(gauge("listed")).isEqualTo(4);
        assertThat(gauge("listed.size")).isEqualTo(5 + 3 + 1 + "content of uploads/used".length());
        assertThat(gauge("broken")).isEqualTo(1);
        assertThat(gauge("oldest.suspect")).isEqualTo(6 * 86_400);
        assertThat(gauge("space.usable")).isEqualTo(400);
        assertThat(gauge("space.total")).isEqualTo(1000);
        assertThat(gauge("suspects", "kind", "orphan")).isEqualTo(2);
        assertThat(gauge("suspects.size", "kind", "orphan")).isEqualTo(8);
        assertThat(gauge("suspects", "kind", "temporary")).isEqualTo(1);
        assertThat(gauge("quarantined", "kind", "orphan")).isEqualTo(2);
        assertThat(gauge("quarantined.size", "kind", "orphan")).isEqualTo(8);
        assertThat(gauge("quarantined", "kind", "temporary")).isEqualTo(1);
        assertThat(gauge("quarantined", "kind", "derived")).isZero();

        swept.references.remove("uploads/missing");
        swept.pass(Duration.ofDays(8));
        swept.run(sweep);
        assertThat(gauge("listed")).isEqualTo(1);
        assertThat(gauge("broken")).isZero();
        assertThat(gauge("oldest.suspect")).isZero();
        assertThat(gauge("suspects", "kind", "orphan")).isZero();
        assertThat(gauge("quarantined", "kind", "orphan")).isZero();
    }

    @Test
    void a_file_whose_last_reference_went_may_be_the_oldest() throws Exception {
        FileSweep sweep = swept.sweep().meters(registry).build();
        swept.refer("uploads/used");
        swept.refer("uploads/given-up");
        swept.pass(Duration.ofDays(9));
        swept.references.release("uploads/given-up");
        swept.run(sweep);
        assertThat(gauge("oldest.suspect")).isEqualTo(9 * 86_400);
        assertThat(gauge("suspects", "kind", "released")).isEqualTo(1);
    }

    @Test
    void a_preview_leaves_the_gauges_alone() throws Exception {
        FileSweep sweep = swept.sweep().meters(registry).build();
        swept.refer("uploads/used");
        swept.preview(sweep);
        assertThat(gauge("listed")).isNaN();
    }

    @Test
    void little_space_is_a_warning_from_the_run_on_that_found_it() throws Exception {
        swept.refer("uploads/used");
        FileSweep low = swept.sweep(with(new FileSpace(1000, 49))).build();
        assertThat(low.warnings(Counts.none())).isEmpty();
        swept.run(low);
        assertThat(low.warnings(Counts.none()))
                .containsExactly(
                        "little space: 49 of 1000 bytes of the file store can still be used; make room, or give"
                                + " the store more");
        FileSweep enough = swept.sweep(with(new FileSpace(1000, 50))).build();
        swept.run(enough);
        assertThat(enough.warnings(Counts.none())).isEmpty();
        FileSweep unlimited = swept.sweep().build();
        swept.run(unlimited);
        assertThat(unlimited.warnings(Counts.none())).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> swept.sweep().lowSpace(1.1));
    }

    @Test
    void broken_references_stand_in_the_health_until_a_run_finds_none_and_over_a_restart() throws Exception {
        swept.refer("uploads/used");
        swept.references.add("uploads/missing");
        InMemoryRunStore runs = new InMemoryRunStore();
        try (MaintenanceEngine engine = engine(runs)) {
            engine.start();
            assertThat(engine.health().level()).isEqualTo(Level.UP);
            run(engine);
            assertBroken(engine);
        }
        try (MaintenanceEngine engine = engine(runs)) {
            engine.start();
            assertBroken(engine);
            swept.references.remove("uploads/missing");
            run(engine);
            assertThat(engine.health().level()).isEqualTo(Level.UP);
        }
    }

    private MaintenanceEngine engine(InMemoryRunStore runs) {
        return MaintenanceEngine.builder()
                .runStore(runs)
                .clock(swept.clock)
                .task(swept.sweep().build())
                .build();
    }

    private static void run(MaintenanceEngine engine) throws Exception {
        engine.runNow("file-sweep").get(30, TimeUnit.SECONDS);
    }

    private static void assertBroken(MaintenanceEngine engine) {
        assertThat(engine.status("file-sweep").health().level()).isEqualTo(Level.DEGRADED);
        assertThat(engine.status("file-sweep").health().reasons())
                .singleElement()
                .asString()
                .startsWith(
                        "warning: broken references: 1 references are to files that are not there; see the findings");
        assertThat(engine.health().level()).isEqualTo(Level.DEGRADED);
    }
}
