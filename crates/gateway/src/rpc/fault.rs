//! Why a method was not carried out, as JSON-RPC says it.
//!
//! Sources: JSON-RPC 2.0, 5.1; EIP-1193 (4001: refused) and EIP-1474 (-32002: waits, -32005: too many).

use portcullis_firewall::{
    answer::Answer, error::GateError, firewall::Attended, hold::Hold, outside::Misfit,
};
use serde_json::{Value, json};

/// An error.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    code: i64,
    message: String,
    data: Value,
}

impl Fault {
    fn new(code: i64, message: impl Into<String>, data: Value) -> Self {
        Self {
            code,
            message: message.into(),
            data,
        }
    }

    pub(super) fn unreadable(why: impl Into<String>) -> Self {
        Self::new(-32_700, why, Value::Null)
    }

    pub(super) fn invalid(why: impl Into<String>) -> Self {
        Self::new(-32_600, why, Value::Null)
    }

    pub(super) fn unknown(method: &str) -> Self {
        let shown: String = method
            .chars()
            .filter(char::is_ascii_graphic)
            .take(64)
            .collect();
        let data = json!({"code": "rpc.method"});
        Self::new(-32_601, format!("`{shown}` is not served here"), data)
    }

    pub(super) fn params(why: impl Into<String>) -> Self {
        Self::new(-32_602, why, Value::Null)
    }

    pub(super) fn too_many() -> Self {
        let data = json!({"code": "rpc.rate"});
        Self::new(-32_005, "too many requests; wait a second", data)
    }

    pub(super) fn away(why: impl Into<String>) -> Self {
        let data = json!({"code": "rpc.upstream"});
        Self::new(-32_603, why, data)
    }

    /// What the node behind the gate said.
    pub(super) fn of_node(code: i64, message: impl Into<String>, data: Value) -> Self {
        Self::new(code, message, data)
    }

    /// The stable code, for records.
    pub(super) fn label(&self) -> &str {
        let code = self.data.get("code").and_then(Value::as_str);
        code.unwrap_or("rpc.params")
    }

    /// The message.
    pub(super) fn text(&self) -> &str {
        &self.message
    }

    /// A wish that is no action.
    pub(super) fn misfit(misfit: &Misfit) -> Self {
        let data = json!({
            "argument": misfit.argument,
            "code": misfit.code,
            "rule": misfit.rule,
            "verdict": "BLOCKED",
        });
        let message = format!("refused ({}): {}", misfit.code, misfit.why);
        Self::new(4_001, message, data)
    }

    /// People must decide first.
    pub(super) fn held(answer: &Answer, hold: &Hold) -> Self {
        let people = hold.approvals_required;
        let message = format!(
            "held: {people} must approve hold {} before {}; send the very same request again then, \
             and it is done once",
            hold.id, hold.timeout_at
        );
        let data = json!({
            "approvals_required": people,
            "code": "tier.approval_required",
            "hold_id": hold.id,
            "retry": "send the very same request again",
            "seq": answer.seq,
            "timeout_at": hold.timeout_at,
            "verdict": "HELD",
        });
        Self::new(-32_002, message, data)
    }

    /// The verdict, its dry run, or an earlier sending stands in the way.
    pub(super) fn refused(attended: &Attended) -> Self {
        let answer = &attended.answer;
        let (code, why) = match (&attended.earlier, &attended.run) {
            (Some(earlier), _) => (
                "permit.spent".to_owned(),
                format!(
                    "the same request came before, and is {}",
                    earlier.stage.as_str()
                ),
            ),
            (None, Some(run)) => {
                let failed = run.found.checks.iter().find(|check| !check.passed);
                let why = failed.map_or("its dry run did not pass", |check| &check.detail);
                ("dryrun.failed".to_owned(), why.to_owned())
            }
            (None, None) => {
                let reasons: Value = serde_json::from_str(answer.reasons.get()).unwrap_or_default();
                let code = reasons.pointer("/0/code").and_then(Value::as_str);
                let code = code.unwrap_or("gate.no_permit").to_owned();
                (code, answer.reasoning.clone())
            }
        };
        let data = json!({"code": code, "seq": answer.seq, "verdict": "BLOCKED"});
        Self::new(4_001, format!("refused ({code}): {why}"), data)
    }

    /// It was begun, and did not end well.
    pub(super) fn failed(summary: &str, seq: u64) -> Self {
        let data = json!({"code": "execution.failed", "seq": seq});
        Self::new(-32_000, summary, data)
    }

    /// The member `error` of an answer.
    #[must_use]
    pub fn shown(&self) -> Value {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(members) = error.as_object_mut()
            && !self.data.is_null()
        {
            members.insert("data".to_owned(), self.data.clone());
        }
        error
    }
}

impl From<GateError> for Fault {
    fn from(error: GateError) -> Self {
        let data = json!({"code": error.code()});
        match &error {
            GateError::Unavailable(_) => Self::new(-32_603, "the gate cannot answer", data),
            _ => Self::new(4_001, error.to_string(), data),
        }
    }
}
