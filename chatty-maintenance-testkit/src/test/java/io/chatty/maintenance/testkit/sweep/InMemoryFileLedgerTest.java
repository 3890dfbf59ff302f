package io.chatty.maintenance.testkit.sweep;

import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.sweep.InMemoryFileLedger;
import io.chatty.maintenance.testkit.FileLedgerContract;
import java.time.InstantSource;

class InMemoryFileLedgerTest extends FileLedgerContract {

    @Override
    protected FileLedger emptyLedger() {
        return new InMemoryFileLedger(InstantSource.system());
    }
}
