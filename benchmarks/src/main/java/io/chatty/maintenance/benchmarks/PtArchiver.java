package io.chatty.maintenance.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * pt-archiver of the Percona Toolkit, if it is on the PATH: removes due messages by ranges of their primary key. Children
 * stay, so that it has less to do than the others; its start is part of its time.
 */
record PtArchiver(Workload workload, Path program) implements Purge {

    /** Empty if it is not on the PATH, or knows nothing of the database. */
    static Optional<PtArchiver> of(Workload workload) {
        if (workload.database() != Database.MARIADB) {
            return Optional.empty();
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "pt-archiver"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(found -> new PtArchiver(workload, found));
    }

    @Override
    public String title() {
        return "pt-archiver";
    }

    @Override
    public boolean ofMessagesAlone() {
        return true;
    }

    @Override
    public Job prepare(DataSource dataSource) throws Exception {
        MariaDbDataSource server =
                dataSource.unwrap(HikariDataSource.class).getDataSource().unwrap(MariaDbDataSource.class);
        String address = server.getUrl().replaceFirst("^jdbc:mariadb://", "").replaceFirst("\\?.*$", "");
        String hostAndPort = address.substring(0, address.indexOf('/'));
        String due = workload.dueMessages("messages");
        List<String> command = new ArrayList<>(List.of(program.toString(), "--source"));
        command.add("h=" + hostAndPort.replace(":", ",P=") + ",D=" + address.substring(address.indexOf('/') + 1)
                + ",t=messages,u=chat,p=chat");
        command.addAll(List.of(
                "--where",
                due.replace("?", "'" + workload.database().time(workload.now().minus(Rules.FewRooms.KEPT_FOR)) + "'")));
        command.addAll(List.of("--purge", "--bulk-delete", "--limit", "1000", "--commit-each"));
        command.addAll(List.of("--no-check-charset", "--set-vars", "time_zone='+00:00'"));
        return () -> {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException("pt-archiver ended with " + exit);
            }
        };
    }
}
