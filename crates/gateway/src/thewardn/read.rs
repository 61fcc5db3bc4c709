//! The dialect's request, translated into ours.

use portcullis_policy::fault::Faults;
use serde_json::{Map, Value};

/// The fields that mean the same there and here.
const OURS: [&str; 20] = [
    "action",
    "action_type",
    "agent",
    "agent_id",
    "confidence",
    "data_classes",
    "data_classifications",
    "emergency",
    "environment",
    "evidence",
    "metadata",
    "parameters",
    "permit",
    "reason",
    "reasoning",
    "session",
    "session_id",
    "target",
    "target_service",
    "workspace_id",
];
/// The dimensions of confidence that are judged; the dialect's documents name others as well.
const DIMENSIONS: [&str; 3] = ["containment", "fix", "incident"];

/// Moves fields that only the dialect has on top into the metadata, where policies and grants
/// look for them, and leaves out dimensions of confidence that nobody judges.
///
/// Fails closed: a key in both places is an error; what is no object stays as it is, for the
/// reader to refuse. A misspelt field lands in the metadata, so it can only be missing where it
/// should be, and what is missing never makes a judgement softer.
pub(super) fn translate(body: Value) -> Result<Value, Faults> {
    let Value::Object(fields) = body else {
        return Ok(body);
    };
    let (mut ours, theirs): (Map<_, _>, Map<_, _>) = fields
        .into_iter()
        .partition(|(name, _)| OURS.contains(&name.as_str()));
    if let Some(Value::Object(confidence)) = ours.get_mut("confidence") {
        confidence.retain(|name, _| DIMENSIONS.contains(&name.as_str()));
    }
    let faults = add_to_metadata(&mut ours, theirs);
    faults.or(Value::Object(ours))
}

fn add_to_metadata(ours: &mut Map<String, Value>, theirs: Map<String, Value>) -> Faults {
    let mut faults = Faults::default();
    if theirs.is_empty() {
        return faults;
    }
    let name = if ours.contains_key("parameters") {
        "parameters"
    } else {
        "metadata"
    };
    let place = ours.entry(name).or_insert(Value::Null);
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    // What is neither an object nor absent is refused where requests are read.
    let Value::Object(metadata) = place else {
        return faults;
    };
    for (key, value) in theirs {
        if metadata.contains_key(&key) {
            faults.add(key, format!("is given twice: here and in `{name}`"));
        } else {
            metadata.insert(key, value);
        }
    }
    faults
}
