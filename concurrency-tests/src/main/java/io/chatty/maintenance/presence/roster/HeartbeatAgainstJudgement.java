package io.chatty.maintenance.presence.roster;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A heartbeat comes as a session in question is judged: it keeps it, or brings it back. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the session goes on, or has come back")
@Outcome(expect = Expect.FORBIDDEN, desc = "a session ends that has just beaten")
@State
public class HeartbeatAgainstJudgement extends StressedShard {

    /** One in question. */
    @SuppressWarnings("this-escape") // to nobody: the shard tells of nothing yet
    public HeartbeatAgainstJudgement() {
        advance(11);
        sweep();
        advance(1);
    }

    @Actor
    public void beat(II_Result result) {
        result.r1 = bit(session.heartbeat());
    }

    @Actor
    public void judge() {
        sweep();
    }

    @Arbiter
    public void look(II_Result result) {
        result.r2 = bit(session.isOpen() && shard.read(USER).isOnline());
    }
}
