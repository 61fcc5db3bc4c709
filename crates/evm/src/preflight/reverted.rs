//! Why a contract refused.

use crate::{abi, artifacts, names::foreign, rules::Denial};
use alloy_sol_types::{Panic, Revert, SolError};

/// The codes of the vault, and what each is about.
const CODES: &[(&str, &str)] = &[
    ("dh1", "paused"),
    ("dh2", "paused"),
    ("dh3", "cooldown"),
    ("dh4", "role"),
    ("dh16", "value"),
    ("dh17", "supply"),
    ("dh18", "address"),
    ("dh20", "paused"),
    ("dh22", "token.enabled"),
    ("dh23", "destination"),
    ("dh24", "role"),
];

/// The names of the rules that guards give.
const RULES: &[&str] = &[
    "canonical",
    "canonical.short",
    "canonical.offset",
    "recipient",
    "owner",
    "spender",
    "token.enabled",
    "token.listed",
    "token.repeated",
    "path.length",
    "amount.zero",
    "minimum.zero",
    "maximum.zero",
    "deadline.past",
    "deadline.far",
    "price.limit",
    "interest.mode",
    "referral",
    "multicall.calls",
    "multicall.inner",
];

/// Reads what a revert brought back. What contracts wrote is shown, never obeyed.
pub(super) fn read(bytes: &[u8]) -> Denial {
    if let Ok(refused) = abi::Refused::abi_decode_validate(bytes) {
        let name = refused.rule.as_slice();
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        let known = RULES.iter().find(|rule| rule.as_bytes() == name);
        return Denial {
            argument: (refused.argument != u16::MAX).then_some(refused.argument),
            seen: Some(refused.seen),
            ..Denial::new(
                "Refused",
                known.copied().unwrap_or("guard"),
                "a guard refuses it",
            )
        };
    }
    if let Ok(revert) = Revert::abi_decode_validate(bytes) {
        let known = CODES.iter().find(|(code, _)| *code == revert.reason);
        return match known {
            Some((code, rule)) => Denial::new(code, rule, "the vault refuses it"),
            None => {
                let words = format!("a contract refuses it: {}", foreign(&revert.reason));
                Denial::new("preflight.reverted", "run", words)
            }
        };
    }
    if let Ok(panic) = Panic::abi_decode_validate(bytes) {
        let words = format!("a contract broke off: {panic}");
        return Denial::new("preflight.reverted", "run", words);
    }
    let Some((selector, _)) = bytes.split_first_chunk::<4>() else {
        let words = "a contract refuses it without a word";
        return Denial::new("preflight.reverted", "run", words);
    };
    let errors = artifacts::all().iter().flat_map(|one| one.abi.errors());
    let named = errors
        .into_iter()
        .find(|error| error.selector() == *selector);
    match named {
        Some(error) => Denial::new(&error.name, "vault", format!("refused as `{}`", error.name)),
        None => {
            let shown = alloy_primitives::hex::encode(selector);
            let words = format!("a contract refuses it with the error 0x{shown}");
            Denial::new("preflight.reverted", "run", words)
        }
    }
}
