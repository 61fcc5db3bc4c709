//! The shapes on the wire, for the API's description.
//!
//! Answers are written by hand in `render`, for speed; a test compares them with these shapes.

mod acting;

pub use acting::{ActReply, ActRequest, CheckShape, DryRunReply, DryRunShape, ExecutionShape};

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An action to be judged. Unknown fields are refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct GovernRequest {
    /// Who asks; may be left out with the agent's own key.
    pub agent_id: Option<String>,
    /// What to do, e.g. `workloads.submit`.
    pub action_type: String,
    /// What it touches.
    pub target_service: String,
    /// Where; `production` when left out.
    pub environment: Option<String>,
    /// The parameters.
    #[schema(value_type = Option<Object>)]
    pub parameters: Option<Value>,
    /// Why, in the agent's own words.
    pub reasoning: Option<String>,
    /// How sure the agent is.
    pub confidence: Option<ConfidenceShape>,
    /// What informed the decision.
    #[schema(value_type = Option<Vec<Object>>)]
    pub evidence: Option<Vec<Value>>,
    /// What kinds of data are touched, e.g. `PHI`.
    pub data_classes: Option<Vec<String>>,
    /// Whether it is an emergency.
    pub emergency: Option<bool>,
    /// The part of the tenant it happens in.
    pub workspace_id: Option<String>,
    /// The piece of work it belongs to.
    pub session_id: Option<String>,
    /// The scope whose credentials it is to be done with; the session must have it.
    pub scope: Option<String>,
    /// Whether a CLEARED verdict shall come with a permit.
    pub permit: Option<bool>,
}

/// How sure the agent is, each from 0 to 1.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Confidence)]
pub struct ConfidenceShape {
    /// That it understands the situation.
    pub incident: Option<f64>,
    /// That the action will work.
    pub fix: Option<f64>,
    /// That nothing else is harmed.
    pub containment: Option<f64>,
}

/// A sealed verdict.
#[derive(Debug, Serialize, ToSchema)]
pub struct GovernReply {
    /// SHA-256 over the frozen action.
    pub action_digest: String,
    /// How many different people must approve; 0 unless HELD.
    pub approvals_required: u8,
    /// The hold under TheWARDN's name.
    pub escrow_id: Option<String>,
    /// Whether the agent may act; only ever true with CLEARED.
    pub execute: bool,
    /// `ENFORCED` or `AUDIT_ONLY`.
    pub governance_mode: String,
    /// The record's hash.
    pub hash: String,
    /// The hold, when HELD.
    pub hold_id: Option<String>,
    /// One line for people.
    pub message: String,
    /// What else must happen.
    pub obligations: ObligationsShape,
    /// A permit, when CLEARED and asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit: Option<String>,
    /// Why there is no permit although it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit_withheld: Option<String>,
    /// The ids of the policies that changed the outcome.
    pub policies_fired: Vec<String>,
    /// Why, in one text.
    pub reasoning: String,
    /// Why, piece by piece.
    #[schema(value_type = Vec<Object>)]
    pub reasons: Vec<Value>,
    /// Whether this is the answer to an earlier sending.
    pub repeated: bool,
    /// The name of this request; left out within a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// 0 to 5.
    pub risk_tier: u8,
    /// The rule that a BLOCKED verdict names.
    pub rule_violated: Option<String>,
    /// The record.
    pub seq: u64,
    /// `A`, `B`, `C` or `X`.
    pub tier: String,
    /// When the hold ends by itself, refused.
    pub timeout_at: Option<String>,
    /// `CLEARED`, `HELD` or `BLOCKED`.
    pub verdict: String,
    /// Budgets that pass their warning line with this action, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What would be enforced without audit-only mode and log-only policies, when different.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would: Option<WouldShape>,
}

/// What else must happen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Obligations)]
pub struct ObligationsShape {
    /// A passed dry run of this exact action must come first.
    pub dry_run: bool,
}

/// What would be enforced.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Would)]
pub struct WouldShape {
    /// Who would decide.
    pub tier: String,
    /// What would be answered.
    pub verdict: String,
}

/// Up to a hundred actions.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchRequest {
    /// The actions, judged in this order.
    pub actions: Vec<GovernRequest>,
}

