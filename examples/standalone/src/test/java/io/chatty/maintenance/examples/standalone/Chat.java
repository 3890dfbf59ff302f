package io.chatty.maintenance.examples.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A chat's database in a folder, and the file that cleans it. */
final class Chat {

    /** Of so many messages half are due. */
    static final int MESSAGES = 2000;

    private final Path folder;
    private final String url;

    private Chat(Path folder) {
        this.folder = folder;
        this.url = "jdbc:h2:" + folder.resolve("chat") + ";AUTO_SERVER=TRUE";
    }

    static Chat in(Path folder) throws SQLException {
        Chat chat = new Chat(folder);
        try (Connection connection = DriverManager.getConnection(chat.url);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_at TIMESTAMP WITH TIME ZONE NOT NULL, user_id BIGINT)");
            statement.execute("CREATE INDEX sent ON messages (sent_at, id)");
            statement.execute("INSERT INTO messages SELECT x, DATEADD(DAY, -20 - 20 * MOD(x, 2), CURRENT_TIMESTAMP),"
                    + " MOD(x, 4)"
                    + " FROM SYSTEM_RANGE(1, " + MESSAGES + ")");
        }
        return chat;
    }

    String url() {
        return url;
    }

    /** The path of a file with these settings, for a store in the database. */
    String file(String... settings) {
        return write("store { type = jdbc, migrate = true }\n" + "database.url = \"" + url + "\"\n"
                + "schema.messages { table = messages, key = id, sent-at = sent_at, sender = user_id }\npolicies.global = 30 days\n"
                + String.join("\n", settings));
    }

    /** The same, and nothing of its own. */
    String write(String settings) {
        try {
            return Files.writeString(folder.resolve("chat.conf"), "chatty-maintenance {\n" + settings + "\n}\n")
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long count(String what) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + what)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Messages that are due and still there. */
    long due() throws SQLException {
        return count("messages WHERE MOD(id, 2) = 1");
    }
}
