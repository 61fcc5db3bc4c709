use crate::scratch::Scratch;
use std::sync::Arc;

portcullis_testkit::ledger_suite!({
    let scratch = Scratch::new();
    let ledger = scratch.open();
    (Arc::new(ledger), scratch)
});
