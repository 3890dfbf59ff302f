package io.chatty.maintenance.config;

import java.util.regex.Pattern;

/** Keeps passwords out of logs and messages. */
final class Secrets {

    static final String MASK = "***";

    private static final String NAMES = "passw|passphrase|pass(?![a-z])|pwd|secret|token|credential|authorization"
            + "|(?:private|api|access)[_-]?key";
    private static final Pattern KEY = Pattern.compile("(?i)" + NAMES);

    /** A parameter of a URL, to its end: that of the text, but for a quote around it, or the next parameter. */
    private static final Pattern PARAMETER =
            Pattern.compile("(?is)([?&;][^=&;?]*(?:" + NAMES + ")[^=&;]*=).*?(?=[&;]|\"?$)");

    /** Before a host, {@code //user:password@} or Oracle's {@code :user/password@}; a password may have an @ in it. */
    private static final Pattern BEFORE_HOST = Pattern.compile("(//[^:/?#@\\s]*:|:[^:/?#@\\s\"]+/)\\S*@");

    private Secrets() {}

    /**
     * The text without what is secret in it.
     *
     * @param path of the setting whose value it is
     */
    static String masked(String path, String text) {
        if (KEY.matcher(path).find()) {
            return MASK;
        }
        String withoutUserInfo = BEFORE_HOST.matcher(text).replaceAll("$1" + MASK + "@");
        return PARAMETER.matcher(withoutUserInfo).replaceAll("$1" + MASK);
    }
}
