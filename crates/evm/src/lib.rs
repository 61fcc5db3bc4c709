//! The vault: its contracts, and transactions as actions, looked at before they are signed.
//!
//! **What is this?** [`artifacts`] holds every contract's interface and code, and [`chain::Chain`] runs
//! them in memory under the rules of Prague. [`preflight`] is what the gate does with a transaction:
//! calldata is read by the letter ([`calldata`]), put into words ([`explain`]), judged by the same rules
//! as on the chain ([`rules`]), and run on a snapshot of the chain before anything is signed.
//!
//! **What will it never do?** Hold a key, open a socket, compile, or call something good that it did not
//! understand to the last byte. The contracts are the control; the pre-flight only tells early, and why.
//!
//! **Where do I start reading?** At [`preflight::preflight`]; for the contracts at [`chain`], with
//! `docs/vault.md` telling what they do.
//!
//! ```
//! use alloy_primitives::{Address, Bytes};
//! use portcullis_evm::chain::{Call, Chain};
//!
//! let mut chain = Chain::new();
//! let nobody = Address::repeat_byte(1);
//! let outcome = chain.send(&Call::new(nobody, Address::repeat_byte(2), Bytes::new()))?;
//! assert!(outcome.succeeded());
//! assert_eq!(outcome.gas, 21_000);
//! # Ok::<(), portcullis_evm::chain::ChainError>(())
//! ```

mod abi;
pub mod account;
pub mod artifacts;
pub mod binding;
pub mod bindings;
pub mod call;
pub mod calldata;
pub mod chain;
pub mod deployment;
pub mod effects;
pub mod errand;
pub mod explain;
pub mod field;
pub mod listing;
pub mod names;
pub mod node;
pub mod onchain;
pub mod pilot;
pub mod preflight;
pub mod reason;
mod rlp;
pub mod rules;
pub mod scene;
pub mod sender;
pub mod snapshot;
pub mod source;
pub mod stand_ins;
pub mod survey;
pub mod transaction;
pub mod typed;

pub use alloy_primitives::{Address, B256, Bytes, U256, hex, keccak256};
pub use alloy_sol_types::SolCall;
