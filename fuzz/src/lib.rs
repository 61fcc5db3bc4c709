//! Hostile bytes for every parser, and what must hold whatever they are.
//!
//! Each function takes any bytes, panics when something that must hold does not, and says whether
//! the bytes were accepted, so that whoever drives it can keep what gets deep. `main.rs` drives
//! them on stable Rust; `fuzz_targets/` hands them to libFuzzer where nightly Rust is at hand.

mod action;
mod command;
mod evm;
mod hook;
pub mod mutation;
mod passkey;
mod record;
mod rpc;
mod rules;
mod screen;
pub mod target;

pub use action::action;
pub use command::command;
pub use evm::{calldata, transaction, typed_data};
pub use hook::hook;
pub use passkey::passkey;
pub use record::{chain, note, permit};
pub use rpc::rpc;
pub use rules::{policy, tenant_policy};
pub use screen::screen;
