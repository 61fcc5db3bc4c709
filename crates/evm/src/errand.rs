//! Something to be sent to the guard system or a vault: its bytes, and what it does in words.
//!
//! Bytes and words are made of the same arguments at the same place, so that neither can say what the
//! other does not.

pub mod exit;
pub mod factory;
pub mod manager;
pub mod registry;
pub mod trial;
pub mod vault;

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;

/// Something to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Errand {
    /// Whom it calls; nothing for a new contract.
    pub to: Option<Address>,
    /// With what.
    pub data: Bytes,
    /// What it does, in a sentence.
    pub words: String,
}

impl Errand {
    /// Creates a contract from its creation code, arguments behind it.
    #[must_use]
    pub const fn create(creation: Bytes, words: String) -> Self {
        Self {
            to: None,
            data: creation,
            words,
        }
    }

    fn call<C: SolCall>(to: Address, call: &C, words: impl Into<String>) -> Self {
        Self {
            to: Some(to),
            data: call.abi_encode().into(),
            words: words.into(),
        }
    }
}
