package io.chatty.maintenance.presence.roster;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** The old connection of a device is closed, or beats, as the new one begins: the new one stays, and alone. */
@JCStressTest
@Outcome(
        id = "1, 0, 1",
        expect = Expect.ACCEPTABLE,
        desc = "the new session is open, the old one is not, there is one device")
@Outcome(expect = Expect.FORBIDDEN, desc = "the old session took the new one down, or stands beside it")
@State
public class OldCloseAgainstNewConnect extends StressedShard {

    private RosterSession young = session;

    @Actor
    public void endOld() {
        session.close();
        session.heartbeat();
    }

    @Actor
    public void connect() {
        young = shard.connect(USER, DEVICE);
    }

    @Arbiter
    public void look(III_Result result) {
        result.r1 = bit(young.isOpen());
        result.r2 = bit(session.isOpen());
        result.r3 = shard.read(USER).devices();
    }
}
