package io.chatty.maintenance.presence.roster;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A heartbeat comes as the session is put in question, and the judgement a tick later. The heartbeat stores its tick and reads the
 * state; the question writes the state, and the judgement reads the tick: without the question between them neither might see the other, as in
 * Dekker's algorithm without fences.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the heartbeat is taken, and the session goes on")
@Outcome(expect = Expect.FORBIDDEN, desc = "a session ends that has just beaten, or a living one takes no heartbeat")
@State
public class HeartbeatAgainstExpiry extends StressedShard {

    /** One that is silent for too long, which nobody has seen yet. */
    @SuppressWarnings("this-escape") // to nobody: the shard tells of nothing yet
    public HeartbeatAgainstExpiry() {
        advance(11);
    }

    @Actor
    public void beat(II_Result result) {
        result.r1 = bit(session.heartbeat());
    }

    @Actor
    public void putInQuestion() {
        sweep();
    }

    @Arbiter
    public void judge(II_Result result) {
        advance(1);
        sweep();
        result.r2 = bit(session.isOpen() && shard.read(USER).isOnline());
    }
}
