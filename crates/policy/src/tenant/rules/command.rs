//! Commands: what nobody understands, what is blocked, and what a person must see.

use crate::{
    catalogue::demand::Demand,
    code::Code,
    command::{
        account::Account,
        policy::{Ask, CommandRules, Decision, Match},
    },
    facts::Facts,
    findings::Findings,
    judgement::{Detail, Source},
    tier::{RiskTier, Tier},
    visible::is_unseen,
};
use std::borrow::Cow;

/// How many reasons a sentence tells.
const TOLD: usize = 3;
/// How many patterns it names.
const MATCHES: usize = 16;
/// The longest reason that is told, in bytes.
const TOLD_MAX_BYTES: usize = 240;

/// Judges what is special about a command; nothing for other actions.
///
/// *Fails closed:* parameters that name no command are refused, and so is everything when a pattern
/// of the session cannot be read. What nobody understands is decided by people, and no grant and no
/// mode changes that.
pub(super) fn judge(
    rules: &CommandRules,
    demand: &Demand<'_>,
    facts: &Facts,
    findings: &mut Findings<'_>,
) {
    let account = match demand.command() {
        None => return,
        Some(Ok(account)) => account,
        Some(Err(malformed)) => {
            let detail = text([malformed.to_string()]);
            return findings.refuse(Code::CommandMalformed, Source::Catalogue, detail);
        }
    };
    if !account.is_clear() {
        let detail = text(account.unclear());
        findings.add(Code::CommandUnclear, Source::Catalogue, Tier::B, detail);
    }
    let workspace = demand.action.workspace.as_ref().map(|id| id.as_str());
    match rules.decide(account, workspace, &facts.command_patterns) {
        Ok(decision) => apply(&decision, account, findings),
        Err(message) => findings.refuse(
            Code::StageFailed,
            Source::Stage("commands"),
            text([message]),
        ),
    }
}

/// What the lists say: a block refuses, and what they do not allow is a high write at least.
fn apply(decision: &Decision, account: &Account, findings: &mut Findings<'_>) {
    let source = Source::TenantPolicy("commands");
    match decision {
        Decision::Deny(found) => {
            let detail = Detail::Text(Cow::Owned(found.to_string()));
            findings.refuse(Code::CommandBlocked, source, detail);
        }
        Decision::Ask(Ask::NoRules) => {}
        Decision::Ask(ask) => {
            findings.raise_risk(account.risk().max(RiskTier::HighWrite));
            findings.add(Code::CommandAsked, source, Tier::A, asked(ask));
        }
        Decision::Allow(all) => {
            let all: Vec<_> = all.iter().take(MATCHES).map(Match::to_string).collect();
            let detail = Detail::Text(Cow::Owned(all.join("; ")));
            findings.add(Code::CommandAllowed, source, Tier::A, detail);
        }
    }
}

/// Who does not allow it; what is not allowed only where it can be told.
fn asked(ask: &Ask) -> Detail<'static> {
    let words = ask.to_string();
    let words = match ask {
        Ask::NotAllowed { level, mapping, .. } if !is_plain(&words) => {
            format!("the mapping `{mapping}` ({level}) does not allow one of its commands")
        }
        Ask::NotAllowed { .. } | Ask::NoRules | Ask::NotUnderstood => words,
    };
    Detail::Text(Cow::Owned(words))
}

/// Whether words can be told as they are: short, on one line, and nothing written out.
fn is_plain(words: &str) -> bool {
    let shown = !words.contains("\\u{") && !words.chars().any(is_unseen);
    shown && words.len() <= TOLD_MAX_BYTES
}

/// A few reasons on one line.
///
/// What holds a secret is hidden later, where all of the secret stands as it is: so nothing is cut,
/// and nothing is written out.
fn text<T: AsRef<str>>(reasons: impl IntoIterator<Item = T>) -> Detail<'static> {
    let mut told: Vec<String> = Vec::new();
    for reason in reasons.into_iter().take(TOLD) {
        let reason = reason.as_ref();
        let reason = if is_plain(reason) {
            reason
        } else {
            "something in it cannot be told in a sentence"
        };
        if !told.iter().any(|known| known == reason) {
            told.push(reason.to_owned());
        }
    }
    Detail::Text(Cow::Owned(told.join("; ")))
}
