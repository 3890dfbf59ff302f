/** Message cleanup and run history in the host's database. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings(
        "requires-transitive-automatic") // hosts hand their MeterRegistry in; Micrometer has no module of its own
module io.chatty.maintenance.jdbc {
    requires transitive io.chatty.maintenance.api;
    requires transitive java.sql;
    requires transitive static micrometer.core; // for meters of policies
    requires transitive static org.jspecify;
    requires io.leangen.geantyref; // Jdbi, an automatic module, needs it and cannot say so
    requires org.jdbi.v3.core;
    requires com.github.benmanes.caffeine;
    requires static com.fasterxml.jackson.core; // for archive files
    requires static com.github.luben.zstd_jni; // for archive files
    requires static com.zaxxer.hikari; // for the signal of its pool
    requires org.slf4j;

    exports io.chatty.maintenance.jdbc;
}
