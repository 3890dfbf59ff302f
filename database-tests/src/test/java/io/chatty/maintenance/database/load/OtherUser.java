package io.chatty.maintenance.database.load;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import java.sql.SQLException;

/** A user who has no right but to read, until he is closed; his password is his name. */
final class OtherUser implements AutoCloseable {

    private final TestDatabase database;
    private final String name;
    private final HikariDataSource pool;

    OtherUser(TestDatabase database) throws SQLException {
        this.database = database;
        this.name = "plain_" + database.name();
        this.pool = Databases.pool(database, name);
        switch (database.server()) {
            case H2 -> database.execute("CREATE USER " + name + " PASSWORD '" + name + "'");
            case POSTGRESQL -> database.execute("CREATE ROLE " + name + " LOGIN");
            case MARIADB -> {
                database.execute("CREATE USER " + account() + " IDENTIFIED BY '" + name + "'");
                database.execute("GRANT SELECT ON " + database.name() + ".* TO " + account());
            }
        }
    }

    /** As the database's grants name him. */
    String account() {
        return database.server() == TestServer.MARIADB ? name + "@localhost" : name;
    }

    String name() {
        return name;
    }

    /** Of one connection, as that user. */
    HikariDataSource pool() {
        return pool;
    }

    @Override
    public void close() throws SQLException {
        pool.close();
        if (database.server() == TestServer.POSTGRESQL) {
            database.execute("DROP OWNED BY " + name); // what was granted in this database
        }
        database.execute((database.server() == TestServer.POSTGRESQL ? "DROP ROLE " : "DROP USER ") + account());
    }
}
