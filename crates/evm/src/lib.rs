//! The vault's contracts as this project compiled them, and a chain in memory to try them on.
//!
//! **What is this?** [`artifacts`] holds every contract's interface and code; [`chain::Chain`] runs
//! transactions under the rules of Prague and says what came of them; [`reason::Reason`] reads why
//! one failed.
//!
//! **What will it never do?** Open a socket, hold a key, sign anything, or compile: the code is in
//! the repository, and a test shows that it is what the sources say.
//!
//! **Where do I start reading?** At [`chain`]; the contracts themselves are in `contracts/`, and
//! `docs/vault.md` tells what they do.
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

pub mod artifacts;
pub mod bindings;
pub mod chain;
pub mod reason;
