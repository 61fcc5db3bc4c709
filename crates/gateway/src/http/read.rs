//! What agents send besides one action: a batch, a permit, an outcome, a question about a hold.

use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    digest::{ActionDigest, Nonce},
    error::GateError,
    principal::Principal,
    request::{self, Request},
    turn::OutcomeResult,
};
use portcullis_policy::{amount::Micros, fault::Faults};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The most actions in one batch.
const BATCH_MAX: usize = 100;
/// The longest wait for a decision, in seconds.
const WAIT_MAX_SECONDS: u32 = 30;

/// A permit to spend or to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PermitRequest {
    /// The permit as it was given.
    pub(super) permit: String,
    /// The action about to be done; another than the permit's is refused.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(super) action_digest: Option<ActionDigest>,
}

/// What became of an action.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OutcomeRequest {
    /// Whether it worked: `succeeded`, `failed` or `unknown`.
    #[schema(value_type = String)]
    pub(super) result: OutcomeResult,
    /// What it did, in words.
    #[serde(default)]
    pub(super) effect: String,
    /// What it really cost, in US dollars.
    #[serde(default)]
    pub(super) cost_usd: Option<f64>,
    /// What it really took, in GPU-hours.
    #[serde(default)]
    pub(super) gpu_hours: Option<f64>,
}

impl OutcomeRequest {
    /// The report as the gate takes it.
    pub(super) fn report(self) -> Result<Report, Refusal> {
        let mut faults = Faults::default();
        let cost_usd = amount("cost_usd", self.cost_usd, &mut faults);
        let gpu_hours = amount("gpu_hours", self.gpu_hours, &mut faults);
        Ok(faults.or((self.result, self.effect, cost_usd, gpu_hours))?)
    }
}

/// Result, effect, US dollars, GPU-hours.
type Report = (OutcomeResult, String, Option<Micros>, Option<Micros>);

fn amount(path: &str, units: Option<f64>, faults: &mut Faults) -> Option<Micros> {
    let amount = Micros::from_units(units?);
    if amount.is_none() {
        faults.add(path, "must not be negative");
    }
    amount
}

/// How long to wait for people.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldQuery {
    #[serde(default)]
    wait: u32,
}

impl HoldQuery {
    /// The wait in milliseconds.
    pub(super) fn wait_ms(self) -> Result<u64, Refusal> {
        if self.wait > WAIT_MAX_SECONDS {
            let message = format!("expected 0 to {WAIT_MAX_SECONDS} seconds");
            return Err(Refusal::invalid("wait", message));
        }
        Ok(u64::from(self.wait) * 1_000)
    }
}

/// The actions of a batch, each with a nonce of its own.
///
/// Fails closed: one action that cannot be read refuses the batch, and nothing is judged.
pub(super) fn batch(
    body: Value,
    principal: &Principal,
    key: Option<&str>,
    nonce: impl Fn() -> Result<Nonce, GateError>,
) -> Result<Vec<Request>, GateError> {
    let mut faults = Faults::default();
    let mut requests = Vec::new();
    for (at, action) in actions(body)?.into_iter().enumerate() {
        let key = key.map(|key| format!("{key}#{at}"));
        match request::from_value(action, principal, nonce()?, key.as_deref()) {
            Ok(request) => requests.push(request),
            Err(GateError::Invalid(found)) => {
                for fault in found.0 {
                    faults.add(within(at, &fault.path), fault.message);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(faults.or(requests)?)
}

/// The path of a fault in an action, as seen from the batch.
fn within(at: usize, path: &str) -> String {
    let dot = if path.is_empty() { "" } else { "." };
    format!("actions[{at}]{dot}{path}")
}

fn actions(body: Value) -> Result<Vec<Value>, GateError> {
    let Value::Object(mut map) = body else {
        return Err(GateError::invalid("", "expected a JSON object"));
    };
    let actions = map.remove("actions");
    let mut faults = Faults::default();
    for name in map.keys() {
        faults.add(name.clone(), "is not a known field");
    }
    match actions {
        Some(Value::Array(actions)) if (1..=BATCH_MAX).contains(&actions.len()) => {
            Ok(faults.or(actions)?)
        }
        Some(_) => {
            faults.add(
                "actions",
                format!("expected a list of 1 to {BATCH_MAX} actions"),
            );
            Err(faults.into())
        }
        None => {
            faults.add("actions", "is required");
            Err(faults.into())
        }
    }
}
