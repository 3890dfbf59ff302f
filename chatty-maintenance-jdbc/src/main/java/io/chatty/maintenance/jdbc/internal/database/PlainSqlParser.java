package io.chatty.maintenance.jdbc.internal.database;

import org.jdbi.v3.core.statement.ParsedSql;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Knows question marks alone, and none of those in quotes: Jdbi's own parser would see parameters in a host's odd names (a
 * colon, a question mark in backticks).
 */
final class PlainSqlParser implements SqlParser {

    @Override
    public ParsedSql parse(String sql, StatementContext context) {
        ParsedSql.Builder parsed = ParsedSql.builder();
        int begin = 0;
        int at = 0;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == '?') {
                parsed.append(sql.substring(begin, at)).appendPositionalParameter();
                begin = at + 1;
            } else if (c == '\'' || c == '"' || c == '`') {
                at = sql.indexOf(c, at + 1); // a doubled quote ends one quoted part and begins the next
            }
            at++;
        }
        return parsed.append(sql.substring(begin)).build();
    }

    @Override
    public String nameParameter(String rawName, StatementContext context) {
        throw new UnsupportedOperationException("parameters have no names here");
    }
}
