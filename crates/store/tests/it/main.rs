//! The integration tests of the store.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod backup;
mod crash;
mod faults;
mod opening;
mod scratch;
mod suite;
mod torn;
mod waiting;
