/** For the tests of hosts and plugin authors: test clock, stepped scheduler, contract tests. */
@org.jspecify.annotations.NullMarked
module io.chatty.maintenance.testkit {
    requires transitive io.chatty.maintenance.api;
    requires transitive io.chatty.maintenance.core;
    requires transitive static org.jspecify;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;

    exports io.chatty.maintenance.testkit;
}
