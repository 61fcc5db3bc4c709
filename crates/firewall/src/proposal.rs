//! New rules, compiled and ready to be adopted by a lane.
//!
//! Compiling happens beside the lane, so that judging never waits for it; the lane takes a
//! proposal only if the rules it was made from are still in force.

use crate::{
    error::GateError,
    house::House,
    rulebook::{Entry, Manuscript, Rulebook},
    settings::Settings,
};
use jiff::Timestamp;
use portcullis_policy::{
    cham::{Policy, Rule, read::Draft},
    fault::Faults,
    id::PolicyId,
    tenant::TenantPolicy,
};
use std::sync::Arc;

/// Rules ready to be adopted.
#[derive(Debug)]
pub struct Proposal {
    /// The new rules; their revision is one more than that of the rules they replace.
    pub rulebook: Rulebook,
    /// The policies that are new or changed.
    pub policies: Vec<PolicyChange>,
    /// The tenant policy, when it is replaced.
    pub tenant_policy: Option<Arc<TenantPolicy>>,
    /// The settings, when they change with the rules.
    pub settings: Option<Settings>,
}

/// One policy before and after.
#[derive(Clone, Debug)]
pub struct PolicyChange {
    /// Before; `None` for a new one.
    pub before: Option<Arc<Policy>>,
    /// After.
    pub after: Entry,
}

/// What an architect may change of a policy; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct PolicyPatch {
    /// A new name.
    pub name: Option<String>,
    /// A new configuration, of the same type.
    pub rule: Option<Rule>,
    /// On or off.
    pub active: Option<bool>,
    /// Recorded but not enforced.
    pub log_only: Option<bool>,
    /// The version that was seen: a policy of any other is left alone. `None` changes whichever
    /// there is.
    pub seen: Option<u32>,
}

