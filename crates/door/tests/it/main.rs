//! The shared parts of doors, each on its own.
#![expect(
    clippy::unwrap_used,
    reason = "a test that is set up wrongly must stop at once"
)]

mod body;
mod query;
mod refusal;
mod threshold;