/// A verdict, or an error with `execute: false`, for each action in its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchReply {
    /// The name of this request.
    pub request_id: String,
    /// One for each action.
    pub results: Vec<GovernReply>,
}

/// A hold as its agent sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldReply {
    /// SHA-256 over the frozen action.
    pub action_digest: String,
    /// For what.
    pub action_type: String,
    /// Who asked.
    pub agent_id: String,
    /// How many people approved so far.
    pub approvals: u64,
    /// How many must.
    pub approvals_required: u8,
    /// Whether the permit was taken.
    pub claimed: bool,
    /// When it was made.
    pub created_at: String,
    /// When it was decided.
    pub decided_at: Option<String>,
    /// `release`, `kill` or `timeout`.
    pub decision: Option<String>,
    /// Where.
    pub environment: String,
    /// The hold under TheWARDN's name.
    pub escrow_id: String,
    /// Whether the action was released.
    pub execute: bool,
    /// The hash of the HELD verdict's record.
    pub hash: String,
    /// The hold.
    pub hold_id: String,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// The name of this request.
    pub request_id: String,
    /// 0 to 5.
    pub risk_tier: u8,
    /// The record of the HELD verdict.
    pub seq: u64,
    /// `HELD`, `RELEASED`, `KILLED` or `TIMED_OUT`.
    pub status: String,
    /// On what.
    pub target_service: String,
    /// `A`, `B`, `C` or `X`.
    pub tier: String,
    /// When it ends by itself, refused.
    pub timeout_at: String,
    /// The verdict as it now stands.
    pub verdict: String,
}

/// The permit of a released hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimReply {
    /// The hold.
    pub hold_id: String,
    /// The permit.
    pub permit: String,
    /// The name of this request.
    pub request_id: String,
}

/// A permit that was spent just now.
#[derive(Debug, Serialize, ToSchema)]
pub struct RedeemReply {
    /// The action that may be done, to the letter: do this and nothing else.
    #[schema(value_type = Object)]
    pub action: Value,
    /// For what exactly.
    pub action_digest: String,
    /// Whose.
    pub agent_id: String,
    /// The record of the verdict.
    pub decision_seq: u64,
    /// Always true: the action may be done once, now.
    pub execute: bool,
    /// When the permit would have ended.
    pub expires_at: String,
    /// The hold it was released from.
    pub hold_id: Option<String>,
    /// When it was given.
    pub issued_at: String,
    /// The permit's id.
    pub permit_id: String,
    /// The name of this request.
    pub request_id: String,
    /// The record of the spending.
    pub seq: u64,
}

/// What a permit says; everything but the last three only when it is valid.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerifyReply {
    /// For what exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_digest: Option<String>,
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// The record of the verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_seq: Option<u64>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The permit's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit_id: Option<String>,
    /// Why it is not valid.
    pub reason: Option<String>,
    /// The name of this request.
    pub request_id: String,
    /// Whether it is genuine and in time.
    pub valid: bool,
}

/// The key that permits are signed with.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyReply {
    /// `Ed25519`
    pub algorithm: String,
    /// 64 hex digits.
    pub public_key: String,
}

/// Something signed, in a DSSE envelope.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnvelopeShape {
    /// What is signed, base64.
    pub payload: String,
    /// What it is.
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// By whom.
    pub signatures: Vec<SignatureShape>,
}

/// One signature of an envelope.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureShape {
    /// SHA-256 of the public key, as hex.
    pub keyid: String,
    /// The signature, base64.
    pub sig: String,
}

/// The place of a sealed record.
#[derive(Debug, Serialize, ToSchema)]
pub struct SealedReply {
    /// Its hash.
    pub hash: String,
    /// The name of this request.
    pub request_id: String,
    /// Its number.
    pub seq: u64,
}

/// Why the gate did not do what it was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorReply {
    /// The message once more.
    pub detail: String,
    /// What went wrong.
    pub error: ErrorShape,
    /// The name of this request.
    pub request_id: String,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorShape {
    /// A stable code, e.g. `request.invalid`.
    pub code: String,
    /// Every fault, when the request itself is at fault.
    pub details: Vec<FaultShape>,
    /// For people.
    pub message: String,
}

/// One fault.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fault)]
pub struct FaultShape {
    /// What.
    pub message: String,
    /// Where.
    pub path: String,
}
