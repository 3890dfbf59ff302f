package io.chatty.maintenance.database.load;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import javax.sql.DataSource;

/** Signals of databases; no signal looks at the host's tables. */
final class Databases {

    private Databases() {}

    static DatabaseSignals signals(TestDatabase database) {
        return signals(database.dataSource());
    }

    static DatabaseSignals signals(DataSource source) {
        ChatSchema schema = ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                .build();
        return ChatDatabase.of(source, schema).signals();
    }

    /** Without what only its owner may set, or sets. */
    static String url(TestDatabase database) {
        return database.jdbcUrl().replaceAll("[?]user=[^&]*|;DB_CLOSE_DELAY=-1", "");
    }

    /** A pool of one connection, of a user whose password is his name. */
    static HikariDataSource pool(TestDatabase database, String user) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url(database));
        pool.setUsername(user);
        pool.setPassword(user);
        pool.setMaximumPoolSize(1);
        return pool;
    }
}
