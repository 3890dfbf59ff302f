/** The maintenance engine: schedules tasks, runs their batches, keeps their records. */
@org.jspecify.annotations.NullMarked
module io.chatty.maintenance.core {
    requires transitive io.chatty.maintenance.api;
    requires transitive static org.jspecify;
    requires org.slf4j;
    requires com.cronutils;
    requires java.management;

    exports io.chatty.maintenance.engine;
}
