use portcullis_testkit::MemoryLedger;
use std::sync::Arc;

portcullis_testkit::ledger_suite!((Arc::new(MemoryLedger::new()), ()));
