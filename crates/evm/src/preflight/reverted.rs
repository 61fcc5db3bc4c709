//! Why a contract refused.

use crate::{abi, artifacts, names::foreign, rules::Denial};
use alloy_json_abi::{Error, Param};
use alloy_primitives::{Address, U256, hex};
use alloy_sol_types::{Panic, Revert, SolError};
use jiff::Timestamp;

/// The codes of the vault, and what each is about.
const CODES: &[(&str, &str)] = &[
    ("dh1", "paused"),
    ("dh2", "paused"),
    ("dh3", "cooldown"),
    ("dh4", "role"),
    ("dh6", "cooldown"),
    ("dh7", "member"),
    ("dh8", "deposit"),
    ("dh10", "shares.fewest"),
    ("dh12", "balance"),
    ("dh16", "value"),
    ("dh17", "supply"),
    ("dh18", "address"),
    ("dh20", "paused"),
    ("dh22", "token.enabled"),
    ("dh23", "destination"),
    ("dh24", "role"),
    ("dh31", "role"),
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
#[must_use]
pub fn read(bytes: &[u8]) -> Denial {
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
    let Some((selector, fields)) = bytes.split_first_chunk::<4>() else {
        let words = "a contract refuses it without a word";
        return Denial::new("preflight.reverted", "run", words);
    };
    let errors = artifacts::all().iter().flat_map(|one| one.abi.errors());
    let named = errors
        .into_iter()
        .find(|error| error.selector() == *selector);
    match named {
        Some(error) => Denial::new(
            &error.name,
            "vault",
            format!("refused as `{}`{}", error.name, told(error, fields)),
        ),
        None => {
            let shown = hex::encode(selector);
            let words = format!("a contract refuses it with the error 0x{shown}");
            Denial::new("preflight.reverted", "run", words)
        }
    }
}

/// The fields of an error whose fields are single words, in words.
fn told(error: &Error, fields: &[u8]) -> String {
    let (words, rest) = fields.as_chunks::<32>();
    if words.len() != error.inputs.len() || !rest.is_empty() || words.is_empty() {
        return String::new();
    }
    let shown = error.inputs.iter().zip(words);
    let shown = shown.map(|(field, word)| format!("{} {}", field.name, value(field, word)));
    format!(" ({})", shown.collect::<Vec<_>>().join(", "))
}

fn value(field: &Param, word: &[u8; 32]) -> String {
    let number = U256::from_be_bytes(*word);
    match field.ty.as_str() {
        "address" => Address::from_word((*word).into()).to_string(),
        // A moment, by the names that the contracts give to moments.
        "uint64" if field.name.ends_with("At") => {
            let moment = i64::try_from(number).ok();
            let moment = moment.and_then(|seconds| Timestamp::from_second(seconds).ok());
            moment.map_or_else(|| number.to_string(), |moment| moment.to_string())
        }
        kind if kind.starts_with("uint") => number.to_string(),
        _ => hex::encode_prefixed(word),
    }
}
