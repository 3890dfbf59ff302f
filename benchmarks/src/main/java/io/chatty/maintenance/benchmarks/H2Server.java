package io.chatty.maintenance.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** H2 in this JVM, with its files in the temp directory. */
final class H2Server implements Server {

    private final Path folder;

    private H2Server(Path folder) {
        this.folder = folder;
    }

    static H2Server start() throws IOException {
        return new H2Server(Files.createTempDirectory("h2-benchmark-"));
    }

    @Override
    public Map<String, String> settings() throws SQLException {
        String setting = "SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = ";
        return Server.ask(
                template(),
                Map.of(
                        "version", "SELECT H2VERSION()",
                        "WRITE_DELAY", setting + "'WRITE_DELAY'",
                        "CACHE_SIZE", setting + "'CACHE_SIZE'"));
    }

    @Override
    public DataSource template() {
        return database("template");
    }

    private DataSource database(String name) {
        JdbcDataSource dataSource = new JdbcDataSource();
        // Closed by SHUTDOWN; the cache is in KB.
        dataSource.setURL("jdbc:h2:file:" + folder.resolve(name) + ";DB_CLOSE_DELAY=-1;CACHE_SIZE=1048576");
        dataSource.setUser("sa");
        dataSource.setPassword("");
        return dataSource;
    }

    @Override
    public void sealTemplate(Workload workload) throws SQLException {
        Server.execute(template(), "ANALYZE");
    }

    @Override
    public String restoring() {
        return "the loaded database's file is copied, statistics and all";
    }

    @Override
    public HikariDataSource restore(Workload workload) throws SQLException, IOException {
        Server.execute(template(), "SHUTDOWN");
        if (Files.exists(folder.resolve("chat.mv.db"))) {
            Server.execute(database("chat"), "SHUTDOWN IMMEDIATELY");
        }
        Files.copy(folder.resolve("template.mv.db"), folder.resolve("chat.mv.db"), StandardCopyOption.REPLACE_EXISTING);
        return Server.pool(database("chat"));
    }

    @Override
    public void close() throws SQLException, IOException {
        Server.execute(template(), "SHUTDOWN");
        Server.execute(database("chat"), "SHUTDOWN");
        Folders.delete(folder);
    }
}
