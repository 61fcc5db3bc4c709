//! What a record did to the running counts.
//!
//! The counts that every action touches (windows, budgets, metrics, uses of grants) are never
//! rewritten as a whole: each record carries its effects, and the tally is the sum of them. A
//! record and its effects are written together or not at all.

use portcullis_policy::{amount::Micros, facts::BudgetNeed, id::AgentId, tier::Verdict};
use serde::{Deserialize, Serialize};

/// An amount in one budget.
pub type Pledge = (BudgetNeed, Micros);

/// The effects of one record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// An action was judged.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionEffects>,
    /// The reservation of an earlier record ended.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<Settlement>,
    /// An attempt was refused before it was judged.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<AttemptEffects>,
}

/// What judging one action did. Policies are named by the number they got when they were made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionEffects {
    /// When, in milliseconds since 1970.
    #[serde(rename = "t")]
    pub at_ms: i64,
    /// Whose action.
    #[serde(rename = "a")]
    pub agent: AgentId,
    /// The enforced verdict.
    #[serde(rename = "v")]
    pub verdict: Verdict,
    /// What the policies would have had.
    #[serde(rename = "p")]
    pub policy_verdict: Verdict,
    /// Whether it counts as a write.
    #[serde(rename = "w", default, skip_serializing_if = "std::ops::Not::not")]
    pub writes: bool,
    /// The policies that were evaluated.
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub evaluated: Vec<u32>,
    /// The policies that changed the outcome.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub fired: Vec<u32>,
    /// The grant that was used.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<u32>,
    /// What was set aside.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub reserve: Vec<Pledge>,
    /// What was added to recent sums.
    #[serde(rename = "u", default, skip_serializing_if = "Vec::is_empty")]
    pub sums: Vec<(String, u64)>,
    /// The budgets whose warning line was passed.
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub warned: Vec<BudgetNeed>,
}

/// What an attempt did that was refused before it was judged: it counts for every rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptEffects {
    /// When, in milliseconds since 1970.
    #[serde(rename = "t")]
    pub at_ms: i64,
    /// Whose.
    #[serde(rename = "a")]
    pub agent: AgentId,
}

/// The end of a reservation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    /// The record that made it.
    pub seq: u64,
    /// What was really spent; empty gives everything back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<Pledge>,
}