impl Proposal {
    /// Adds policies.
    ///
    /// # Errors
    /// [`GateError::Invalid`] when the rules as a whole do not compile.
    pub fn create(
        book: &Rulebook,
        drafts: Vec<Draft>,
        house: &House,
        now: Timestamp,
    ) -> Result<Self, GateError> {
        let mut manuscript = book.manuscript.clone();
        let mut number = next_number(&manuscript);
        let mut changes = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let id = PolicyId::new(&house.id("pol_")?)
                .map_err(|error| GateError::invalid("id", error.to_string()))?;
            let policy = Arc::new(draft.into_policy(id.clone(), now));
            let after = Entry { number, policy };
            manuscript.policies.insert(id, after.clone());
            changes.push(PolicyChange {
                before: None,
                after,
            });
            number = number.saturating_add(1);
        }
        Self::of(book, manuscript, changes)
    }

    /// Changes a policy in place; the version counts up.
    ///
    /// # Errors
    /// [`GateError::NotFound`]; [`GateError::Conflict`] with `policy.moved` when another version
    /// than the one that was seen is in force; [`GateError::Invalid`] when the type differs or the
    /// rules do not compile.
    pub fn update(
        book: &Rulebook,
        id: &str,
        patch: PolicyPatch,
        now: Timestamp,
    ) -> Result<Self, GateError> {
        let missing = || GateError::NotFound("policy", id.to_owned());
        let entry = book.manuscript.policies.get(id).ok_or_else(missing)?;
        let before = Arc::clone(&entry.policy);
        seen("policy.moved", before.version, patch.seen)?;
        let mut policy = (*before).clone();
        if let Some(rule) = patch.rule {
            if rule.kind() != policy.rule.kind() {
                let message = format!("a `{}` stays one", policy.rule.kind());
                return Err(GateError::invalid("type", message));
            }
            policy.rule = rule;
        }
        if let Some(name) = patch.name {
            policy.name = name;
        }
        policy.active = patch.active.unwrap_or(policy.active);
        policy.log_only = patch.log_only.unwrap_or(policy.log_only);
        policy.updated_at = now;
        policy.version = policy.version.saturating_add(1);
        let after = Entry {
            number: entry.number,
            policy: Arc::new(policy),
        };
        let mut manuscript = book.manuscript.clone();
        manuscript
            .policies
            .insert(after.policy.id.clone(), after.clone());
        Self::of(
            book,
            manuscript,
            vec![PolicyChange {
                before: Some(before),
                after,
            }],
        )
    }

    /// Replaces the tenant policy; `version` is the one that was seen, 0 for none, and `None`
    /// replaces whichever there is.
    ///
    /// # Errors
    /// [`GateError::Invalid`] with every fault, and [`GateError::Conflict`] with
    /// `tenant_policy.moved` when another version is in force; the policy in force stays in force.
    pub fn tenant_policy(
        book: &Rulebook,
        policy: TenantPolicy,
        version: Option<u32>,
    ) -> Result<Self, GateError> {
        let policy = Arc::new(policy);
        let mut manuscript = book.manuscript.clone();
        seen(
            "tenant_policy.moved",
            manuscript.tenant_policy_version,
            version,
        )?;
        manuscript.tenant_policy_version = manuscript.tenant_policy_version.saturating_add(1);
        manuscript.tenant_policy = Some(Arc::clone(&policy));
        Ok(Self {
            tenant_policy: Some(policy),
            ..Self::of(book, manuscript, Vec::new())?
        })
    }

    /// Changes the settings, and the rules with them.
    ///
    /// # Errors
    /// [`GateError::Invalid`] when the rules do not compile.
    pub fn settings(book: &Rulebook, settings: Settings) -> Result<Self, GateError> {
        let mut manuscript = book.manuscript.clone();
        manuscript.scope_mode = settings.scope_mode;
        Ok(Self {
            settings: Some(settings),
            ..Self::of(book, manuscript, Vec::new())?
        })
    }

    fn of(
        book: &Rulebook,
        manuscript: Manuscript,
        policies: Vec<PolicyChange>,
    ) -> Result<Self, GateError> {
        let rulebook = Rulebook::compile(book.revision.saturating_add(1), manuscript)?;
        Ok(Self {
            rulebook,
            policies,
            tenant_policy: None,
            settings: None,
        })
    }
}

/// The rules with a draft among them, for trying it out; nothing is adopted.
///
/// # Errors
/// The faults of the rules with the draft.
pub fn with_draft(
    book: &Rulebook,
    draft: Draft,
    replaces: Option<&str>,
    now: Timestamp,
) -> Result<(Rulebook, Arc<Policy>), Faults> {
    let mut manuscript = book.manuscript.clone();
    let number = next_number(&manuscript);
    let id = replaces.unwrap_or("pol_draft");
    let id = PolicyId::new(id).map_err(|error| {
        portcullis_policy::fault::Fault::new("replace_policy_id", error.to_string())
    })?;
    let mut policy = draft.into_policy(id.clone(), now);
    policy.active = true;
    let policy = Arc::new(policy);
    manuscript.policies.insert(
        id,
        Entry {
            number,
            policy: Arc::clone(&policy),
        },
    );
    match Rulebook::compile(book.revision, manuscript) {
        Ok(book) => Ok((book, policy)),
        Err(GateError::Invalid(faults)) => Err(faults),
        Err(other) => Err(portcullis_policy::fault::Fault::new("", other.to_string()).into()),
    }
}

/// Refuses what was made from another version than the one in force.
fn seen(code: &'static str, is: u32, was: Option<u32>) -> Result<(), GateError> {
    match was {
        Some(was) if was != is => {
            let message = format!("version {is} is in force, not {was}: it was changed meanwhile");
            Err(GateError::conflict(code, message))
        }
        _ => Ok(()),
    }
}

fn next_number(manuscript: &Manuscript) -> u32 {
    let highest = manuscript.policies.values().map(|entry| entry.number).max();
    highest.map_or(0, |number| number.saturating_add(1))
}
