//! What a submission has to say, and what it sets.
//!
//! Source: the public SDK and documentation of Chamber, as far as a submission's fields and their
//! bounds are told there.

use super::check;
use portcullis_firewall::order::Check;
use portcullis_policy::{action::Action, catalogue::demand::Demand};
use serde_json::Value;

/// The most characters of a name and of an outside id.
const NAME_MOST: usize = 255;
/// The most characters of a manifest.
const MANIFEST_MOST: usize = 65_536;
/// What says whose a workload is; the scheduler takes none without.
const TEAM_LABEL: &str = "chamber.io/team";

/// Members that have to be there, and their longest text.
const NEEDED: &[&str] = &["name", "initiative_id", "gpu_type"];

/// Members with a few words to choose from.
const WORDS: &[(&str, &[&str])] = &[
    ("job_class", &["RESERVED", "ELASTIC"]),
    ("distribution_mode", &["auto", "manual"]),
    ("scaling_mode", &["gang", "elastic"]),
];

/// Members that say how it is set up.
const SETTINGS: &[&str] = &[
    "allocation_id",
    "distribution_mode",
    "external_id",
    "gpus_per_pod",
    "initiative_id",
    "job_class",
    "min_pods",
    "name",
    "priority",
    "requested_gpus",
    "requested_pods",
    "scaling_mode",
    "template_id",
];

/// What is wrong with the form of a submission; one check for each part of it.
pub(super) fn checks(action: &Action, demand: &Demand<'_>) -> Vec<Check> {
    let faults = faults(action);
    let form = check("form", faults.is_empty(), faults.join("; "));
    let mut checks = vec![form];
    if !demand.manifests().is_empty() {
        let fault = manifest_fault(action, demand);
        checks.push(check(
            "manifest",
            fault.is_none(),
            fault.unwrap_or_default(),
        ));
    }
    checks
}

fn faults(action: &Action) -> Vec<String> {
    let mut faults = Vec::new();
    for name in NEEDED {
        let text = action.text(name).map(str::trim).unwrap_or_default();
        if text.is_empty() {
            faults.push(format!("`{name}` is missing"));
        }
    }
    for name in ["name", "external_id"] {
        let text = action.text(name).unwrap_or_default();
        if text.chars().count() > NAME_MOST {
            faults.push(format!("`{name}` has more than {NAME_MOST} characters"));
        }
    }
    for (name, words) in WORDS {
        let Some(value) = said(action, name) else {
            continue;
        };
        let known = |word: &str| words.iter().any(|one| one.eq_ignore_ascii_case(word));
        if !value.as_str().is_some_and(known) {
            faults.push(format!("`{name}` is none of {}", words.join(", ")));
        }
    }
    if said(action, "priority").is_some_and(|value| value.as_u64().is_none_or(|it| it > 100)) {
        faults.push("`priority` is no whole number from 0 to 100".to_owned());
    }
    let pods = |name| action.number(name);
    if let (Some(least), Some(most)) = (pods("min_pods"), pods("requested_pods"))
        && least > most
    {
        faults.push("`min_pods` is more than `requested_pods`".to_owned());
    }
    faults
}

fn said<'a>(action: &'a Action, name: &str) -> Option<&'a Value> {
    action.parameter(name).filter(|value| !value.is_null())
}

fn manifest_fault(action: &Action, demand: &Demand<'_>) -> Option<String> {
    for name in ["k8s_manifest", "manifest"] {
        let text = action.text(name).unwrap_or_default();
        if text.chars().count() > MANIFEST_MOST {
            return Some(format!("`{name}` has more than {MANIFEST_MOST} characters"));
        }
    }
    for manifest in demand.manifests() {
        let Some(objects) = manifest.objects() else {
            return Some("it cannot be read".to_owned());
        };
        // What has no `spec` runs nothing.
        let mut running = objects.iter().filter(|object| object.get("spec").is_some());
        if let Some(stray) = running.find(|object| !is_labelled(object)) {
            return Some(format!("{} has no label `{TEAM_LABEL}`", named(stray)));
        }
    }
    None
}

fn is_labelled(object: &Value) -> bool {
    let at = |path: &str| {
        let labels = object.pointer(path);
        let team = labels.and_then(|labels| labels.get(TEAM_LABEL));
        team.and_then(Value::as_str)
            .is_some_and(|team| !team.is_empty())
    };
    at("/metadata/labels") || at("/spec/template/metadata/labels")
}

/// The configuration that a submission brings, line by line.
pub(super) fn changes(action: &Action, demand: &Demand<'_>) -> Vec<String> {
    let settings = SETTINGS.iter().filter_map(|name| {
        let value = said(action, name)?;
        Some(format!("{name}: {value}"))
    });
    let objects = demand.manifests().iter().filter_map(|one| one.objects());
    let objects = objects.flatten().filter(|object| !object.is_null());
    settings
        .chain(objects.map(|object| format!("apply {}", named(object))))
        .collect()
}

/// An object by its kind, its namespace and its name.
fn named(object: &Value) -> String {
    let text = |path: &str| object.pointer(path).and_then(Value::as_str);
    let kind = text("/kind").unwrap_or("an object");
    let name = text("/metadata/name").unwrap_or("without a name");
    match text("/metadata/namespace") {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}
