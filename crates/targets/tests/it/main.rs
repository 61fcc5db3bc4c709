//! Targets as the gate meets them: obliging, slow, broken and hostile.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod http;
mod leases;
mod panics;
mod paths;
mod planner;
mod postgres;
mod stage;
mod statements;
