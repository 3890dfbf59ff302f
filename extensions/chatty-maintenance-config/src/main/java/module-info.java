/** The engine set up by a HOCON file. */
@org.jspecify.annotations.NullMarked
module io.chatty.maintenance.config {
    requires transitive io.chatty.maintenance.api;
    requires transitive io.chatty.maintenance.core;
    requires transitive java.sql;
    requires transitive static org.jspecify;
    requires com.zaxxer.hikari;
    requires transitive io.chatty.maintenance.jdbc;
    requires org.slf4j;
    requires typesafe.config;

    exports io.chatty.maintenance.config;

    uses io.chatty.maintenance.config.EvictionListenerProvider;
    uses io.chatty.maintenance.config.FileReferencesProvider;
    uses io.chatty.maintenance.config.FileStoreProvider;
    uses io.chatty.maintenance.config.PolicyProvider;
    uses io.chatty.maintenance.config.RemovalListenerProvider;
    uses io.chatty.maintenance.config.SignalProvider;
    uses io.chatty.maintenance.config.TaskProvider;
}
