package io.chatty.maintenance.testkit;

import io.chatty.maintenance.presence.LastSeenStore;
import java.util.Optional;

final class InMemoryLastSeenStoreTest extends LastSeenStoreContract {

    private final InMemoryLastSeenStore store = new InMemoryLastSeenStore();

    @Override
    protected LastSeenStore emptyStore() {
        return store;
    }

    @Override
    protected Optional<Boolean> isShownOnline(String user) {
        return Optional.of(store.isOnline(user));
    }
}
