package io.chatty.maintenance.testkit;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.run.RunStore;

/** A store that engines of several processes share, as far as an engine knows: claims are renewed, and run out. */
class SharedStore extends ForwardingStore {

    SharedStore() {
        this(new InMemoryRunStore());
    }

    SharedStore(RunStore target) {
        super(target);
    }

    @Override
    public final boolean isShared() {
        return true;
    }
}
