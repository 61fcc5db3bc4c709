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
};
use std::borrow::Cow;

/// How many reasons a sentence tells.
const TOLD: usize = 3;
/// How much of a reason it tells, in bytes.
const TOLD_MAX_BYTES: usize = 400;

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
            let detail = text(&malformed.to_string());
            return findings.refuse(Code::CommandMalformed, Source::Catalogue, detail);
        }
    };
    if !account.is_clear() {
        let why: Vec<_> = account.unclear().take(TOLD).collect();
        let detail = text(&why.join("; "));
        findings.add(Code::CommandUnclear, Source::Catalogue, Tier::B, detail);
    }
    let workspace = demand.action.workspace.as_ref().map(|id| id.as_str());
    match rules.decide(account, workspace, &facts.command_patterns) {
        Ok(decision) => apply(&decision, account, findings),
        Err(message) => {
            findings.refuse(Code::StageFailed, Source::Stage("commands"), text(&message))
        }
    }
}

/// What the lists say: a block refuses, and what they do not allow is a high write at least.
fn apply(decision: &Decision, account: &Account, findings: &mut Findings<'_>) {
    let source = Source::TenantPolicy("commands");
    match decision {
        Decision::Deny(found) => {
            findings.refuse(Code::CommandBlocked, source, text(&found.to_string()));
        }
        Decision::Ask(Ask::NoRules) => {}
        Decision::Ask(ask) => {
            findings.raise_risk(account.risk().max(RiskTier::HighWrite));
            findings.add(Code::CommandAsked, source, Tier::A, text(&ask.to_string()));
        }
        Decision::Allow(all) => {
            let patterns: Vec<_> = all.iter().take(TOLD).map(Match::to_string).collect();
            let detail = text(&patterns.join("; "));
            findings.add(Code::CommandAllowed, source, Tier::A, detail);
        }
    }
}

/// Words on one line, cut when they are many.
fn text(words: &str) -> Detail<'static> {
    let shown = crate::visible::visible_line(words);
    let cut = crate::visible::excerpt(&shown, TOLD_MAX_BYTES);
    let dots = if cut.hidden_bytes > 0 { " …" } else { "" };
    Detail::Text(Cow::Owned(format!("{}{dots}", cut.text)))
}
