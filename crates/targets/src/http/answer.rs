//! What a service answered, as an effect.

use super::HttpAction;
use portcullis_firewall::order::{Effect, Ended};
use portcullis_policy::amount::Micros;
use serde_json::Value;

/// The most bytes of an answer that are kept: 1 MiB.
pub(super) const MOST_BYTES: usize = 1 << 20;

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: u16,
    /// Its body, as much as is kept.
    pub(super) body: Vec<u8>,
    /// Whether there was more.
    pub(super) truncated: bool,
}

/// What came of a call.
///
/// *Fails closed:* something between the gate and the service may answer in its place; then it is
/// not known what the service did (RFC 9110, 15.6.3 to 15.6.5). So it is for a request that was
/// accepted and is not done yet, and for an answer that is not the last one.
pub(super) fn effect(answer: Answer, words: &str, action: &HttpAction) -> Effect {
    let status = answer.status;
    let (result, what) = match status {
        202 => (Ended::Unknown, "accepted, and not done yet"),
        200..=299 => (Ended::Done, "done"),
        300..=399 => (
            Ended::Failed,
            "sent elsewhere, where the gate does not follow",
        ),
        408 | 502..=504 => (Ended::Unknown, "nobody can tell"),
        400..=599 => (Ended::Failed, "the service says that it failed"),
        _ => (Ended::Unknown, "this is no answer"),
    };
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let told = |pointer: &Option<String>| {
        let value = body.as_ref()?.pointer(pointer.as_deref()?)?;
        Micros::from_units(value.as_f64()?)
    };
    Effect {
        cost_usd: told(&action.cost_usd),
        gpu_hours: told(&action.gpu_hours),
        output: answer.body,
        truncated: answer.truncated,
        ..Effect::new(result, format!("{words}: {status}, {what}"))
    }
}
