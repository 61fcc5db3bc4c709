//! Typed data (EIP-712) that gives somebody a right to spend: permits of tokens (EIP-2612) and of Permit2.
//!
//! A signature is a transaction that somebody else sends. So only forms are read whose every field is
//! known, for domains that the operator named, and everything else is refused.

mod form;

use crate::names::Names;
use alloy_primitives::{Address, B256, U256, address, keccak256};
use alloy_sol_types::{Eip712Domain, SolStruct, sol};
use jiff::Timestamp;
use serde_json::Value;
use std::borrow::Cow;

/// Where Permit2 is, on every chain.
pub const PERMIT2: Address = address!("0x000000000022D473030F116dDEE9F6B43aC78BA3");
/// The longest time ahead that a right may be used, in seconds.
const HORIZON_SECONDS: u64 = 3_600;

sol! {
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }

    struct PermitDetails {
        address token;
        uint160 amount;
        uint48 expiration;
        uint48 nonce;
    }

    struct PermitSingle {
        PermitDetails details;
        address spender;
        uint256 sigDeadline;
    }

    struct TokenPermissions {
        address token;
        uint256 amount;
    }

    struct PermitTransferFrom {
        TokenPermissions permitted;
        address spender;
        uint256 nonce;
        uint256 deadline;
    }
}

/// A right to spend that is to be signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Right {
    /// What kind of form it is: `Permit`, `PermitSingle` or `PermitTransferFrom`.
    pub form: &'static str,
    /// The chain that it counts on.
    pub chain_id: U256,
    /// The contract that takes it.
    pub contract: Address,
    /// Whose tokens; nothing where whoever signs is meant.
    pub owner: Option<Address>,
    /// Which token.
    pub token: Address,
    /// Who may spend.
    pub spender: Address,
    /// How much.
    pub amount: U256,
    /// Until when it may be handed in, and used: the later one, in seconds since 1970.
    pub until: U256,
    /// The message whose digest is signed (EIP-712): a mark, the domain and the form.
    pub message: [u8; 66],
}

/// Why typed data is not signed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TypedError {
    /// Not a form that is known, or not written as it must be.
    #[error("this typed data is not known: {0}")]
    Form(String),
    /// A domain that nobody named.
    #[error("the domain of this typed data is not known: {0}")]
    Domain(String),
    /// A rule is broken.
    #[error("{words}")]
    Rule {
        /// Which.
        rule: &'static str,
        /// For people.
        words: String,
    },
}

impl TypedError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(_) => "typed.form",
            Self::Domain(_) => "typed.domain",
            Self::Rule { .. } => "typed.rule",
        }
    }
}

/// Who may sign what.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// The chain.
    pub chain_id: u64,
    /// Who signs.
    pub account: Address,
    /// Who may be given a right.
    pub spenders: &'a [Address],
    /// The tokens that are known.
    pub names: &'a Names,
}

/// Reads typed data strictly.
///
/// Fails closed: a type, field or member more or less than the form has refuses it.
///
/// # Errors
/// [`TypedError::Form`], [`TypedError::Domain`].
pub fn read(data: &Value) -> Result<Right, TypedError> {
    let form = form::Form::read(data)?;
    let domain = form.domain()?;
    let contract = domain.verifying_contract.unwrap_or_default();
    let chain_id = domain.chain_id.unwrap_or_default();
    let right = |form: &'static str, said: B256| Right {
        form,
        chain_id,
        contract,
        owner: None,
        token: contract,
        spender: Address::ZERO,
        amount: U256::ZERO,
        until: U256::ZERO,
        message: message(&domain, said),
    };
    match form.primary() {
        "Permit" => {
            let permit: Permit = form.permit()?;
            Ok(Right {
                owner: Some(permit.owner),
                spender: permit.spender,
                amount: permit.value,
                until: permit.deadline,
                ..right("Permit", permit.eip712_hash_struct())
            })
        }
        "PermitSingle" => {
            let permit: PermitSingle = form.single()?;
            let expiration = U256::from(permit.details.expiration);
            Ok(Right {
                token: permit.details.token,
                spender: permit.spender,
                amount: U256::from(permit.details.amount),
                until: permit.sigDeadline.max(expiration),
                ..right("PermitSingle", permit.eip712_hash_struct())
            })
        }
        "PermitTransferFrom" => {
            let permit: PermitTransferFrom = form.transfer()?;
            Ok(Right {
                token: permit.permitted.token,
                spender: permit.spender,
                amount: permit.permitted.amount,
                until: permit.deadline,
                ..right("PermitTransferFrom", permit.eip712_hash_struct())
            })
        }
        other => Err(TypedError::Form(crate::names::foreign(other))),
    }
}

