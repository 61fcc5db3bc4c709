//! What a record tells outside: names and numbers, never parameters, never an agent's own words.

use super::{source::Outline, subject::Subject};
use jiff::Timestamp;
use portcullis_firewall::{
    batch::StoredRecord,
    moment,
    visible::{excerpt, visible_line},
};
use portcullis_policy::id::TenantId;
use serde::Serialize;
use serde_json::{Map, Value};

/// The longest text of a notice, in bytes before unseen characters are written out.
const TEXT_MAX_BYTES: usize = 256;
/// The most people or groups that a notice names.
const ASKED_MAX: usize = 32;

/// What is told of one record. Every text is one line, bounded, and can be seen as it is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Notice {
    /// What happened.
    #[serde(skip)]
    pub subject: Subject,
    /// When.
    #[serde(skip)]
    pub at: Timestamp,
    /// Whose chain.
    pub tenant: String,
    /// The record.
    pub seq: u64,
    /// The hold it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
    /// The record of the action's decision, when this is a later one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_seq: Option<u64>,
    /// The agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What it wants to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_type: Option<String>,
    /// On what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// `A`, `B`, `C` or `X`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// 0 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_tier: Option<u64>,
    /// What is enforced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// The rule that refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Where the hold stands, by this record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Who wrote the record: for a hold's end, who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Who is asked, as the rules name them; empty is anybody who decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Vec<String>>,
    /// Which level is asked, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u64>,
    /// How many approved so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<u64>,
    /// How many must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals_required: Option<u64>,
    /// Until when it can be decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
    /// `succeeded`, `failed` or `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The budgets that are nearly used up, a sentence each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budgets: Option<Vec<String>>,
    /// The credential that may live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<Unended>,
}

/// A credential that must end and may live, by names.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Unended {
    /// The lease's id.
    pub id: String,
    /// The scope that it was minted from.
    pub scope: String,
    /// The session that it was minted for.
    pub session: String,
    /// What went wrong, as a code.
    pub code: String,
    /// How often ending it was tried.
    pub tries: u64,
}

impl Unended {
    fn of(payload: &Map<String, Value>) -> Self {
        let named = |key: &str| {
            let text = payload.get(key).and_then(Value::as_str);
            seen(text.unwrap_or_default())
        };
        Self {
            id: named("lease_id"),
            scope: named("scope"),
            session: named("session_id"),
            code: named("code"),
            tries: payload.get("tries").and_then(Value::as_u64).unwrap_or(1),
        }
    }
}

impl Notice {
    /// What a record tells; `None` when nobody outside is told of such records.
    ///
    /// *Fails closed:* a payload that is no JSON object tells nothing.
    #[must_use]
    pub fn of(tenant: &TenantId, record: &StoredRecord) -> Option<Self> {
        let payload: Map<String, Value> = serde_json::from_slice(&record.payload).ok()?;
        let subject = Subject::of(record, &payload)?;
        let named = |key: &str| payload.get(key).and_then(Value::as_str).map(seen);
        let number = |key: &str| payload.get(key).and_then(Value::as_u64);
        let later = !matches!(
            subject,
            Subject::HoldWaiting | Subject::ActionBlocked | Subject::ActionNotice
        );
        let approvals = payload.get("approvals").and_then(Value::as_array);
        Some(Self {
            hold: named("hold_id"),
            decision_seq: number("parent_seq"),
            target: named("target_service"),
            environment: named("environment"),
            tier: record.tier.map(|tier| tier.as_str().to_owned()),
            risk_tier: number("risk_tier"),
            verdict: record.verdict.map(|verdict| verdict.as_str().to_owned()),
            rule: named("rule_violated"),
            status: named("status"),
            by: later.then(|| named("actor")).flatten(),
            asked: payload.get("approvers").map(names),
            level: number("level").map(|level| level.saturating_add(1)),
            approvals: approvals.map(|given| given.len() as u64),
            approvals_required: number("approvals_required"),
            ends_at: named("ends_at"),
            outcome: named("outcome"),
            lease: (subject == Subject::LeaseUnended).then(|| Unended::of(&payload)),
            ..Self::bare(subject, tenant, record)
        })
    }

