package io.chatty.maintenance.jdbc.internal.archive.file;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** How the values of one column are had as text, exactly, and put back. Implementations have no state that changes. */
interface ColumnText {

    Encoding encoding();

    /** The expression to select for a column, which is given quoted and with its alias. */
    String selected(String column);

    /** The text of what was selected; null for NULL. */
    @Nullable String read(ResultSet row, int position) throws SQLException;

    /** The expression to insert, or to compare with, with one question mark in it. */
    String inserted();

    /** Binds a text to that question mark. */
    void bind(PreparedStatement statement, int position, @Nullable String text) throws SQLException;
}
