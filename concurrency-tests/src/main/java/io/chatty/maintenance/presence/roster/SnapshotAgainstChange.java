package io.chatty.maintenance.presence.roster;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A snapshot is made as a user goes: either the user is not in it, or the change is newer than it, and will be told. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the user is in the snapshot, and the change comes after it")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "the change is in the snapshot")
@Outcome(expect = Expect.FORBIDDEN, desc = "the change is told twice, or is lost")
@State
public class SnapshotAgainstChange extends StressedShard {

    private long version;

    @Actor
    public void go() {
        session.close();
    }

    @Actor
    public void snapshot(II_Result result) {
        AtomicInteger online = new AtomicInteger();
        version = shard.snapshot(null, presence -> online.incrementAndGet());
        result.r1 = online.get();
    }

    @Arbiter
    public void look(II_Result result) {
        result.r2 = bit(told > version);
    }
}
