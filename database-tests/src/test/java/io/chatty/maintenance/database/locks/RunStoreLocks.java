package io.chatty.maintenance.database.locks;

import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.run.TaskRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import net.javacrumbs.shedlock.core.AbstractSimpleLock;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;

/** Shows the claims of a run store as locks of ShedLock: a lock is held while a run of the task of its name is claimed. */
final class RunStoreLocks implements ExtensibleLockProvider {

    private final RunStore store;

    RunStoreLocks(RunStore store) {
        this.store = store;
    }

    @Override
    public Optional<SimpleLock> lock(LockConfiguration wanted) {
        String owner = UUID.randomUUID().toString(); // one a lock: none gets in as its holder
        TaskRecord task = store.look(wanted.getName());
        Run fresh = Run.begun(wanted.getName(), owner, Optional.empty(), ClockProvider.now(), ClockProvider.now());
        return task.active()
                .map(active -> store.takeOver(active, owner, wanted.getLockAtMostFor()))
                .orElseGet(() -> Optional.of(fresh)
                        .filter(run -> store.begin(run, task.lastBegun().map(Run::id), wanted.getLockAtMostFor())))
                .map(run -> new Lock(wanted, run));
    }

    private final class Lock extends AbstractSimpleLock {

        private final Run run;

        Lock(LockConfiguration configuration, Run run) {
            super(configuration);
            this.run = run;
        }

        @Override
        protected void doUnlock() {
            Duration atLeast = Duration.between(ClockProvider.now(), lockConfiguration.getLockAtLeastUntil());
            if (atLeast.isNegative() || !store.renew(run.claim(), atLeast).isHeld()) {
                store.end(run.claim(), RunState.SUCCEEDED, Optional.empty(), ClockProvider.now());
            }
        }

        /** A lock that has run out is not extended, in ShedLock, even if nobody else took it. */
        @Override
        protected Optional<SimpleLock> doExtend(LockConfiguration wanted) {
            Optional<Run> ranOut = store.takeOver(run, "anybody", Duration.ZERO);
            return ranOut.isEmpty()
                            && store.renew(run.claim(), wanted.getLockAtMostFor())
                                    .isHeld()
                    ? Optional.of(new Lock(wanted, run))
                    : Optional.empty();
        }
    }
}
