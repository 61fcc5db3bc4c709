//! The contracts, tried on a chain in memory, and the pre-flight as those who use it see it.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod artifacts;
mod chain;
mod explained;
mod facts;
mod execution;
mod files;
mod flown;
mod gas;
mod guards;
mod judged;
mod red_team;
mod stand_ins;
mod world;
