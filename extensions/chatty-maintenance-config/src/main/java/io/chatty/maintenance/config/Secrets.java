package io.chatty.maintenance.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Keeps passwords out of logs and messages. */
final class Secrets {

    static final String MASK = "***";

    private static final String NAMES = "password|passwd|pwd|secret|token|credential|passphrase|private-?key|api-?key";
    private static final Pattern KEY = Pattern.compile("(" + NAMES + ")");
    private static final Pattern PARAMETER = Pattern.compile("(?i)([?&;][^=&;?]*(?:" + NAMES + ")[^=&;]*=)[^&;\"]*");
    private static final Pattern USER_INFO = Pattern.compile("(//[^:/?#@\\s]*:)[^@\\s]*@");

    private Secrets() {}

    /**
     * The text without what is secret in it.
     *
     * @param path of the setting whose value it is
     */
    static String masked(String path, String text) {
        if (KEY.matcher(path.toLowerCase(Locale.ROOT)).find()) {
            return MASK;
        }
        String withoutUserInfo = USER_INFO.matcher(text).replaceAll("$1" + MASK + "@");
        return PARAMETER.matcher(withoutUserInfo).replaceAll("$1" + MASK);
    }
}
