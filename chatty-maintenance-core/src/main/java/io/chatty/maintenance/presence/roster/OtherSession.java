package io.chatty.maintenance.presence.roster;

/** A session whose tracker's clock is not the {@linkplain MainTick main one} of the process. */
final class OtherSession extends RosterSession {

    private final CoarseClock clock;

    private OtherSession(UserEntry entry, String device, long incarnation) {
        super(entry, device, incarnation);
        this.clock = entry.shard.clock;
    }

    static RosterSession of(UserEntry entry, String device, long incarnation) {
        return new OtherSession(entry, device, incarnation);
    }

    @Override
    int now() {
        return clock.now();
    }
}
