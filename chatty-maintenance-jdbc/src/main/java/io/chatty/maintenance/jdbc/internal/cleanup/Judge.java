package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.hold.Restored;
import io.chatty.maintenance.jdbc.internal.policy.AskedPolicies;
import io.chatty.maintenance.jdbc.internal.policy.Expiry;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.Scopes;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.MessageView;
import io.chatty.maintenance.retention.RetentionDecision;
import io.chatty.maintenance.retention.ReviewingPolicy;
import io.chatty.maintenance.retention.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says of messages that were read whether they go, and why. Made for one batch. {@link Conditions} says the same in SQL, where
 * it can be said so. Not thread-safe.
 */
public final class Judge {

    private final HostTables tables;
    private final Session session;
    private final Expiry expiry;
    private final AskedPolicies policies;
    private final Latest latest;
    private final List<LegalHold> holds;
    private final Restored restored;
    private final List<Column> shown;
    private final Instant now;
    private final Map<Scopes, RetentionDecision> decisions = new HashMap<>();
    private final Set<Scopes> asked = new HashSet<>();

    Judge(
            HostTables tables,
            Session session,
            Expiry expiry,
            AskedPolicies policies,
            Latest latest,
            List<LegalHold> holds,
            Restored restored,
            List<Column> shown,
            Instant now) {
        this.tables = tables;
        this.session = session;
        this.expiry = expiry;
        this.policies = policies;
        this.latest = latest;
        this.holds = holds;
        this.restored = restored;
        this.shown = shown;
        this.now = now;
    }

    /**
     * What becomes of a message.
     *
     * @param reason why it goes: {@code softDeleted}, {@code expired}, {@code orphaned} or {@code capped}; empty if it stays
     * @param kept why it stays, although it is old or deleted: {@code held}, {@code exempt.}<i>name</i> …; empty if it goes, or
     *     is simply not due
     * @param decision what the policies say; empty if they could not be asked, or were not
     */
    public record Judgement(Optional<String> reason, Optional<String> kept, Optional<RetentionDecision> decision) {

        public static Judgement goes(String reason) {
            return new Judgement(Optional.of(reason), Optional.empty(), Optional.empty());
        }

        public static Judgement stays(String kept) {
            return new Judgement(Optional.empty(), Optional.of(kept), Optional.empty());
        }

        public static Judgement notDue(Optional<RetentionDecision> decision) {
            return new Judgement(Optional.empty(), Optional.empty(), decision);
        }

        public boolean goes() {
            return reason.isPresent();
        }

        boolean goesAs(String step) {
            return reason.filter(step::equals).isPresent();
        }

        private Judgement by(RetentionDecision by) {
            return new Judgement(reason, kept, Optional.of(by));
        }
    }

    /** Judges those messages, each for itself, in their order. */
    List<Judgement> judge(List<MessageRow> rows) {
        decide(rows);
        List<Judgement> judgements = new ArrayList<>();
        for (MessageRow row : rows) {
            judgements.add(judge(row));
        }
        return reviewed(CleanupSteps.EXPIRED, rows, judgements);
    }

    private void decide(List<MessageRow> rows) {
        List<Scopes> fresh =
                rows.stream().map(MessageRow::scopes).filter(asked::add).toList();
        if (!fresh.isEmpty()) {
            decisions.putAll(expiry.decide(session, fresh));
        }
        latest.learn(rows, scopes -> latest(scopes, RetentionDecision::latest));
        restored.learn(rows);
    }

    private int latest(Scopes scopes, ToIntFunction<RetentionDecision> number) {
        RetentionDecision decision = decisions.get(scopes);
        return decision == null ? 0 : number.applyAsInt(decision);
    }

    /** As {@link #judge(List)}; and what is not due goes as {@code capped}, or says what keeps it from a size cap. */
    List<Judgement> judgeForCap(List<MessageRow> rows) {
        List<Judgement> judgements = new ArrayList<>(judge(rows));
        latest.learn(rows, scopes -> latest(scopes, Judge::latestByRule));
        for (int i = 0; i < rows.size(); i++) {
            Judgement judgement = judgements.get(i);
            if (!judgement.goes() && judgement.kept().isEmpty()) {
                judgements.set(i, forCap(rows.get(i)));
            }
        }
        return reviewed(CleanupSteps.CAPPED, rows, judgements);
    }

    private Judgement forCap(MessageRow row) {
        RetentionDecision decision = decisions.get(row.scopes());
        MessageRow.Sent sent = row.sent();
        if (sent == null) {
            return Judgement.stays("withoutTime");
        }
        if (decision == null) {
            return Judgement.stays("policyFailed");
        }
        if (row.exempt().isPresent()) {
            return Judgement.stays("exempt." + row.exempt().get()).by(decision);
        }
        if (!sent.isBefore(now.minus(expiry.policies().floor().orElse(Duration.ZERO)))) {
            return Judgement.stays("floor").by(decision);
        }
        if (decision.from().stream().anyMatch(source -> source.rule().keptFor().isEmpty())) {
            return Judgement.stays("forever").by(decision);
        }
        int count = latestByRule(decision);
        if (count > 0 && latest.keeps(row, count)) {
            return Judgement.stays("latest").by(decision);
        }
        if (holding(row).isPresent()) {
            return Judgement.stays("held");
        }
        return restored.holds(row)
                ? Judgement.stays("restored")
                : Judgement.goes(CleanupSteps.CAPPED).by(decision);
    }

