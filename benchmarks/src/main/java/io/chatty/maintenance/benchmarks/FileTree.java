package io.chatty.maintenance.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * A tree of empty files, and a sorted list of what refers to them: of each 1,000 files one is on no list, and one is on it that is
 * not there.
 *
 * @param root where the files are
 * @param list the list, a name a line
 * @param references how many lines it has
 */
record FileTree(Path root, Path list, long references) {

    private static final int IN_A_FOLDER = 122;
    private static final int BATCH = 10_000;

    /** @param flat whether all are in one directory; else there are 256 with as many in each as 122 files a directory take */
    static FileTree make(Path root, int count, boolean flat) throws IOException {
        Files.createDirectories(root);
        int folders = Math.max(1, count / IN_A_FOLDER / 256);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String number = String.format(Locale.ROOT, "%08x%08x.png", (i + 1) * 0x9E3779B1, i);
            int folder = i % (256 * folders);
            String name = flat
                    ? "all/" + number
                    : String.format(Locale.ROOT, "%02x/%04x/%s", folder / folders, folder % folders, number);
            Path file = root.resolve(name);
            if (i < 256 * folders) {
                Files.createDirectories(file.getParent());
            }
            Files.createFile(file);
            if (i % 1000 == 0) {
                names.add(name + ".missing");
            } else {
                names.add(name);
            }
        }
        Collections.sort(names); // they are ASCII
        Path list = Path.of(root + ".list");
        Files.write(list, names);
        return new FileTree(root, list, names.size());
    }

    /** Loads the list into a table. */
    void load(DataSource database) throws SQLException, IOException {
        try (Connection connection = database.getConnection();
                BufferedReader lines = Files.newBufferedReader(list)) {
            Server.execute(database, "CREATE TABLE attachments (id bigint PRIMARY KEY, path text NOT NULL)");
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO attachments VALUES (?, ?)")) {
                long id = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    insert.setLong(1, ++id);
                    insert.setString(2, line);
                    insert.addBatch();
                    if (id % BATCH == 0) {
                        insert.executeBatch();
                    }
                }
                insert.executeBatch();
            }
            connection.commit();
        }
        Server.execute(database, "CREATE INDEX attachments_path ON attachments (path)", "VACUUM ANALYZE");
    }
}
