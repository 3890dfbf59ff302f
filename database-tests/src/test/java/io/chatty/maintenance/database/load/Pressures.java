package io.chatty.maintenance.database.load;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** All kinds of load for which there is a ready signal, with the servers on which each can be brought about. */
public enum Pressures {
    POOL_SATURATION(TestServer.H2, TestServer.POSTGRESQL, TestServer.MARIADB) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) {
            return new BorrowedPool(database, signals);
        }
    },
    LOCK_WAITS(TestServer.H2, TestServer.POSTGRESQL, TestServer.MARIADB) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) throws Exception {
            return new BlockedSessions(database, signals.lockWaits(BlockedSessions.LIMITS));
        }
    },
    LONG_TRANSACTIONS(TestServer.POSTGRESQL, TestServer.MARIADB) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) throws Exception {
            return new OpenTransaction(database, signals);
        }
    },
    ACTIVE_QUERIES(TestServer.H2, TestServer.POSTGRESQL, TestServer.MARIADB) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) throws Exception {
            return new BlockedSessions(database, signals.activeQueries(BlockedSessions.LIMITS));
        }
    },
    THREADS_RUNNING(TestServer.MARIADB) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) throws Exception {
            return new BlockedSessions(database, signals.threadsRunning(BlockedSessions.LIMITS));
        }
    },
    REPLICATION_LAG(TestServer.POSTGRESQL) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) throws Exception {
            return PausedPostgresReplica.seenByItsPrimary(database, signals);
        }
    },
    REPLICA_LAG(TestServer.POSTGRESQL, TestServer.MARIADB) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) throws Exception {
            return database.server() == TestServer.MARIADB
                    ? new LockedMariaDbReplica(database, signals)
                    : PausedPostgresReplica.seenByItself(database, signals);
        }
    },
    HOST_CPU(TestServer.POSTGRESQL) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) {
            return new BusyProcessors();
        }
    },
    HEAP(TestServer.H2) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) throws Exception {
            return new KeptMemory();
        }
    },
    FREE_DISK(TestServer.H2) {
        @Override
        public Pressure on(TestDatabase database, DatabaseSignals signals) throws Exception {
            return new SmallDisk();
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // it is, and cannot say so
    private final Set<TestServer> servers;

    Pressures(TestServer... servers) {
        this.servers = Set.of(servers);
    }

    /** Gets it ready; presses nothing yet. */
    public abstract Pressure on(TestDatabase database, DatabaseSignals signals) throws Exception;

    /** Each kind with each of its servers, as the arguments of a test. */
    public static Stream<Arguments> onServers() {
        return Stream.of(values())
                .flatMap(kind -> Stream.of(TestServer.values())
                        .filter(kind.servers::contains)
                        .map(server -> Arguments.of(kind, server)));
    }
}