/// What EIP-712 has signed of a form.
fn message(domain: &Eip712Domain, said: B256) -> [u8; 66] {
    let separator = domain.separator();
    let parts = [0x19, 0x01].into_iter().chain(separator.0).chain(said.0);
    let mut message = [0; 66];
    for (to, from) in message.iter_mut().zip(parts) {
        *to = from;
    }
    message
}

impl Right {
    /// What is signed: the digest of its message.
    #[must_use]
    pub fn hash(&self) -> B256 {
        keccak256(self.message)
    }

    /// Whether it may be signed.
    ///
    /// # Errors
    /// [`TypedError::Domain`], [`TypedError::Rule`].
    pub fn check(&self, limits: &Limits<'_>, now: Timestamp) -> Result<(), TypedError> {
        let domain = |why: &str| Err(TypedError::Domain(why.to_owned()));
        let rule = |rule, words: &str| {
            let words = words.to_owned();
            Err(TypedError::Rule { rule, words })
        };
        if self.chain_id != U256::from(limits.chain_id) {
            return domain("it is for another chain");
        }
        if self.form != "Permit" && self.contract != PERMIT2 {
            return domain("it is not Permit2's");
        }
        if !limits.names.tokens.contains_key(&self.token) {
            return domain("its token is not in the list of names");
        }
        if self.owner.is_some_and(|owner| owner != limits.account) {
            return rule("owner", "it is about somebody else's tokens");
        }
        if !limits.spenders.contains(&self.spender) {
            return rule("spender", "only a listed spender may be given a right");
        }
        let most = if self.form == "PermitSingle" {
            (U256::from(1) << 160) - U256::from(1)
        } else {
            U256::MAX
        };
        if self.amount == most {
            return rule("amount", "a right without a limit is not given");
        }
        let now = U256::from(u64::try_from(now.as_second()).unwrap_or(u64::MAX));
        if self.until < now {
            return rule("deadline.past", "its deadline is over");
        }
        if self.until - now > U256::from(HORIZON_SECONDS) {
            return rule("deadline.far", "it could be used for more than an hour");
        }
        Ok(())
    }

    /// In words.
    #[must_use]
    pub fn words(&self, names: &Names) -> Vec<String> {
        let until = i64::try_from(self.until).ok();
        let until = until.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let until = until.map_or_else(|| "for ever".to_owned(), |until| format!("until {until}"));
        vec![
            format!(
                "Lets {} spend {} of the gate's own account, {until}",
                names.party(self.spender),
                names.amount(self.amount, self.token)
            ),
            format!("  form: {}", self.form),
            format!("  contract: {}", names.party(self.contract)),
        ]
    }
}

/// A domain of three or four members.
fn domain(
    name: String,
    version: Option<String>,
    chain_id: U256,
    contract: Address,
) -> Eip712Domain {
    Eip712Domain {
        name: Some(Cow::Owned(name)),
        version: version.map(Cow::Owned),
        chain_id: Some(chain_id),
        verifying_contract: Some(contract),
        salt: None,
    }
}

#[cfg(test)]
mod tests;
