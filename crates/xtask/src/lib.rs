//! Keeps the house in order.
//!
//! **What is this?** The house rules as code: which crate may lean on which, how a file is shaped,
//! what a crate's header answers, which words never get in. `xtask tidy` prints what breaks them,
//! and so does this crate's test.
//!
//! **What will it never do?** Ship, change a file, or reach the network.
//!
//! **Where do I start reading?** At [`tidy`]: the list of rules; each has a file of its own.

pub mod finding;
pub mod house;
pub mod imports;
pub mod manifest;
pub mod module;
pub mod tidy;
pub mod token;
