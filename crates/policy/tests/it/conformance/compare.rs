//! What came out against what was wanted.

use super::{
    case::Want,
    world::{budget_key, word},
};
use portcullis_policy::{
    cham::Policy,
    code::Code,
    fault::Faults,
    judgement::{Judgement, Source},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

/// Compares the paths of faults.
pub(super) fn faults(faults: &Faults, wanted: &[String]) -> Result<(), String> {
    let mut found: Vec<&str> = faults.0.iter().map(|fault| fault.path.as_str()).collect();
    let mut wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    found.sort_unstable();
    wanted.sort_unstable();
    if found == wanted {
        Ok(())
    } else {
        Err(format!("  faults: wanted {wanted:?}, found {faults}"))
    }
}

/// Collects what differs.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn check<T: Debug + PartialEq>(&mut self, what: &str, wanted: Option<&T>, found: &T) {
        if let Some(wanted) = wanted
            && wanted != found
        {
            self.0
                .push(format!("  {what}: wanted {wanted:?}, found {found:?}"));
        }
    }

    /// Compares two lists as sets.
    fn check_set(&mut self, what: &str, wanted: Option<&Vec<String>>, mut found: Vec<String>) {
        let mut wanted = wanted.cloned();
        if let Some(wanted) = &mut wanted {
            wanted.sort_unstable();
        }
        found.sort_unstable();
        found.dedup();
        self.check(what, wanted.as_ref(), &found);
    }
}

/// Compares a judgement with all that a case wants of it.
pub(super) fn judgement(
    judgement: &Judgement<'_>,
    policies: &[Arc<Policy>],
    want: &Want,
) -> Result<(), String> {
    let mut differences = Differences::default();
    outcome(&mut differences, judgement, policies, want);
    reasons(&mut differences, judgement, want);
    obligations(&mut differences, judgement, want);
    conflicts(&mut differences, judgement, want);
    if differences.0.is_empty() {
        return Ok(());
    }
    let told = judgement.reasons.iter().map(|reason| {
        let source = match reason.source {
            Source::Policy(policy) => policy.id.to_string(),
            Source::Principle(principle) => format!("principle {}", principle.number),
            other => format!("{other:?}"),
        };
        format!(
            "    {} {} {} by {source} ({:?})",
            reason.code, reason.tier, reason.enforced, reason.detail
        )
    });
    differences.0.push("  because:".to_owned());
    differences.0.extend(told);
    Err(differences.0.join("\n"))
}

fn outcome(
    differences: &mut Differences,
    judgement: &Judgement<'_>,
    policies: &[Arc<Policy>],
    want: &Want,
) {
    differences.check("verdict", want.verdict.as_ref(), &judgement.verdict);
    differences.check("tier", want.tier.as_ref(), &judgement.tier);
    differences.check("risk", want.risk.as_ref(), &judgement.risk.number());
    differences.check("would", want.would.as_ref(), &judgement.would);
    let fired = judgement.fired.iter().map(|policy| policy.id.to_string());
    differences.check_set("fired", want.fired.as_ref(), fired.collect());
    let evaluated = judgement.evaluated.iter().map(|place| {
        let place = usize::try_from(*place).expect("a place");
        policies[place].id.to_string()
    });
    differences.check_set("evaluated", want.evaluated.as_ref(), evaluated.collect());
}

fn reasons(differences: &mut Differences, judgement: &Judgement<'_>, want: &Want) {
    let known = |code: &String| Code::ALL.iter().any(|known| known.as_str() == code);
    let lists = [&want.codes, &want.has_codes, &want.no_codes];
    for code in lists
        .into_iter()
        .flatten()
        .flatten()
        .filter(|code| !known(code))
    {
        differences.0.push(format!("  `{code}` is not a code"));
    }
    let codes: Vec<String> = judgement
        .reasons
        .iter()
        .map(|reason| reason.code.to_string())
        .collect();
    differences.check_set("codes", want.codes.as_ref(), codes.clone());
    for code in want
        .has_codes
        .iter()
        .flatten()
        .filter(|code| !codes.contains(code))
    {
        differences
            .0
            .push(format!("  codes: `{code}` is missing in {codes:?}"));
    }
    for code in want
        .no_codes
        .iter()
        .flatten()
        .filter(|code| codes.contains(code))
    {
        differences
            .0
            .push(format!("  codes: `{code}` stands in {codes:?}"));
    }
    let principle = judgement
        .reasons
        .iter()
        .find_map(|reason| match reason.source {
            Source::Principle(principle) => Some(principle.number),
            _ => None,
        });
    differences.check(
        "principle",
        want.principle.as_ref(),
        &principle.unwrap_or_default(),
    );
}

fn obligations(differences: &mut Differences, judgement: &Judgement<'_>, want: &Want) {
    let found = &judgement.obligations;
    differences.check("approvals", want.approvals.as_ref(), &found.approvals);
    differences.check_set(
        "approvers",
        want.approvers.as_ref(),
        found.approvers.to_vec(),
    );
    differences.check(
        "hold_seconds",
        want.hold_seconds.as_ref(),
        &found.hold_seconds,
    );
    let steps = found.escalation.iter().map(|step| json!(step)).collect();
    differences.check("escalation", want.escalation.as_ref(), &steps);
    differences.check(
        "ceiling_seconds",
        want.ceiling_seconds.as_ref(),
        &found.ceiling_seconds,
    );
    differences.check(
        "owner_approval",
        want.owner_approval.as_ref(),
        &found.owner_approval,
    );
    differences.check("dry_run", want.dry_run.as_ref(), &found.dry_run);
    differences.check("notify", want.notify.as_ref(), &found.notify);
    let grant = found
        .grant
        .map_or_else(|| "none".to_owned(), |policy| policy.id.to_string());
    differences.check("grant", want.grant.as_ref(), &grant);
    let retention = found
        .retention_days
        .map_or_else(|| json!("none"), |days| json!(days));
    differences.check::<Value>("retention_days", want.retention_days.as_ref(), &retention);
    let reserve: BTreeMap<String, f64> = found
        .reserve
        .iter()
        .map(|one| (budget_key(&one.budget), one.amount.units()))
        .collect();
    differences.check("reserve", want.reserve.as_ref(), &reserve);
    let warnings: BTreeMap<String, f64> = found
        .warnings
        .iter()
        .map(|warning| (budget_key(&warning.budget), warning.committed.units()))
        .collect();
    differences.check("warnings", want.warnings.as_ref(), &warnings);
}

fn conflicts(differences: &mut Differences, judgement: &Judgement<'_>, want: &Want) {
    let Some(wanted) = &want.conflicts else {
        return;
    };
    let line = |detector: &str, winner: &str, mut losers: Vec<String>, resolution: &str| {
        losers.sort_unstable();
        format!(
            "{detector}: {winner} over {} ({resolution})",
            losers.join(", ")
        )
    };
    let wanted = wanted.iter().map(|conflict| {
        line(
            &conflict.detector,
            &conflict.winner,
            conflict.losers.clone(),
            &conflict.resolution,
        )
    });
    let found = judgement.conflicts.iter().map(|conflict| {
        let losers = conflict
            .losers
            .iter()
            .map(|policy| policy.id.to_string())
            .collect();
        let (detector, resolution) = (word(&conflict.detector), word(&conflict.resolution));
        line(&detector, conflict.winner.id.as_str(), losers, &resolution)
    });
    differences.check_set("conflicts", Some(&wanted.collect()), found.collect());
}
