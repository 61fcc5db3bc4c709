//! The doors for agents, from outside: real routers over a gate in memory.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that is set up wrongly must stop at once"
)]

mod acting;
mod bad_input;
mod borders;
mod credentials;
mod govern;
mod holds;
mod hook;
mod house;
mod mcp;
mod outcomes;
mod permits;
mod rpc;
mod rules;
mod schema;
mod thewardn;
mod threshold;
