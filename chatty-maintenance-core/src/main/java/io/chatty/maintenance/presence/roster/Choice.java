package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.PresenceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a user chose, how long it holds, and how often they may choose: a bucket of tokens. What is chosen without a token waits
 * for the next, and what is chosen meanwhile takes its place. Guarded by its shard.
 */
final class Choice {

    /** After so long it is looked at anyhow: the end may be in any year. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private final UserEntry entry;
    private @Nullable ChosenStatus now;
    private boolean isWaiting; // whether what waits is still to take effect
    private @Nullable ChosenStatus waiting; // null for nothing chosen
    private int tokens;
    private int filled; // the tick at which the tokens were last counted
    private @Nullable Due alarm;

    Choice(UserEntry entry, int now) {
        this.entry = entry;
        this.tokens = entry.shard.choiceBurst;
        this.filled = now;
    }

    @Nullable PresenceStatus status() {
        return now == null ? null : now.status().orElse(null);
    }

    @Nullable String text() {
        return now == null ? null : now.text().orElse(null);
    }

    /** What was chosen last, whether it shows already or not. */
    Optional<ChosenStatus> last() {
        return Optional.ofNullable(isWaiting ? waiting : now).filter(chosen -> !hasEnded(chosen));
    }

    /** Whether something that was chosen has not taken effect yet. */
    boolean isWaiting() {
        return isWaiting;
    }

    /** Whether what shows ends by itself. */
    boolean isToEnd() {
        return now != null && now.until().isPresent();
    }

    /** Looks what is due. */
    void look(int tick) {
        settle(tick);
        entry.shard.changed(entry);
    }

    /** Whether nothing of it is needed any more. */
    boolean isIdle(int tick) {
        fill(tick);
        return now == null && !isWaiting && tokens == entry.shard.choiceBurst;
    }

    /** Later, and on another node, they chose to be seen. */
    void hideNoLonger() {
        if (status() == PresenceStatus.INVISIBLE) {
            now = null;
        }
    }

    void choose(Optional<ChosenStatus> chosen, int tick) {
        waiting = chosen.orElse(null);
        isWaiting = true;
        settle(tick);
    }

    /** Lets what waits take effect where it may, ends what has ended, and sees to it that it is looked at again. */
    private void settle(int tick) {
        fill(tick);
        if (isWaiting && tokens > 0) {
            tokens--;
            now = waiting;
            waiting = null;
            isWaiting = false;
            entry.shard.chose(entry, now);
        }
        if (now != null && hasEnded(now)) {
            now = null;
        }
        int again = nextLook(tick);
        Due standing = alarm;
        // One that comes in time already looks for whatever is due then: not each choice has one of its own.
        if (again != Wheel.NEVER && (standing == null || CoarseClock.isBefore(tick + again, standing.at))) {
            alarm = new Due(tick + again); // the one before finds that it is no more
            entry.shard.wheel.add(alarm, alarm.at);
        }
    }

    /** In how many ticks something may be due. */
    private int nextLook(int tick) {
        int again = Integer.MAX_VALUE;
        if (now != null && now.until().isPresent()) {
            Duration left = Duration.between(now(), now.until().get());
            again = entry.shard.clock.ticks(left.compareTo(LONGEST) < 0 ? left : LONGEST);
        }
        if (isWaiting || tokens < entry.shard.choiceBurst) {
            again = Math.min(again, filled + entry.shard.choiceTicks - tick);
        }
        return again == Integer.MAX_VALUE ? Wheel.NEVER : Math.max(1, again);
    }

    private boolean hasEnded(ChosenStatus chosen) {
        return chosen.until().isPresent() && !chosen.until().get().isAfter(now());
    }

    private Instant now() {
        return Instant.ofEpochMilli(entry.shard.clock.millis());
    }

    private void fill(int tick) {
        int every = entry.shard.choiceTicks;
        if (every == 0 || tokens == entry.shard.choiceBurst) {
            tokens = entry.shard.choiceBurst;
            filled = tick; // nothing else looks after one that is full
            return;
        }
        int more = (tick - filled) / every;
        tokens = (int) Math.min(entry.shard.choiceBurst, (long) tokens + more);
        filled = tokens == entry.shard.choiceBurst ? tick : filled + more * every;
    }

    private final class Due extends Alarm {

        private final int at;

        private Due(int at) {
            this.at = at;
        }

        @Override
        public int look(Shard shard, int tick) {
            if (alarm == this && CoarseClock.isBefore(tick, at)) {
                return at - tick; // it is further off than the wheel goes
            }
            if (alarm == this) {
                alarm = null;
                Choice.this.look(tick);
            }
            return Wheel.NEVER;
        }

        @Override
        public boolean isOver() {
            return alarm != this;
        }
    }
}
