package io.chatty.maintenance.database.servers;

import com.zaxxer.hikari.HikariDataSource;

/**
 * A database of a test's own. Closing it closes the pool and drops the database.
 *
 * @param server the server that it is on
 * @param name its name
 * @param dataSource a pool of eight connections at most, whose sessions are in an odd time zone
 * @param jdbcUrl for connections beside the pool, as of a second process; their time zone is the driver's choice
 * @param user for the URL
 * @param password for the URL
 * @param drop drops the database
 */
public record TestDatabase(
        TestServer server,
        String name,
        HikariDataSource dataSource,
        String jdbcUrl,
        String user,
        String password,
        Runnable drop)
        implements AutoCloseable {

    @Override
    public void close() {
        dataSource.close();
        drop.run();
    }
}