    /// The warning that a record holds besides: a budget passed its warning line, for the first time
    /// in its day or month.
    ///
    /// *Fails closed:* a record that cannot be read warns of nothing.
    #[must_use]
    pub fn warning(tenant: &TenantId, record: &StoredRecord) -> Option<Self> {
        if !record.warns() {
            return None;
        }
        let payload: Map<String, Value> = serde_json::from_slice(&record.payload).ok()?;
        let budgets = names(payload.get("warnings")?);
        Some(Self {
            budgets: Some(budgets).filter(|budgets| !budgets.is_empty()),
            ..Self::bare(Subject::BudgetWarning, tenant, record)
        })
    }

    /// What every record says.
    fn bare(subject: Subject, tenant: &TenantId, record: &StoredRecord) -> Self {
        let label = |text: &str| (!text.is_empty()).then(|| seen(text));
        Self {
            subject,
            at: record.at,
            tenant: tenant.as_str().to_owned(),
            seq: record.seq,
            agent: label(&record.agent),
            action_type: label(&record.action_type),
            hold: None,
            decision_seq: None,
            target: None,
            environment: None,
            tier: None,
            risk_tier: None,
            verdict: None,
            rule: None,
            status: None,
            by: None,
            asked: None,
            level: None,
            approvals: None,
            approvals_required: None,
            ends_at: None,
            outcome: None,
            budgets: None,
            lease: None,
        }
    }

    /// Everything that a record tells: at most one thing, and a warning.
    pub(super) fn all(
        tenant: &TenantId,
        record: &StoredRecord,
    ) -> impl Iterator<Item = Self> + use<> {
        let (one, warning) = (Self::of(tenant, record), Self::warning(tenant, record));
        one.into_iter().chain(warning)
    }

    /// Adds what the record itself does not say, from the hold as it stands now.
    ///
    /// Who is asked and until when is told only where people are asked, and only while the hold
    /// stands at the level that the record is about.
    #[must_use]
    pub fn with(mut self, outline: &Outline) -> Self {
        let fill = |place: &mut Option<String>, text: &str| {
            place.get_or_insert_with(|| seen(text));
        };
        fill(&mut self.agent, &outline.agent);
        fill(&mut self.action_type, &outline.action_type);
        fill(&mut self.target, &outline.target);
        fill(&mut self.environment, &outline.environment);
        fill(&mut self.tier, outline.tier.as_str());
        self.risk_tier
            .get_or_insert_with(|| u64::from(outline.risk_tier.number()));
        self.approvals_required
            .get_or_insert_with(|| u64::from(outline.approvals_required));
        if self.level() == Some(u64::from(outline.level)) {
            self.level = Some(u64::from(outline.level));
            self.asked.get_or_insert_with(|| {
                let asked = outline.asked.iter().take(ASKED_MAX);
                asked.map(|name| seen(name)).collect()
            });
            self.ends_at
                .get_or_insert_with(|| moment::text(outline.ends_at));
            self.approvals.get_or_insert(outline.approvals as u64);
        }
        self
    }

    /// The level whose people this asks; `None` when it asks nobody.
    #[must_use]
    pub fn level(&self) -> Option<u64> {
        match self.subject {
            Subject::HoldWaiting => Some(1),
            Subject::HoldEscalated => self.level,
            _ => None,
        }
    }

    /// Stays the same whenever the record is told, so that receivers can drop what they know.
    #[must_use]
    pub fn id(&self) -> String {
        let id = format!("{}/{}", self.tenant, self.seq);
        match self.subject {
            // Of the same record as another.
            Subject::BudgetWarning => id + "/budget",
            _ => id,
        }
    }
}

/// The names in a list of a record.
fn names(list: &Value) -> Vec<String> {
    let names = list.as_array().into_iter().flatten();
    let names = names.filter_map(Value::as_str).take(ASKED_MAX);
    names.map(seen).collect()
}

/// One bounded line in which every character can be seen.
fn seen(text: &str) -> String {
    let cut = excerpt(text, TEXT_MAX_BYTES);
    let line = visible_line(cut.text).into_owned();
    if cut.hidden_bytes == 0 {
        return line;
    }
    format!("{line}… ({} more bytes)", cut.hidden_bytes)
}
