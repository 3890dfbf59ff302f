package io.chatty.maintenance.examples.chat.maintenance;

import static io.chatty.maintenance.retention.RetentionRule.keepFor;
import static io.chatty.maintenance.retention.RetentionRule.keepForever;

import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is to go from this chat.
 *
 * @param keep how long messages are kept where no rule is more specific
 * @param grace how long after their soft delete messages go
 * @param ownChat whether this is the chat that the example has made for itself: then its rooms have rules of their own, and
 *     orphans go too. Of an imported channel nothing is known but its messages
 */
public record CleanupRules(Duration keep, Duration grace, boolean ownChat) {

    private static final String LEGAL = "#legal";
    private static final String RANDOM = "#random";
    private static final RetentionRule RANDOM_RULE = keepFor(Duration.ofDays(90));
    private static final SupportRooms SUPPORT = new SupportRooms(keepFor(Duration.ofDays(180)));

    /**
     * One policy alone, for a preview of what it takes.
     *
     * @param name for people
     * @param alone policies of which only this one lets messages expire
     */
    record Part(String name, RetentionPolicies alone) {}

    /** All policies together. */
    public RetentionPolicies policies() {
        RetentionPolicies.Builder policies = RetentionPolicies.builder().global(keepFor(keep));
        if (ownChat) {
            policies.room(LEGAL, keepForever()).room(RANDOM, RANDOM_RULE).policy(SUPPORT);
        }
        return policies.build();
    }

    /** The task that removes what is to go. */
    public MessageCleanup cleanup(ChatDatabase chat) {
        MessageCleanup.Builder cleanup = chat.messageCleanup(policies()).softDeleteGrace(grace);
        if (ownChat) {
            cleanup.removeOrphans();
        }
        return cleanup.build();
    }

    /** The policies by which messages expire, one by one; each room has its rule from one of them. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        RetentionPolicies.Builder global = RetentionPolicies.builder().global(keepFor(keep));
        if (ownChat) {
            global.room(LEGAL, keepForever()).room(RANDOM, keepForever()).policy(new SupportRooms(keepForever()));
        }
        parts.add(new Part("global: keep for " + words(keep), global.build()));
        if (ownChat) {
            parts.add(new Part(
                    "room " + RANDOM + ": keep for 90 days",
                    RetentionPolicies.builder().room(RANDOM, RANDOM_RULE).build()));
            parts.add(new Part(
                    "rooms #support-*: keep for 180 days",
                    RetentionPolicies.builder().policy(SUPPORT).build()));
            parts.add(new Part(
                    "room " + LEGAL + ": keep forever",
                    RetentionPolicies.builder().room(LEGAL, keepForever()).build()));
        }
        return parts;
    }

    /** A duration for people: in days where it is whole days. */
    public static String words(Duration duration) {
        Duration rest = duration.minusDays(duration.toDays());
        return rest.isZero() ? String.format(Locale.ROOT, "%,d days", duration.toDays()) : duration.toString();
    }
}
