package io.chatty.maintenance.config;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** {@code database}: the host's data source, or a pool of our own. */
final class DatabaseSection {

    private static final List<String> DATABASES = List.of("jdbc:postgresql:", "jdbc:mariadb:", "jdbc:h2:");

    /** As {@code ChatDatabase} has it: one for batches, one for what is short. */
    private static final int LEAST = 2;

    private static final int MOST = 100;

    private DatabaseSection() {}

    /**
     * Where connections come from.
     *
     * @param source what the host gave, or the pool; empty if neither is there
     * @param pool the pool, which has to be closed and has connected to nothing yet; empty for the host's
     * @param most how many to hold at once
     */
    record Connections(Optional<DataSource> source, Optional<HikariDataSource> pool, int most) {}

    static Connections read(Section section, @Nullable DataSource hosts) {
        HikariDataSource pool = new HikariDataSource();
        pool.setPoolName("chatty-maintenance");
        Optional<String> url = url(section, pool);
        int most = section.get("connections", Kind.COUNT)
                .filter(given -> isPoolSize(section, given))
                .orElse(LEAST);
        pool.setMaximumPoolSize(most);
        pool.setMinimumIdle(0); // an idle engine holds no connection
        section.get("connection-timeout", Kind.DURATION).ifPresent(timeout -> {
            if (timeout.toMillis() < 250 || timeout.toMinutes() > 10) {
                section.refuse("connection-timeout", "250 ms to 10 min allowed");
            } else {
                pool.setConnectionTimeout(timeout.toMillis());
            }
        });
        for (String key : List.of("user", "password")) {
            if (section.has(key) && !section.has("url")) {
                section.refuse(key, "which needs a database.url to connect to");
            }
        }
        section.end();
        if (hosts != null) {
            if (section.has("url")) {
                section.refuse("url", "but the host gives a data source; one of the two is allowed");
            }
            return new Connections(Optional.of(hosts), Optional.empty(), most);
        }
        return new Connections(url.map(known -> pool), url.map(known -> pool), most);
    }

    private static boolean isPoolSize(Section section, int given) {
        if (given < LEAST || given > MOST) {
            section.refuse("connections", LEAST + " to " + MOST + " allowed");
            return false;
        }
        return true;
    }

    /** The URL, set with user and password. */
    static Optional<String> url(Section section, HikariDataSource pool) {
        section.get("user", Kind.TEXT).ifPresent(pool::setUsername);
        section.get("password", Kind.TEXT).ifPresent(pool::setPassword);
        Optional<String> url = section.get("url", Kind.TEXT).filter(known -> isKnown(section, known));
        url.ifPresent(pool::setJdbcUrl);
        return url;
    }

    private static boolean isKnown(Section section, String url) {
        if (DATABASES.stream().noneMatch(url::startsWith)) {
            section.refuse("url", "a URL that begins with one of " + String.join(", ", DATABASES) + " is allowed");
            return false;
        }
        try {
            DriverManager.getDriver(url);
            return true;
        } catch (SQLException e) {
            section.refuse("url", "for which the class path has no JDBC driver; add the database's");
            return false;
        }
    }
}
