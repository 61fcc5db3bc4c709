//! A record in words.

use crate::wire::record;
use portcullis_firewall::batch::StoredRecord;
use portcullis_policy::tier::RiskTier;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The members of a record, read once.
pub(super) struct Telling(Map<String, Value>);

impl Telling {
    /// Takes a record apart; one that cannot be read has no members.
    pub(super) fn of(record: &StoredRecord) -> Self {
        Self(record::members(record))
    }

    /// A member that is a text.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A member that is a number.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }

    /// Whether a member says yes.
    pub(super) fn is(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool) == Some(true)
    }

    /// A member as something else; nothing when it is none.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.0.get(name)?).ok()
    }

    /// How risky the action of a decision is; the worst, when the record does not say.
    pub(super) fn risk(&self) -> RiskTier {
        let number = self.number("risk_tier");
        let known = [
            RiskTier::Observe,
            RiskTier::Inform,
            RiskTier::LowWrite,
            RiskTier::HighWrite,
            RiskTier::Destructive,
        ];
        let named = known
            .into_iter()
            .find(|risk| Some(u64::from(risk.number())) == number);
        named.unwrap_or(RiskTier::Prohibited)
    }

    /// The reasons of a decision: code and sentence.
    pub(super) fn reasons(&self) -> Vec<(String, String)> {
        self.0.get("reasons").map(reasons).unwrap_or_default()
    }

    /// What it is about, in a line.
    pub(super) fn what(&self) -> String {
        let (action, target) = (self.text("action_type"), self.text("target_service"));
        if !action.is_empty() && !target.is_empty() {
            return format!("{action} on {target}");
        }
        let names = [
            "action_type",
            "hold_id",
            "person_id",
            "group_id",
            "policy_id",
            "key_id",
            "reason",
        ];
        let texts = names.iter().map(|name| self.text(name));
        let said: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
        said.join(" · ")
    }
}

/// Reasons as they are kept: code and sentence.
pub(super) fn reasons(kept: &Value) -> Vec<(String, String)> {
    let text = |reason: &Value, name: &str| {
        let member = reason.get(name).and_then(Value::as_str);
        member.unwrap_or_default().to_owned()
    };
    let list = kept.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .map(|one| (text(one, "code"), text(one, "text")))
        .collect()
}

/// A text as a sentence: with a capital and a full stop.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>());
    let end = if words.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), letters.as_str())
}
