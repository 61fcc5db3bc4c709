//! The principles that can be broken by an action itself.

use crate::{
    action::Action,
    code::Code,
    findings::Findings,
    id::TenantId,
    judgement::{Detail, Source},
    principle::{
        Principle,
        personal::{self, Personal},
        words::Words,
    },
    tier::{RiskTier, Tier},
};
use serde_json::Value;
use smallvec::SmallVec;
use std::borrow::Cow;

/// Checks an action against the principles; `words` are those of its type. The risk tier must be
/// known by now.
pub(super) fn check(action: &Action, words: Words, findings: &mut Findings<'_>) {
    if words.destructive || findings.risk == RiskTier::Destructive {
        breach(
            findings,
            Principle::IRREVERSIBLE_HARM,
            Tier::B,
            Detail::None,
        );
    }
    if words.governs {
        breach(
            findings,
            Principle::NO_SELF_ESCALATION,
            Tier::X,
            Detail::None,
        );
    }
    if words.bypasses {
        breach(findings, Principle::NO_BYPASS, Tier::X, Detail::None);
    }
    if words.infers && !names_model(action) {
        breach(findings, Principle::MODEL_PROVENANCE, Tier::C, Detail::None);
    }
    let contents = Contents::of(action);
    if let Some(other) = contents.foreign {
        let text = Cow::Owned(format!("a parameter names the tenant `{other}`"));
        breach(
            findings,
            Principle::DATA_SOVEREIGNTY,
            Tier::X,
            Detail::Text(text),
        );
    }
    if let Some(what) = contents.undeclared {
        let text = Cow::Owned(format!(
            "the action holds {what} and declares no data class"
        ));
        breach(
            findings,
            Principle::SENSITIVE_DATA,
            Tier::B,
            Detail::Text(text),
        );
    }
}

fn breach<'r>(
    findings: &mut Findings<'r>,
    principle: &'static Principle,
    tier: Tier,
    detail: Detail<'r>,
) {
    findings.add(Code::Principle, Source::Principle(principle), tier, detail);
}

fn names_model(action: &Action) -> bool {
    action
        .text("model_id")
        .is_some_and(|model| !model.trim().is_empty())
}

/// Values that are still to be looked at, with whether a text that is a number counts something there.
type Waiting<'a> = SmallVec<[(&'a Value, bool); 16]>;

/// What the texts and parameters of an action hold.
#[derive(Default)]
struct Contents<'a> {
    /// A tenant that is not the action's.
    foreign: Option<Cow<'a, str>>,
    /// Personal data without a declared data class.
    undeclared: Option<&'static str>,
}

impl<'a> Contents<'a> {
    fn of(action: &'a Action) -> Self {
        let mut contents = Self::default();
        let declared = !action.data_classes.is_empty();
        if !declared && let Some(reasoning) = &action.reasoning {
            contents.look_at(reasoning, personal::find);
        }
        let find = match is_wallets(action) {
            true => personal::find_in_wallets,
            false => personal::find,
        };
        // A stack of our own: how deep the parameters go is the agent's choice.
        let mut waiting = Waiting::new();
        for entry in &action.parameters {
            let counts = holds_quantities(action, entry.0);
            contents.look_into(std::iter::once(entry), &action.tenant, counts, &mut waiting);
        }
        while let Some((value, counts)) = waiting.pop() {
            match value {
                Value::String(text) => {
                    let counted = counts && is_quantity(text);
                    if !declared && !counted {
                        contents.look_at(text, find);
                    }
                }
                Value::Array(items) => waiting.extend(items.iter().map(|item| (item, counts))),
                Value::Object(map) => {
                    contents.look_into(map.iter(), &action.tenant, counts, &mut waiting);
                }
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        if declared {
            contents.undeclared = None;
        }
        contents
    }

    /// Looks at keys that mean something to a principle, and puts the values aside for later, with whether
    /// a text that is a number counts something there.
    fn look_into(
        &mut self,
        entries: impl Iterator<Item = (&'a String, &'a Value)>,
        tenant: &TenantId,
        counts: bool,
        waiting: &mut Waiting<'a>,
    ) {
        for (key, value) in entries {
            if names_tenant(key) && self.foreign.is_none() {
                self.foreign = foreign(value, tenant);
            }
            if *value == Value::Bool(true) && self.undeclared.is_none() {
                self.undeclared = declares(key);
            }
            if !matches!(value, Value::Null | Value::Bool(_) | Value::Number(_)) {
                waiting.push((value, counts));
            }
        }
    }

    fn look_at(&mut self, text: &str, find: fn(&str) -> Option<Personal>) {
        if self.undeclared.is_none() {
            self.undeclared = find(text).map(Personal::as_str);
        }
    }
}

/// Whether a parameter is what a wallet on a chain wrote: what is signed, and what gas may cost. Amounts are
/// texts there, for they have more digits than a number keeps, and one in ten would pass for a card.
fn holds_quantities(action: &Action, key: &str) -> bool {
    is_wallets(action) && ["data", "fees"].contains(&key)
}

/// Whether an action is what a program asked of its wallet on a chain.
fn is_wallets(action: &Action) -> bool {
    action.kind.as_str().starts_with("evm.")
}

/// Whether a text is one whole number, decimal or in hex, and nothing else.
fn is_quantity(text: &str) -> bool {
    let hex = text.strip_prefix("0x");
    let hex = hex.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hex || text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a key names a tenant, however it is spelled: `tenant_id`, `Tenant-ID`, `orgId`.
///
/// Plain `org` and `organization` are left out: tools mean organisations of their own by them.
fn names_tenant(key: &str) -> bool {
    const KEYS: [&[u8]; 5] = [
        b"tenant",
        b"tenantid",
        b"organizationid",
        b"organisationid",
        b"orgid",
    ];
    let letters = || key.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
    KEYS.iter().any(|known| {
        letters()
            .map(|byte| byte.to_ascii_lowercase())
            .eq(known.iter().copied())
    })
}

/// The first tenant in a value that is not the given one.
fn foreign<'a>(value: &'a Value, tenant: &TenantId) -> Option<Cow<'a, str>> {
    let other = |name: Cow<'a, str>| (!name.is_empty() && name != tenant.as_str()).then_some(name);
    // A stack of our own: how deep the value goes is the agent's choice.
    let mut waiting: SmallVec<[&'a Value; 4]> = smallvec::smallvec![value];
    while let Some(value) = waiting.pop() {
        let found = match value {
            Value::String(name) => other(Cow::Borrowed(name.trim())),
            Value::Number(number) => other(Cow::Owned(number.to_string())),
            Value::Array(items) => {
                waiting.extend(items);
                None
            }
            // `{"tenant": {"id": …}}`: what identifies it, and not what describes it.
            Value::Object(members) => {
                waiting.extend(members.get("id"));
                None
            }
            Value::Null | Value::Bool(_) => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// What a key says when its value is true.
fn declares(key: &str) -> Option<&'static str> {
    match key {
        "contains_pii" => Some("personal data"),
        "contains_phi" => Some("health data"),
        _ => None,
    }
}
