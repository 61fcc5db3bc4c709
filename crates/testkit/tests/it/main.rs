//! The integration tests of the testkit.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod clock;
mod entropy;
mod faults;
mod memory;
mod simulator;
mod suite;
