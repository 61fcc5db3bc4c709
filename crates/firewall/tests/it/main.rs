//! The integration tests of the firewall.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up must stop, in its helpers too; where other tools are is told by the environment"
)]

mod access;
mod canonical;
mod chain;
mod digest;
mod freeze;
mod gate;
mod merkle;
mod note;
mod permit;
mod rule_copy;
mod strict;
mod values;
