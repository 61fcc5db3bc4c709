//! The contracts, tried on a chain in memory.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod artifacts;
mod bytecode;
mod chain;
mod execution;
mod files;
mod gas;
mod guards;
mod invariants;
mod manager;
mod matrix;
mod red_team;
mod registry;
mod shareholders;
mod stand_ins;
mod world;
