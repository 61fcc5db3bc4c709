//! Stand-ins for the world, and builders, for the tests of every crate.
//!
//! **What is this?** A ledger in memory that fails on demand, a clock that is set by hand, entropy
//! from a seed, hands that do nothing outside, an issuer of
//! credentials that open nothing, a Slack and a PostgreSQL of its own, whatever shows a planted secret, and one suite of tests that every ledger must pass.
//!
//! **What will it never do?** Run in the gate: it is a dependency of tests alone, and it panics when
//! a test is set up wrongly.
//!
//! **Where do I start reading?** At [`MemoryLedger`] for a stand-in, at [`ChainBuilder`] for
//! something to put into it, at [`ledger_suite!`] to test an implementation.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that is set up wrongly must stop at once"
)]

pub mod build;
pub mod clock;
pub mod entropy;
pub mod hands;
pub mod issuer;
pub mod memory;
pub mod planted;
pub mod postgres;
pub mod slack;
pub mod suite;

pub use build::{ChainBuilder, document, lease_ask, scope, tenant};
pub use clock::FakeClock;
pub use entropy::SeededEntropy;
pub use hands::FakeHands;
pub use issuer::{FakeIssuer, FakeRooms};
pub use memory::MemoryLedger;
pub use postgres::Postgres;
pub use slack::StandInSlack;
