package io.chatty.maintenance.jdbc.internal.signal;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.HostConnections;
import io.chatty.maintenance.jdbc.internal.database.Load;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.task.MaintenanceException;
import java.sql.SQLException;
import javax.sql.DataSource;

/** How much of the host's connection pool is in use by the host. */
public final class PoolSaturation {

    private PoolSaturation() {}

    /** A signal that asks that database's pool. */
    public static LoadSignal of(Database database, LoadLimits limits) {
        HostConnections connections = database.connections();
        return new DatabaseSignal("pool-saturation", "of the pool", limits, () -> {
            try {
                return Hikari.load(connections);
            } catch (NoClassDefFoundError e) { // an optional dependency
                throw new MaintenanceException(noPool(connections.source()), e);
            }
        });
    }

    private static String noPool(DataSource source) {
        return "the data source is no HikariCP pool but " + source.getClass().getName();
    }

    /** All that names a type of Hikari: loaded when it is first asked. */
    private static final class Hikari {

        static Load load(HostConnections connections) throws SQLException {
            HikariDataSource pool = pool(connections.source());
            if (pool.isClosed()) {
                throw new MaintenanceException("the pool " + pool.getPoolName() + " is closed");
            }
            HikariPoolMXBean now = pool.getHikariPoolMXBean();
            if (now == null) { // no connection was asked for yet
                return Load.of(0);
            }
            int ours = connections.wanted();
            int all = now.getActiveConnections() + now.getThreadsAwaitingConnection();
            return new Load(Math.max(0.0, all - ours) / pool.getMaximumPoolSize(), pool.getPoolName(), "");
        }

        private static HikariDataSource pool(DataSource source) throws SQLException {
            if (source instanceof HikariDataSource pool) {
                return pool;
            }
            if (source.isWrapperFor(HikariDataSource.class)) {
                return source.unwrap(HikariDataSource.class);
            }
            throw new MaintenanceException(noPool(source));
        }
    }
}
