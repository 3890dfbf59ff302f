/** Message cleanup and run history in the host's database. */
@org.jspecify.annotations.NullMarked
module io.chatty.maintenance.jdbc {
    requires transitive io.chatty.maintenance.api;
    requires transitive java.sql;
    requires transitive static org.jspecify;
    requires io.leangen.geantyref; // Jdbi, an automatic module, needs it and cannot say so
    requires org.jdbi.v3.core;
    requires static com.fasterxml.jackson.core; // for archive files
    requires static com.github.luben.zstd_jni; // for archive files
    requires static com.zaxxer.hikari; // for the signal of its pool
    requires org.slf4j;

    exports io.chatty.maintenance.jdbc;
}
