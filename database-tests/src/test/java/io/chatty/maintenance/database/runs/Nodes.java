package io.chatty.maintenance.database.runs;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import javax.sql.DataSource;

/** Hosts on one database, each as if in a process of its own. */
final class Nodes {

    private Nodes() {}

    /** The library in that database, for what needs no messages. */
    static ChatDatabase chat(DataSource source) {
        ChatSchema unused = ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                .build();
        return ChatDatabase.of(source, unused);
    }

    /** A pool of a node's own, whose sessions begin with that statement. */
    static HikariDataSource pool(TestDatabase database, String firstStatement) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.jdbcUrl());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setMaximumPoolSize(2);
        config.setConnectionInitSql(firstStatement);
        return new HikariDataSource(config);
    }
}
