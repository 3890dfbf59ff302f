package io.chatty.maintenance.database.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.schema.CleanedTables;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What plain SQL says, before a cleanup, that is left of each table after it. */
final class Survivors {

    private final CleanedTables host;
    private final Map<String, List<String>> expected = new LinkedHashMap<>();

    Survivors(CleanedTables host) {
        this.host = host;
    }

    /**
     * Some rows survive, and some do not.
     *
     * @param rows a SELECT that gives one text for each row of a table
     * @param survive which of them survive
     */
    Survivors of(String rows, String survive) throws SQLException {
        List<String> left = sorted(rows + " WHERE " + survive);
        assertThat(left)
                .as("oracle of " + rows)
                .isNotEmpty()
                .hasSizeLessThan(sorted(rows).size());
        expected.put(rows, left);
        return this;
    }

    /** All rows survive, as another SELECT of as many rows says. */
    Survivors all(String rows, String as) throws SQLException {
        expected.put(rows, sorted(as));
        return this;
    }

    void check() throws SQLException {
        for (Map.Entry<String, List<String>> each : expected.entrySet()) {
            assertThat(sorted(each.getKey()))
                    .as(host.server + ": " + each.getKey())
                    .isEqualTo(each.getValue());
        }
    }

    private List<String> sorted(String query) throws SQLException {
        return host.strings(query).stream().sorted().toList();
    }
}
