//! Rules as text: what people type, and what they read again.
//!
//! Fails closed: a text that could be read in two ways, or holds what nobody sees, is a fault.

pub(super) mod shown;
pub(super) mod versions;
pub(super) mod yaml;

use super::telling::sentence;
use crate::console::parts::{
    conflict::{Conflict, Named},
    diff::{Line, compare},
    faults::Fault,
};
use portcullis_firewall::{strict, visible::is_unseen};
use portcullis_policy::{conflict::ConflictReport, fault::Faults};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fmt::{self, Write},
};

/// JSON that a person typed.
///
/// # Errors
/// The fault, with its path.
pub(super) fn json(text: &str) -> Result<Value, Faults> {
    let mut faults = Faults::default();
    match strict::parse(text.as_bytes(), &strict::Limits::default()) {
        Ok(value) => Ok(value),
        Err(error) => {
            faults.add(error.path(), error.to_string());
            Err(faults)
        }
    }
}

/// Refuses a text with characters that nobody sees.
///
/// # Errors
/// A fault for each, the first ten of them.
pub(super) fn must_be_visible(text: &str) -> Result<(), Faults> {
    let mut faults = Faults::default();
    for (number, line) in text.split('\n').enumerate() {
        for char in line.chars().filter(|char| hides(*char)) {
            if faults.0.len() < 10 {
                let code = u32::from(char);
                let words = format!("holds U+{code:04X}, which nobody sees");
                faults.add(format!("line {}", number.saturating_add(1)), words);
            }
        }
    }
    faults.or(())
}

fn hides(char: char) -> bool {
    is_unseen(char) && !matches!(char, '\n' | '\t')
}

/// JSON text of the same meaning in which everything is seen: what is not stands as an escape
/// (RFC 8259 §7).
pub(super) fn visible_json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if hides(char) {
            for unit in char.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(char);
        }
    }
    shown
}

/// Something as indented JSON in which everything is seen.
pub(super) fn pretty(value: &impl serde::Serialize) -> String {
    visible_json(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// Names what somebody looked at.
pub(super) fn digest(text: &str, about: &impl fmt::Debug) -> String {
    let mut hasher = Sha256::new();
    hasher.update(text.len().to_be_bytes());
    hasher.update(text.as_bytes());
    hasher.update(format!("{about:?}").as_bytes());
    hex::encode(hasher.finalize())
}

/// Faults as pages list them.
pub(super) fn faults(found: Faults) -> Vec<Fault> {
    let fault = |fault: portcullis_policy::fault::Fault| Fault {
        path: fault.path,
        words: fault.message,
    };
    found.0.into_iter().map(fault).collect()
}

/// A single fault as pages list it.
pub(super) fn fault(path: &str, words: &str) -> Vec<Fault> {
    vec![Fault {
        path: path.to_owned(),
        words: words.to_owned(),
    }]
}

/// The lines that changed, with nothing when none did.
pub(super) fn changed(before: &str, after: &str) -> Vec<Line> {
    if before == after {
        return Vec::new();
    }
    compare(before.trim_end(), after.trim_end())
}

/// The names of policies by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(pub HashMap<String, String>);

impl Names {
    /// A policy by its name; one that there is not is the draft.
    pub(super) fn of(&self, id: &str) -> Named {
        match self.0.get(id) {
            Some(name) => Named {
                id: id.to_owned(),
                name: name.clone(),
            },
            None => Named {
                id: String::new(),
                name: "This draft".to_owned(),
            },
        }
    }

    /// A conflict found without an action.
    pub(super) fn report(&self, report: &ConflictReport) -> Conflict {
        let losers = report.policy_ids.iter();
        Conflict {
            kind: word(&report.detector),
            winner: self.of(report.winner_policy_id.as_str()),
            losers: losers
                .filter(|id| **id != report.winner_policy_id)
                .map(|id| self.of(id.as_str()))
                .collect(),
            words: sentence(&report.description),
            why: report.resolution.why().to_owned(),
        }
    }
}

/// The word of one of a closed set.
fn word(one: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(one).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{json, must_be_visible, visible_json};
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn what_nobody_sees_is_named_by_its_line() {
        let found = must_be_visible("a\nb\u{202E}c\u{E0041}").unwrap_err();
        let told: Vec<String> = found.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "line 2: holds U+202E, which nobody sees",
                "line 2: holds U+E0041, which nobody sees"
            ]
        );
        assert!(must_be_visible("a\n\tb é 😀").is_ok());
    }

    proptest! {
        #[test]
        fn visible_json_means_the_same(text: String) {
            let written = Value::from(text.as_str()).to_string();
            let shown = visible_json(&written);
            prop_assert!(must_be_visible(&shown).is_ok());
            prop_assert_eq!(json(&shown).ok(), Some(Value::from(text)));
        }
    }
}