    /** By the rules as they were given: a ceiling shortens what they keep, but is no wish to have it go sooner. */
    private static int latestByRule(RetentionDecision decision) {
        return decision.from().stream()
                .mapToInt(source -> source.rule().latest())
                .max()
                .orElse(0);
    }

    private Judgement judge(MessageRow row) {
        if (row.key().isEmpty()) {
            return Judgement.stays("withoutKey");
        }
        if (row.never().isPresent()) {
            return Judgement.stays("never." + row.never().get());
        }
        Judgement judgement = unheld(row);
        if (judgement.goes() && holding(row).isPresent()) {
            return Judgement.stays("held");
        }
        return judgement.goes() && restored.holds(row) ? Judgement.stays("restored") : judgement;
    }

    /** The hold that covers the message, where there is one. What is not told may be anything. */
    Optional<LegalHold> holding(MessageRow row) {
        return HoldRows.covering(tables, holds, row).findFirst();
    }

    /** What the policies say of a message that was judged; empty if they could not be asked. */
    Optional<RetentionDecision> decision(MessageRow row) {
        return Optional.ofNullable(decisions.get(row.scopes()));
    }

    private Judgement unheld(MessageRow row) {
        if (row.softDeleted()) {
            return Judgement.goes(CleanupSteps.SOFT_DELETED);
        }
        Judgement byAge = byAge(row);
        return !byAge.goes() && row.orphan() ? Judgement.goes(CleanupSteps.ORPHANED) : byAge;
    }

    private Judgement byAge(MessageRow row) {
        RetentionDecision decision = decisions.get(row.scopes());
        MessageRow.Sent sent = row.sent();
        if (sent == null) {
            return Judgement.notDue(Optional.ofNullable(decision));
        }
        if (decision == null) {
            boolean couldBeOld = expiry.youngest(now).filter(sent::isBefore).isPresent();
            return couldBeOld && row.exempt().isEmpty()
                    ? Judgement.stays("policyFailed")
                    : Judgement.notDue(Optional.empty());
        }
        if (decision.cutOff(now).filter(sent::isBefore).isEmpty()) {
            return Judgement.notDue(Optional.of(decision));
        }
        if (row.exempt().isPresent()) {
            return Judgement.stays("exempt." + row.exempt().get()).by(decision);
        }
        boolean beyondCount =
                decision.cutOffOfLatest(now).filter(sent::isBefore).isPresent();
        if (decision.latest() > 0 && !beyondCount && latest.keeps(row, decision.latest())) {
            return Judgement.stays("latest").by(decision);
        }
        return Judgement.goes(CleanupSteps.EXPIRED).by(decision);
    }

    /** Those that would go for that reason are shown to the policies that review; what has no answer stays. */
    private List<Judgement> reviewed(String reason, List<MessageRow> rows, List<Judgement> judgements) {
        List<ReviewingPolicy> reviewing = expiry.policies().reviewing();
        if (reviewing.isEmpty()) {
            return judgements;
        }
        Map<Integer, MessageView> views = new TreeMap<>();
        for (int i = 0; i < rows.size(); i++) {
            if (judgements.get(i).goesAs(reason)) {
                views.put(i, view(rows.get(i)));
            }
        }
        AskedPolicies.Answers<Integer, Optional<String>> answers =
                policies.about(views.keySet(), index -> review(reviewing, views.get(index)));
        List<Judgement> reviewed = new ArrayList<>(judgements);
        views.keySet().forEach(index -> {
            Optional<Optional<String>> answer = answers.about(index);
            Optional<String> keeps = answer.isEmpty() ? Optional.of("policyFailed") : answer.get();
            keeps.ifPresent(why -> reviewed.set(
                    index,
                    new Judgement(
                            Optional.empty(),
                            Optional.of(why),
                            judgements.get(index).decision())));
        });
        return reviewed;
    }

    private static Optional<String> review(List<ReviewingPolicy> reviewing, @Nullable MessageView view) {
        if (view == null) {
            throw new IllegalStateException("asked about a message that is not there");
        }
        for (ReviewingPolicy policy : reviewing) {
            @Nullable Verdict verdict = policy.review(view);
            if (verdict == null) {
                throw new IllegalStateException("policy " + policy + " gave null instead of a verdict");
            }
            if (verdict instanceof Verdict.Keep keep) {
                return Optional.of("reviewed." + keep.reason().replaceAll("[^A-Za-z0-9._-]+", "_"));
            }
        }
        return Optional.empty();
    }

    private MessageView view(MessageRow row) {
        Map<String, Optional<Object>> values = new TreeMap<>();
        for (int i = 0; i < shown.size(); i++) {
            values.put(shown.get(i).name(), Optional.ofNullable(row.values().get(i)));
        }
        MessageRow.Sent sent = row.sent();
        return new MessageView(
                row.key().stream().map(Object::toString).toList(),
                Optional.ofNullable(row.scopes().room()),
                Optional.ofNullable(row.scopes().team()),
                Optional.ofNullable(row.scopes().user()),
                sent == null ? Instant.EPOCH : sent.instant(),
                row.exempt().isPresent(),
                values);
    }
}
