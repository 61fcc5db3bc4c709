//! Layer 1: who asks, with whose credential, and how the agent stands.

use crate::{
    action::{Action, Dimension},
    code::Code,
    facts::{AgentStatus, Facts, Standing},
    findings::Findings,
    id::TenantId,
    judgement::{Detail, Source},
    principle::Principle,
    tier::Tier,
};
use std::borrow::Cow;

/// Checks that action, credential, rules and records belong together, and how the agent stands.
///
/// *Fails closed:* what does not belong together is refused, and a broken chain refuses all.
pub(super) fn check(
    tenant: &TenantId,
    action: &Action,
    facts: &Facts,
    findings: &mut Findings<'_>,
) {
    if action.tenant != *tenant {
        let text = Cow::Borrowed("the rules at hand are those of another tenant");
        findings.refuse(
            Code::StageFailed,
            Source::Stage("rules"),
            Detail::Text(text),
        );
    }
    if facts.caller.tenant != action.tenant {
        let text = Cow::Borrowed("the credential belongs to another tenant");
        breach(findings, Principle::DATA_SOVEREIGNTY, text);
    }
    if let Some(owner) = facts
        .caller
        .agent
        .as_ref()
        .filter(|owner| **owner != action.agent)
    {
        let text = format!(
            "the credential belongs to agent `{owner}`, not to `{}`",
            action.agent
        );
        breach(findings, Principle::IMMUTABLE_IDENTITY, Cow::Owned(text));
    }
    if !facts.chain_intact {
        let text = Cow::Borrowed("the chain of records does not verify");
        let source = Source::Principle(Principle::CHAIN_CONTINUITY);
        findings.refuse(Code::StageFailed, source, Detail::Text(text));
    }
    check_standing(&facts.agent, action, findings);
}

fn breach(findings: &mut Findings<'_>, principle: &'static Principle, text: Cow<'static, str>) {
    findings.add(
        Code::Principle,
        Source::Principle(principle),
        Tier::X,
        Detail::Text(text),
    );
}

fn check_standing(standing: &Standing, action: &Action, findings: &mut Findings<'_>) {
    match standing.status {
        AgentStatus::Active => {}
        AgentStatus::Paused => {
            findings.add(Code::AgentPaused, Source::Identity, Tier::B, Detail::None);
        }
        AgentStatus::Blocked => findings.refuse(Code::AgentBlocked, Source::Identity, Detail::None),
        AgentStatus::Deregistered => {
            let text = Cow::Borrowed("the agent is deregistered");
            breach(findings, Principle::REGISTERED_IDENTITY, text);
        }
        AgentStatus::IdentityRevoked => {
            let text = Cow::Borrowed("the agent's identity is revoked");
            breach(findings, Principle::REGISTERED_IDENTITY, text);
        }
    }
    if let Some(tier) = standing.tier_override.filter(|tier| *tier > Tier::A) {
        findings.add(Code::AgentTier, Source::Identity, tier, Detail::None);
    }
    let Some(floor) = standing.confidence_floor else {
        return;
    };
    for dimension in Dimension::ALL {
        let reported = action.confidence.of(dimension);
        if !reported.is_some_and(|value| value >= floor) {
            let detail = Detail::Floor {
                dimension,
                floor,
                reported,
            };
            findings.add(Code::AgentFloor, Source::Identity, Tier::B, detail);
        }
    }
}
