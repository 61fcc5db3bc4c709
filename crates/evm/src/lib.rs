//! Transactions as actions: what they say, what the vault's rules make of them, what they would do.
//!
//! **What is this?** The pre-flight of a vault. Calldata is read by the letter ([`calldata`]), put
//! into words ([`explain`]), judged by the same rules as on the chain, and run in memory at the
//! chosen block before anything is signed.
//!
//! **What will it never do?** Hold a key, open a socket, or call something good that it did not
//! understand to the last byte. The contracts are the control; this only tells early, and why.
//!
//! **Where do I start reading?** At [`calldata::read`].

mod abi;
pub mod binding;
pub mod call;
pub mod calldata;
pub mod effects;
pub mod explain;
pub mod field;
pub mod names;
pub mod onchain;
pub mod preflight;
mod rlp;
pub mod rules;
pub mod snapshot;
pub mod transaction;
