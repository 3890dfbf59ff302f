package io.chatty.maintenance.jdbc.internal.database;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What texts look like that tell a time by a pattern, so that a date of zeros, say, is told from a date. */
final class TextTimes {

    /** A quoted text, letters that stand for one part of the time, or any other sign. */
    private static final Pattern PIECE = Pattern.compile("'([^']*)'|(([A-Za-z])\\3*)|(.)", Pattern.DOTALL);

    private TextTimes() {}

    /** A regular expression for texts of that pattern, without anchors, that the databases and Java all understand. */
    static String shape(String pattern) {
        StringBuilder shape = new StringBuilder();
        Matcher piece = PIECE.matcher(pattern);
        while (piece.find()) {
            if (piece.group(2) != null) {
                shape.append(digits(piece.group(3).charAt(0), piece.group(2).length()));
            } else if (piece.group(4) != null) {
                shape.append(literally(piece.group(4)));
            } else {
                shape.append(literally(piece.group(1).isEmpty() ? "'" : piece.group(1)));
            }
        }
        return shape.toString();
    }

    private static String digits(char letter, int width) {
        boolean ofTwo = width == 2;
        return switch (letter) {
            case 'u', 'y' -> ofTwo ? "[0-9]{2}" : "(?!" + "0".repeat(width) + ")[0-9]{" + width + "}";
            case 'M', 'L' -> "(0[1-9]|1[0-2])";
            case 'd' -> "(0[1-9]|[12][0-9]|3[01])";
            case 'D' -> "(?!000)[0-3][0-9]{2}";
            case 'H' -> "([01][0-9]|2[0-3])";
            case 'm', 's' -> "[0-5][0-9]";
            default -> "[0-9]{" + width + "}"; // parts of a second
        };
    }

    private static String literally(String text) {
        StringBuilder literally = new StringBuilder();
        text.chars().forEach(sign -> {
            boolean plain = Character.isLetterOrDigit(sign) || Character.isWhitespace(sign);
            literally.append(plain ? "" : "\\").appendCodePoint(sign);
        });
        return literally.toString();
    }
}
