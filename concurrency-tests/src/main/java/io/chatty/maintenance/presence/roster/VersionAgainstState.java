package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.Presence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who reads a user that goes sees the old state with the old version, or the new with the new. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "online, with the version of that")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "offline, with a newer version")
@Outcome(expect = Expect.FORBIDDEN, desc = "a state with the version of another")
@State
public class VersionAgainstState extends StressedShard {

    private final long version = shard.read(USER).version();

    @Actor
    public void go() {
        session.close();
    }

    @Actor
    public void read(II_Result result) {
        Presence seen = shard.read(USER);
        result.r1 = bit(seen.isOnline());
        result.r2 = bit(seen.version() == version);
    }
}
