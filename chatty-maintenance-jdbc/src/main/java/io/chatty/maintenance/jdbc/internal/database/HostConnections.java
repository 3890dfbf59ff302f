package io.chatty.maintenance.jdbc.internal.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;

/** Borrows connections of the host's data source, and counts what it wants of it. Thread-safe. */
public final class HostConnections implements ConnectionFactory {

    private final DataSource source;
    private final AtomicInteger wanted = new AtomicInteger();

    HostConnections(DataSource source) {
        this.source = source;
    }

    public DataSource source() {
        return source;
    }

    /** How many connections are borrowed or waited for. */
    public int wanted() {
        return wanted.get();
    }

    @Override
    public Connection openConnection() throws SQLException {
        wanted.incrementAndGet();
        boolean opened = false;
        try {
            Connection connection = source.getConnection();
            opened = true;
            return connection;
        } finally {
            if (!opened) {
                wanted.decrementAndGet();
            }
        }
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        try {
            connection.close();
        } finally {
            wanted.decrementAndGet();
        }
    }
}
