//! Signing with keys that stay behind, and wallets whose every wish is judged.

use super::Awaited;
use serde_json::{Map, Value};
use std::{fmt::Debug, future::Future, pin::Pin};

/// A wish that is being understood.
pub type Intending<'a> = Pin<Box<dyn Future<Output = Result<Intent, Misfit>> + Send + 'a>>;

/// Signs messages with keys that nobody else sees.
pub trait Signer: Debug + Send + Sync {
    /// Signs the Keccak-256 digest of a message with the key of that name (ECDSA over secp256k1): r and s,
    /// each of 32 bytes, and the parity of the point, 0 or 1. Of the two signatures there are it is the
    /// one with the lower s. It is the message that is given, for some who hold keys digest it themselves.
    ///
    /// # Errors
    /// [`super::OutsideError::NoSecret`] when there is no such key; any other when whoever holds it does not
    /// sign.
    fn sign<'a>(&'a self, key: &'a str, message: &'a [u8]) -> Awaited<'a, [u8; 65]>;
}

/// A wallet on a chain: turns what a program wants to have signed into an action to be judged.
///
/// Fails closed: what it does not understand to the last byte is a [`Misfit`], and never an action.
pub trait Wallet: Debug + Send + Sync {
    /// The chain's id (EIP-155).
    fn chain_id(&self) -> u64;

    /// The account that it signs for, as text.
    fn account(&self) -> String;

    /// What a wish is, as an action.
    fn intend(&self, wish: Wish) -> Intending<'_>;
}

/// What a program wants to have signed.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// `eth_sendTransaction`, with its only parameter.
    Send(Map<String, Value>),
    /// `eth_sendRawTransaction`: signed already, by whom is for the wallet to find out.
    Raw(String),
    /// `eth_signTypedData_v4`: the account and the data.
    TypedData(String, Value),
}

/// A wish as an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// The action type, by what would happen.
    pub action_type: String,
    /// What it is about.
    pub target: String,
    /// Where.
    pub environment: String,
    /// The parameters.
    pub parameters: Map<String, Value>,
}

/// Why a wish is no action.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{why}")]
pub struct Misfit {
    /// The stable code, e.g. `dh23`.
    pub code: String,
    /// The rule, when one is broken.
    pub rule: Option<String>,
    /// The argument that breaks it, from zero.
    pub argument: Option<u16>,
    /// For whoever asked.
    pub why: String,
}
