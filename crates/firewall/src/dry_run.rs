//! What an action would do, looked at before it does it: bound to the exact action, good for ten
//! minutes, and compared with what a second look finds when the gate acts.
//!
//! Source: Chamber AI Ops, "Dry-run enforcement" (layer of defence for risk tier 2).

use crate::{
    canonical,
    digest::{ActionDigest, Findings},
    error::GateError,
    order::{Check, DryRun},
};
use jiff::Timestamp;
use portcullis_policy::id::AgentId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How long a dry run counts, in seconds.
pub const FRESH_SECONDS: u32 = 600;
/// How often one action is looked at, at most: each look is a record, and a call of the target.
pub const LOOKS_MAX: u32 = 32;
/// The most bytes of findings that are kept, as JSON.
const FOUND_MAX_BYTES: usize = 65_536;
/// The most checks that are kept.
const CHECKS_MAX: usize = 64;

/// A dry run as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rehearsed {
    /// `dry_…`
    pub id: String,
    /// The record of the action's decision.
    pub seq: u64,
    /// The hold that waits for people to see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
    /// Whose action.
    pub agent_id: AgentId,
    /// What exactly was looked at.
    pub action_digest: ActionDigest,
    /// The action type.
    pub action_type: String,
    /// The target as the action names it.
    pub target: String,
    /// What was found, screened.
    pub found: DryRun,
    /// Names what was found: another look that finds something else has another one.
    pub findings: Findings,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it counts.
    pub fresh_until: Timestamp,
    /// How often the action was looked at.
    pub looks: u32,
}

impl Rehearsed {
    /// Whether the action may be done on the strength of it.
    ///
    /// # Errors
    /// [`GateError::Conflict`] with `dryrun.failed` or `dryrun.stale`.
    pub fn must_count(&self, now: Timestamp) -> Result<(), GateError> {
        if !self.found.passed {
            let message = "the dry run of this action did not pass";
            return Err(GateError::conflict("dryrun.failed", message));
        }
        if now >= self.fresh_until {
            let message = "the dry run of this action is too old; make another";
            return Err(GateError::conflict("dryrun.stale", message));
        }
        Ok(())
    }
}

/// What one look found, before it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// What was found, screened and bounded.
    pub found: DryRun,
    /// Names it as it was before that.
    pub findings: Findings,
}

impl Look {
    /// What a rehearsal answered, as it may be shown.
    ///
    /// *Fails closed:* findings that are too long to be shown whole did not pass, and neither did
    /// those without a single check or with one that failed.
    ///
    /// # Errors
    /// What `screened` says.
    pub fn of(
        found: &DryRun,
        screened: impl FnOnce(&Value) -> Result<Value, GateError>,
    ) -> Result<Self, GateError> {
        let unreadable = |error: serde_json::Error| GateError::Unavailable(error.to_string());
        let value = serde_json::to_value(found).map_err(unreadable)?;
        let bytes = canonical::to_vec(&value);
        let findings = findings(value.clone());
        let mut found = if bytes.len() > FOUND_MAX_BYTES || found.checks.len() > CHECKS_MAX {
            too_long()
        } else {
            serde_json::from_value(screened(&value)?).map_err(unreadable)?
        };
        found.passed &= !found.checks.is_empty() && found.checks.iter().all(|check| check.passed);
        Ok(Self { found, findings })
    }
}

/// Names what was found. How the target would go about it does not count: a planner may change its
/// mind without anything else happening.
fn findings(mut value: Value) -> Findings {
    if let Some(members) = value.as_object_mut() {
        members.remove("plan");
    }
    Findings::new(Sha256::digest(canonical::to_vec(&value)).into())
}

fn too_long() -> DryRun {
    DryRun::failed("size", "what was found is too long to be shown whole")
}

impl DryRun {
    /// A dry run that found only that it does not work.
    #[must_use]
    pub fn failed(check: &str, detail: impl Into<String>) -> Self {
        Self {
            checks: vec![Check {
                name: check.to_owned(),
                passed: false,
                detail: detail.into(),
            }],
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FOUND_MAX_BYTES, Look};
    use crate::order::{Check, DryRun};

    fn look(found: &DryRun) -> Look {
        Look::of(found, |value| Ok(value.clone())).expect("a look")
    }

    fn check(passed: bool) -> Check {
        Check {
            name: "statement".to_owned(),
            passed,
            detail: String::new(),
        }
    }

    fn found(checks: Vec<Check>) -> DryRun {
        DryRun {
            passed: true,
            checks,
            ..DryRun::default()
        }
    }

    #[test]
    fn it_passes_only_with_checks_that_all_passed() {
        assert!(look(&found(vec![check(true)])).found.passed);
        assert!(!look(&found(vec![])).found.passed);
        assert!(!look(&found(vec![check(true), check(false)])).found.passed);
    }

    #[test]
    fn what_is_too_long_to_be_shown_does_not_pass() {
        let mut long = found(vec![check(true)]);
        long.plan = Some("x".repeat(FOUND_MAX_BYTES));
        let look = look(&long);
        assert!(!look.found.passed);
        assert_eq!(look.found.plan, None);
    }

    #[test]
    fn findings_are_named_before_secrets_are_taken_out() {
        let with = |change: &str| {
            let mut run = found(vec![check(true)]);
            run.changes.push(change.to_owned());
            let hidden = |value: &serde_json::Value| {
                let mut value = value.clone();
                value["changes"] = serde_json::json!(["[REDACTED]"]);
                Ok(value)
            };
            Look::of(&run, hidden).expect("a look")
        };
        let (one, other) = (with("one"), with("other"));
        assert_eq!(one.found, other.found);
        assert_ne!(one.findings, other.findings);
    }
}
