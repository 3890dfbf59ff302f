/** What a host or a plugin author compiles against: interfaces and values, with no behaviour that needs a server. */
@org.jspecify.annotations.NullMarked
module io.chatty.maintenance.api {
    requires transitive static org.jspecify;

    exports io.chatty.maintenance.task;
    exports io.chatty.maintenance.schedule;
    exports io.chatty.maintenance.run;
    exports io.chatty.maintenance.retention;
    exports io.chatty.maintenance.file;
    exports io.chatty.maintenance.presence;
}
