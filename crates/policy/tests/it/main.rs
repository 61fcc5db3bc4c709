//! The integration tests of the rules.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too"
)]

mod catalogue;
mod cham;
mod command;
mod conflicts;
mod conformance;
mod escalation;
mod foresight;
mod judge;
mod judge_generated;
mod judge_grants;
mod judge_text;
mod judge_world;
mod narrow;
mod packs;
mod principles;
mod properties;
mod reference;
mod sessions;
mod tenant;
mod tenant_examples;
mod wallets;
mod windows;
