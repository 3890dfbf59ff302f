package io.chatty.maintenance.database.locks;

import static org.assertj.core.api.Assertions.assertThat;

import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.test.support.AbstractExtensibleLockProviderIntegrationTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** ShedLock's own suite for lock providers, unchanged, on the claims of each run store. */
final class ShedLockSuiteTest {

    private abstract static class OnStore extends AbstractExtensibleLockProviderIntegrationTest {

        private final StoreKind kind;
        private StoreKind.Opened opened;

        OnStore(StoreKind kind) {
            this.kind = kind;
        }

        @BeforeEach
        void open() {
            opened = kind.open();
        }

        @AfterEach
        void close() {
            opened.close();
        }

        @Override
        protected ExtensibleLockProvider getLockProvider() {
            return new RunStoreLocks(opened.store());
        }

        @Override
        protected void assertUnlocked(String name) {
            assertThat(getLockProvider().lock(lockConfig(name))).hasValueSatisfying(SimpleLock::unlock);
        }

        @Override
        protected void assertLocked(String name) {
            assertThat(getLockProvider().lock(lockConfig(name))).isEmpty();
        }
    }

    @Nested
    final class InMemory extends OnStore {
        InMemory() {
            super(StoreKind.IN_MEMORY);
        }
    }

    @Nested
    final class OnH2 extends OnStore {
        OnH2() {
            super(StoreKind.H2);
        }
    }

    @Nested
    final class OnPostgresql extends OnStore {
        OnPostgresql() {
            super(StoreKind.POSTGRESQL);
        }
    }

    @Nested
    final class OnMariadb extends OnStore {
        OnMariadb() {
            super(StoreKind.MARIADB);
        }
    }
}
