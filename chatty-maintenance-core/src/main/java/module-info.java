/** The maintenance engine: schedules tasks, runs their batches, keeps their records. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings({
    "requires-transitive-automatic", // hosts hand their MeterRegistry in; Micrometer has no module of its own
    "module" // what presence over several nodes is built on is told to that module alone, which is built later
})
module io.chatty.maintenance.core {
    requires transitive io.chatty.maintenance.api;
    requires transitive micrometer.core;
    requires transitive static org.jspecify;
    requires org.slf4j;
    requires com.cronutils;
    requires dev.failsafe.core;
    requires java.management;
    requires java.sql;
    requires jdk.management;

    exports io.chatty.maintenance.engine;
    exports io.chatty.maintenance.file.duplicate;
    exports io.chatty.maintenance.file.limit;
    exports io.chatty.maintenance.file.local;
    exports io.chatty.maintenance.file.sweep;
    exports io.chatty.maintenance.file.verify;
    exports io.chatty.maintenance.presence.broadcast to
            io.chatty.maintenance.redis;
    exports io.chatty.maintenance.presence.local;
    exports io.chatty.maintenance.presence.roster to
            io.chatty.maintenance.redis;
    exports io.chatty.maintenance.presence.tracker to
            io.chatty.maintenance.redis;
}
