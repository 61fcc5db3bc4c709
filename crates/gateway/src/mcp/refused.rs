//! Telling an agent that something may not happen, so that it can do something about it.

use super::{fault::Fault, order::Deed};
use portcullis_firewall::{error::GateError, firewall::Attended, hold::Hold};
use portcullis_policy::code::Code;
use serde_json::{Value, json};

/// Why something was not done.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    code: String,
    reason: String,
    remedy: String,
    /// The record of the verdict.
    seq: Option<u64>,
    hold: Option<String>,
    held: bool,
}

impl Refusal {
    pub(super) fn new(code: &str, reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            reason: reason.into(),
            remedy: remedy.into(),
            seq: None,
            hold: None,
            held: false,
        }
    }

    /// What was not done: by its verdict, because its dry run failed, or because it was done before.
    pub(super) fn of(attended: &Attended) -> Self {
        let answer = &attended.answer;
        let reasons: Value = serde_json::from_str(answer.reasons.get()).unwrap_or_default();
        let code = reasons.pointer("/0/code").and_then(Value::as_str);
        let known = Code::ALL.iter().find(|known| Some(known.as_str()) == code);
        let mut refusal = match (&attended.earlier, &attended.run) {
            (Some(earlier), _) => Self::new(
                "permit.spent",
                format!(
                    "the same request came before, and is {}",
                    earlier.stage.as_str()
                ),
                "look at what came of it",
            ),
            (None, Some(_)) => Self::new(
                "dryrun.failed",
                "the dry run of this action did not pass",
                "ask a person, or ask for something else",
            ),
            (None, None) => Self::new(
                code.unwrap_or("gate.no_permit"),
                &answer.reasoning,
                known.map_or("ask a person", |code| code.remedy()),
            ),
        };
        refusal.seq = Some(answer.seq);
        refusal
    }

    /// A hold that waits.
    pub(super) fn held(hold: &str, reason: &str, link: &str) -> Self {
        let remedy = format!(
            "people decide at {link}; call again with the same arguments once they have, and it is \
             done once"
        );
        Self {
            hold: Some(hold.to_owned()),
            held: true,
            ..Self::new("tier.approval_required", reason, remedy)
        }
    }

    /// A hold that came to nothing.
    pub(super) fn ended(hold: &Hold) -> Self {
        let status = hold.status.as_str();
        let why = hold.decision_reason.as_deref().unwrap_or("no reason given");
        let reason = format!("hold `{}` is {status}: {why}", hold.id);
        Self {
            hold: Some(hold.id.clone()),
            ..Self::new(
                "hold.not_released",
                reason,
                "ask a person before you try again",
            )
        }
    }

    /// A hold whose action was done before.
    pub(super) fn spent(hold: &Hold) -> Self {
        let reason = format!("what hold `{}` was about was done already", hold.id);
        let remedy = "look at what came of it; a new call without the hold is judged anew";
        Self {
            hold: Some(hold.id.clone()),
            ..Self::new("hold.claimed", reason, remedy)
        }
    }

    /// Its code and its reason, where no record tells of it yet: no verdict and no hold.
    pub(super) fn unrecorded(&self) -> Option<(&str, &str)> {
        let is_told = self.seq.is_some() || self.hold.is_some();
        (!is_told).then_some((&self.code, &self.reason))
    }

    fn text(&self) -> String {
        let Self {
            code,
            reason,
            remedy,
            ..
        } = self;
        match (&self.hold, self.held) {
            (Some(hold), true) => {
                format!("HELD ({code}), as hold {hold}: {reason}. Nothing was done yet; {remedy}.")
            }
            _ => format!("BLOCKED ({code}): {reason}. Nothing was done; {remedy}."),
        }
    }

    fn data(&self) -> Value {
        json!({
            "code": self.code,
            "hold_id": self.hold,
            "reason": self.reason,
            "remedy": self.remedy,
            "seq": self.seq,
            "verdict": if self.held { "HELD" } else { "BLOCKED" },
        })
    }

    /// As a result that a model reads.
    pub(super) fn tool_result(&self) -> Value {
        json!({
            "content": [{"type": "text", "text": self.text()}],
            "isError": true,
            "_meta": {"io.portcullis/refusal": self.data()},
        })
    }

    /// As the outcome of a method: tools have results for it, everything else has errors.
    pub(super) fn outcome(&self, deed: Deed) -> Result<Value, Fault> {
        match deed {
            Deed::CallTool => Ok(self.tool_result()),
            _ => Err(Fault::judged(self.held, self.text(), self.data())),
        }
    }
}

impl TryFrom<GateError> for Refusal {
    type Error = GateError;

    /// What speaks against this action in the present state. Anything else is an error.
    fn try_from(error: GateError) -> Result<Self, GateError> {
        match &error {
            GateError::Conflict { .. } | GateError::AgentRejected(..) => {
                let remedy = "ask for it anew, or ask a person";
                Ok(Self::new(error.code(), error.to_string(), remedy))
            }
            _ => Err(error),
        }
    }
}
