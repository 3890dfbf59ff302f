package io.chatty.maintenance.presence.redis;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How a node takes part. Checked as a whole.
 *
 * @param prefix what all keys begin with, but for a brace
 * @param name what the node is called in the log and in Redis
 * @param sayEvery for how long it is gathered what is said
 * @param beat how often it says that it is alive, and looks for what it missed
 * @param suspect after how long without a beat others say so in the log
 * @param gone after how long without a beat others take its sessions away
 * @param timeout how long an answer of Redis may take
 */
record NodeSettings(
        String prefix,
        String name,
        Duration sayEvery,
        Duration beat,
        Duration suspect,
        Duration gone,
        Duration timeout) {

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.:-]{1,100}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,60}");
    private static final Duration DAY = Duration.ofDays(1);

    NodeSettings {
        matches("prefix", prefix, PREFIX, "1 to 100 of A-Z a-z 0-9 _ . : -");
        matches("nodeName", name, NAME, "1 to 60 of A-Z a-z 0-9 _ -");
        between("sayEvery", sayEvery, Duration.ZERO, Duration.ofSeconds(1));
        between("nodeBeat", beat, Duration.ofMillis(100), DAY);
        between("nodeSuspect (at least twice nodeBeat)", suspect, beat.multipliedBy(2), DAY);
        between("nodeGone (at least twice nodeSuspect)", gone, suspect.multipliedBy(2), DAY);
        between("commandTimeout", timeout, Duration.ofMillis(10), DAY);
    }

    private static void matches(String name, String value, Pattern allowed, String inWords) {
        if (!allowed.matcher(value).matches()) {
            throw new IllegalArgumentException(name + ": \"" + value + "\" given, " + inWords + " allowed");
        }
    }

    private static void between(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " given, " + least + " to " + most + " allowed");
        }
    }

    /** How long a session is kept in Redis without being said again: longer than it takes until its node is gone. */
    Duration life() {
        return gone.multipliedBy(2);
    }

    /** In what time all sessions are said again once. */
    Duration round() {
        return gone.dividedBy(2);
    }
}
