package io.chatty.maintenance.retention;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A short stable hash of facts, whichever order they are added in. */
final class Fingerprint {

    private static final int DIGITS = 16;

    private final List<String> facts = new ArrayList<>();

    /** Adds one fact; its parts are told apart by their lengths, since an id may have any letter in it. */
    void add(String... parts) {
        StringBuilder fact = new StringBuilder();
        for (String part : parts) {
            fact.append(part.length()).append(':').append(part);
        }
        facts.add(fact.toString());
    }

    /** The first 16 hexadecimal digits of the SHA-256 of all. */
    String digits() {
        StringBuilder all = new StringBuilder();
        facts.stream()
                .sorted()
                .forEach(fact -> all.append(fact.length()).append(':').append(fact));
        return HexFormat.of()
                .formatHex(sha256().digest(all.toString().getBytes(StandardCharsets.UTF_8)))
                .substring(0, DIGITS);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
