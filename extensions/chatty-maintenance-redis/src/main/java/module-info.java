/** Presence over several nodes, kept in a Redis. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-transitive-automatic") // hosts hand their client and MeterRegistry in, which have no module
// descriptors
module io.chatty.maintenance.redis {
    requires transitive io.chatty.maintenance.api;
    requires transitive lettuce.core;
    requires transitive micrometer.core;
    requires transitive static org.jspecify;
    requires io.chatty.maintenance.core;
    requires io.netty.handler; // Lettuce needs it and cannot say so
    requires io.netty.resolver.dns; // likewise
    requires org.slf4j;

    exports io.chatty.maintenance.presence.redis;
}
