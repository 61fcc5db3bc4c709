//! OCSF events: API Activity of the Application Activity category, schema 1.6.0.
//!
//! What has no place of its own in the class stands in `unmapped`, nothing is left out. From 1.7.0
//! on `metadata.uid` means something else; whoever raises the version must look at it again.

use super::{member, severity::Severity};
use crate::wire::record;
use portcullis_firewall::batch::{RecordKind, StoredRecord};
use portcullis_policy::tier::Verdict;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The version of the schema that events follow.
pub const SCHEMA_VERSION: &str = "1.6.0";
/// API Activity.
pub const CLASS_UID: u32 = 6_003;
/// Application Activity.
const CATEGORY_UID: u32 = 6;

/// Members of a record that have a place in the class.
const MAPPED: [&str; 10] = [
    "actor",
    "action_type",
    "agent_id",
    "decision_reasoning",
    "rule_violated",
    "seq",
    "target_service",
    "tenant_id",
    "timestamp",
    "verdict",
];

/// Writes a record as one event on one line.
pub(super) fn write(stored: &StoredRecord, out: &mut Vec<u8>) {
    out.extend_from_slice(event(stored).to_string().as_bytes());
    out.push(b'\n');
}

fn event(stored: &StoredRecord) -> Value {
    let mut members = record::members(stored);
    let (activity_id, activity) = activity(stored.kind);
    let (severity_id, severity) = Severity::of(stored).ocsf();
    let (status_id, status) = status(stored.verdict, &members);
    let target = member::text(&members, "target_service").into_owned();
    let head = json!({
        "activity_id": activity_id,
        "activity_name": activity,
        "actor": actor(&members),
        "api": api(stored, &members),
        "category_name": "Application Activity",
        "category_uid": CATEGORY_UID,
        "class_name": "API Activity",
        "class_uid": CLASS_UID,
        "message": message(stored, &members),
        "metadata": {
            "event_code": stored.kind.as_str(),
            "log_name": "audit",
            "product": {
                "name": "Portcullis",
                "vendor_name": "Portcullis",
                "version": env!("CARGO_PKG_VERSION"),
            },
            "sequence": stored.seq,
            "tenant_uid": member::text(&members, "tenant_id"),
            "uid": stored.hash.to_string(),
            "version": SCHEMA_VERSION,
        },
        "severity": severity,
        "severity_id": severity_id,
        "src_endpoint": { "uid": source(&members) },
        "status": status,
        "status_id": status_id,
        "time": stored.at.as_millisecond(),
        "type_name": format!("API Activity: {activity}"),
        "type_uid": CLASS_UID * 100 + activity_id,
    });
    let mut event = object(head);
    if !target.is_empty() {
        event.insert(
            "resources".to_owned(),
            json!([{ "name": target, "type": "service" }]),
        );
    }
    for name in MAPPED {
        members.remove(name);
    }
    event.insert("unmapped".to_owned(), Value::Object(members));
    Value::Object(event)
}

/// The members of an object that was just written.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// What was done, in the class's words.
const fn activity(kind: RecordKind) -> (u32, &'static str) {
    match kind {
        RecordKind::TenantCreated => (1, "Create"),
        RecordKind::SignIn => (1, "Logon"),
        RecordKind::AgentChange
        | RecordKind::KeyChange
        | RecordKind::PolicyChange
        | RecordKind::TenantPolicyChange
        | RecordKind::SettingsChange
        | RecordKind::PersonChange
        | RecordKind::GroupChange
        | RecordKind::PermissionChange
        | RecordKind::WorkspaceChange
        | RecordKind::Elevation
        | RecordKind::ToolChange
        | RecordKind::ServerChange
        | RecordKind::ScopeChange
        | RecordKind::SessionChange
        | RecordKind::OwnCredentialChange
        | RecordKind::ViolationResolved => (3, "Update"),
        RecordKind::Decision
        | RecordKind::HoldOutcome
        | RecordKind::HoldEscalated
        | RecordKind::DecisionRefused
        | RecordKind::AttemptRefused
        | RecordKind::PermitIssued
        | RecordKind::PermitRedeemed
        | RecordKind::Outcome
        | RecordKind::DryRun
        | RecordKind::LeaseAsked
        | RecordKind::LeaseGranted
        | RecordKind::LeaseEnded
        | RecordKind::LeaseUnended
        | RecordKind::ChainAcknowledged => (99, "Other"),
    }
}

/// How it came out: the verdict, else how a hold ended, else what became of an action.
fn status(verdict: Option<Verdict>, members: &Map<String, Value>) -> (u32, String) {
    let word = match verdict {
        Some(verdict) => Cow::Borrowed(verdict.as_str()),
        None => member::first(members, &["status", "outcome"]),
    };
    match word.as_ref() {
        "" | "CLEARED" | "RELEASED" | "succeeded" | "signed_in" => (1, "Success".to_owned()),
        "BLOCKED" | "KILLED" | "TIMED_OUT" | "SUPERSEDED" | "failed" | "refused" => {
            (2, "Failure".to_owned())
        }
        other => (99, other.to_owned()),
    }
}

/// Who did it: records name callers as `kind:id`.
fn actor(members: &Map<String, Value>) -> Value {
    let actor = member::text(members, "actor");
    let (kind, id) = actor.split_once(':').unwrap_or(("system", &actor));
    let (type_id, caption) = match kind {
        "architect" => (2, "Admin"),
        "operator" | "viewer" => (1, "User"),
        "system" => (3, "System"),
        other => (99, other),
    };
    let id = if id.is_empty() { "portcullis" } else { id };
    json!({ "user": { "name": actor, "type": caption, "type_id": type_id, "uid": id } })
}

/// Where it came from: the agent, or whoever else did it.
fn source(members: &Map<String, Value>) -> String {
    let agent = member::text(members, "agent_id");
    let actor = member::text(members, "actor");
    let source = if agent.is_empty() { actor } else { agent };
    if source.is_empty() {
        "portcullis".to_owned()
    } else {
        source.into_owned()
    }
}

fn api(stored: &StoredRecord, members: &Map<String, Value>) -> Value {
    let asked = member::text(members, "action_type");
    let operation = if asked.is_empty() {
        stored.kind.as_str()
    } else {
        &asked
    };
    let Some(verdict) = stored.verdict else {
        return json!({ "operation": operation });
    };
    let rule = member::text(members, "rule_violated");
    let mut response = object(json!({
        "code": i32::from(verdict != Verdict::Cleared),
        "message": member::text(members, "decision_reasoning"),
    }));
    if !rule.is_empty() {
        response.insert("error".to_owned(), json!(rule));
    }
    json!({ "operation": operation, "response": response })
}

fn message(stored: &StoredRecord, members: &Map<String, Value>) -> String {
    match stored.verdict {
        Some(verdict) => {
            format!("{verdict}: {}", member::text(members, "decision_reasoning"))
        }
        None => stored.kind.as_str().replace('_', " "),
    }
}
