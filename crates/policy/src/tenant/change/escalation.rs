//! What changed in who is asked next when nobody decides.

use super::compare::Changes;
use crate::{
    tenant::{
        EscalationStep, TenantPolicy, TierApproval,
        rules::approval::{Approval, Approvers},
    },
    tier::RiskTier,
};

impl Changes {
    /// Notes the differences between two escalations. More levels, longer ones and more people on
    /// one all loosen: a hold lives longer then, and more people may end it.
    pub(super) fn escalation(&mut self, old: &TenantPolicy, new: &TenantPolicy) {
        let (before, after) = (Approvers::new(Some(old)), Approvers::new(Some(new)));
        let tiers = [
            ("tier3", RiskTier::HighWrite),
            ("tier4", RiskTier::Destructive),
        ];
        let channel =
            |p: &TenantPolicy| p.slack.as_ref().and_then(|s| s.escalation_channel.clone());
        let implied = tiers.iter().any(|(key, risk)| {
            let own = tier(new, key).is_some_and(|tier| !tier.escalate.is_empty());
            !own && widens(&before.of(*risk), &after.of(*risk))
        });
        let path = "slack.escalation_channel".to_owned();
        self.push(path, channel(old), channel(new), implied);
        for (key, risk) in tiers {
            let path = |name: &str| format!("approvals.{key}.{name}");
            let (was, is) = (tier(old, key), tier(new, key));
            let (before, after) = (before.of(risk), after.of(risk));
            let loosens = widens(&before, &after);
            self.push(path("escalate"), steps(was), steps(is), loosens);
            let minutes = |tier: Option<&TierApproval>| {
                tier.and_then(|tier| tier.ceiling_minutes)
                    .map(|minutes| minutes.to_string())
            };
            let longer = after.ceiling_seconds > before.ceiling_seconds
                || before.is_firm() && !after.is_firm();
            self.push(path("ceiling_minutes"), minutes(was), minutes(is), longer);
            let owner =
                |approval: &Approval<'_>| approval.owner_approval.then(|| "true".to_owned());
            let loosens = after.owner_approval;
            self.push(
                path("owner_approval"),
                owner(&before),
                owner(&after),
                loosens,
            );
        }
    }
}

fn tier<'p>(policy: &'p TenantPolicy, key: &str) -> Option<&'p TierApproval> {
    let approvals = policy.approvals.as_ref()?;
    match key {
        "tier3" => approvals.tier3.as_ref(),
        _ => approvals.tier4.as_ref(),
    }
}

/// Whether a later level is added, lasts longer or asks people whom it did not ask.
fn widens(old: &Approval<'_>, new: &Approval<'_>) -> bool {
    let (old, new) = (old.escalation(), new.escalation());
    let within = |inner: &[String], outer: &[String]| {
        outer.is_empty() || !inner.is_empty() && inner.iter().all(|m| outer.contains(m))
    };
    new.len() > old.len()
        || new
            .iter()
            .zip(&old)
            .any(|(new, old)| new.seconds > old.seconds || !within(new.approvers, old.approvers))
}

/// The levels as written, in a few words.
fn steps(tier: Option<&TierApproval>) -> Option<String> {
    let steps = &tier?.escalate;
    let shown: Vec<_> = steps.iter().map(step).collect();
    (!steps.is_empty()).then(|| shown.join(", then "))
}

fn step(step: &EscalationStep) -> String {
    let mut words = Vec::new();
    if !step.approvers.is_empty() {
        words.push(format!("[{}]", step.approvers.join(", ")));
    }
    words.extend(step.channel.as_ref().map(|channel| format!("in {channel}")));
    words.extend(step.minutes.map(|minutes| format!("for {minutes} minutes")));
    words.join(" ")
}
