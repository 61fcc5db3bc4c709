//! How many GPUs a Kubernetes manifest gets hold of.

use super::Manifest;
use crate::catalogue::count::Count;
use serde_json::{Map, Value};

/// How deep lists of objects may nest.
const MAX_NESTING: u8 = 4;

/// Objects that never run anything.
const IDLE_KINDS: [&str; 16] = [
    "ConfigMap",
    "Secret",
    "Service",
    "ServiceAccount",
    "Namespace",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "PriorityClass",
    "Role",
    "RoleBinding",
    "Ingress",
    "Queue",
    "PodGroup",
    "LimitRange",
];

/// The GPUs of all objects in a manifest.
///
/// *Fails closed:* whatever is not understood, from a syntax error to an unknown kind of object,
/// is [`Count::Unclear`].
pub(in crate::catalogue) fn count(manifest: &Manifest<'_>) -> Count {
    manifest.objects().map_or(Count::Unclear, sum)
}

fn sum(documents: &[Value]) -> Count {
    let said = documents.iter().filter(|document| !document.is_null());
    let counted = said
        .map(|document| object(document, MAX_NESTING))
        .reduce(Count::plus);
    counted.unwrap_or(Count::Unclear)
}

fn object(value: &Value, nesting: u8) -> Count {
    let Some(kind) = value.get("kind").and_then(Value::as_str) else {
        return Count::Unclear;
    };
    let spec = value.get("spec").unwrap_or(&Value::Null);
    match kind {
        "List" => list(value, nesting),
        "Pod" => pod(spec),
        "Job" => job(spec),
        "CronJob" => within(spec, "jobTemplate").map_or(Count::Unclear, job),
        "Deployment" | "ReplicaSet" | "StatefulSet" | "ReplicationController" => replicated(spec),
        "JobSet" => each(spec.get("replicatedJobs"), |part| {
            within(part, "template")
                .map_or(Count::Unclear, job)
                .times(many(part, &["replicas"]))
        }),
        "RayCluster" => ray(spec),
        "RayJob" => spec.get("rayClusterSpec").map_or(Count::Unclear, ray),
        _ if kind.ends_with("Job") => training(spec),
        _ if IDLE_KINDS.contains(&kind) => Count::Of(0.0),
        _ => Count::Unclear,
    }
}

fn list(value: &Value, nesting: u8) -> Count {
    let Some(nesting) = nesting.checked_sub(1) else {
        return Count::Unclear;
    };
    each(value.get("items"), |item| object(item, nesting))
}

/// Pods at once, or one after the other: work in sequence takes as many GPU-hours.
fn job(spec: &Value) -> Count {
    template(spec).times(many(spec, &["parallelism", "completions"]))
}

fn replicated(spec: &Value) -> Count {
    template(spec).times(many(spec, &["replicas"]))
}

/// The training operators' jobs (PyTorch, TensorFlow, MPI, XGBoost …): one set of replicas for
/// each role; an elastic job may grow to its most.
fn training(spec: &Value) -> Count {
    let Some(fields) = spec.as_object() else {
        return Count::Unclear;
    };
    let elastic = spec.get("elasticPolicy").map_or(Count::Of(1.0), |policy| {
        many(policy, &["maxReplicas", "minReplicas"])
    });
    let replicas = |role| template(role).times(many(role, &["replicas"]).or_more(elastic));
    fields
        .iter()
        .filter(|(name, _)| name.ends_with("ReplicaSpecs"))
        .map(|(_, roles)| match roles {
            Value::Object(roles) => roles
                .values()
                .map(replicas)
                .fold(Count::Of(0.0), Count::plus),
            _ => Count::Unclear,
        })
        .reduce(Count::plus)
        .unwrap_or(Count::Unclear)
}

fn ray(spec: &Value) -> Count {
    let head = spec.get("headGroupSpec").map_or(Count::Unclear, template);
    let workers = spec
        .get("workerGroupSpecs")
        .map_or(Count::Of(0.0), |groups| {
            each(Some(groups), |group| {
                let pods = many(group, &["replicas", "minReplicas", "maxReplicas"]);
                template(group)
                    .times(pods)
                    .times(many(group, &["numOfHosts"]))
            })
        });
    head.plus(workers)
}

/// The sum over a list that must be there.
fn each(list: Option<&Value>, count: impl FnMut(&Value) -> Count) -> Count {
    let Some(Value::Array(items)) = list else {
        return Count::Unclear;
    };
    items.iter().map(count).fold(Count::Of(0.0), Count::plus)
}

/// The largest of some numbers, and at least one: what stands at zero can be scaled up.
fn many(spec: &Value, names: &[&str]) -> Count {
    names
        .iter()
        .filter_map(|name| spec.get(*name))
        .map(Count::read)
        .fold(Count::Of(1.0), Count::or_more)
}

fn within<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name)?.get("spec")
}

fn template(spec: &Value) -> Count {
    within(spec, "template").map_or(Count::Unclear, pod)
}

/// What one pod takes: its containers together, or its largest initial container, and the
/// sidecars on top.
fn pod(spec: &Value) -> Count {
    let Some(spec) = spec.as_object() else {
        return Count::Unclear;
    };
    // Devices claimed by reference cannot be counted here.
    if spec
        .get("resourceClaims")
        .is_some_and(|claims| !claims.is_null())
    {
        return Count::Unclear;
    }
    let Some(Value::Array(main)) = spec.get("containers") else {
        return Count::Unclear;
    };
    let initial = match spec.get("initContainers") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items.as_slice(),
        Some(_) => return Count::Unclear,
    };
    let stays = |item: &&Value| item.get("restartPolicy").is_some();
    let nothing = Count::Of(0.0);
    let together = main.iter().map(container).fold(nothing, Count::plus);
    let first = initial
        .iter()
        .filter(|i| !stays(i))
        .map(container)
        .fold(nothing, Count::or_more);
    let beside = initial
        .iter()
        .filter(stays)
        .map(container)
        .fold(nothing, Count::plus);
    let whole = resources(spec.get("resources"));
    together.or_more(first).plus(beside).or_more(whole)
}

fn container(container: &Value) -> Count {
    match container {
        Value::Object(fields) => resources(fields.get("resources")),
        _ => Count::Unclear,
    }
}

fn resources(resources: Option<&Value>) -> Count {
    match resources {
        None | Some(Value::Null) => Count::Of(0.0),
        Some(Value::Object(kinds)) if !kinds.contains_key("claims") => ["limits", "requests"]
            .iter()
            .filter_map(|name| kinds.get(*name))
            .map(devices)
            .fold(Count::Of(0.0), Count::or_more),
        Some(_) => Count::Unclear,
    }
}

fn devices(amounts: &Value) -> Count {
    match amounts {
        Value::Null => Count::Of(0.0),
        Value::Object(amounts) => accelerators(amounts),
        _ => Count::Unclear,
    }
}

fn accelerators(amounts: &Map<String, Value>) -> Count {
    amounts
        .iter()
        .filter(|(name, _)| is_accelerator(name))
        .map(|(_, amount)| quantity(amount))
        .fold(Count::Of(0.0), Count::plus)
}

fn is_accelerator(resource: &str) -> bool {
    let resource = resource.to_ascii_lowercase();
    resource.starts_with("nvidia.com/")
        || ["gpu", "tpu", "gaudi", "neuron"]
            .iter()
            .any(|word| resource.contains(word))
}

/// A whole number, written as number or text.
fn quantity(amount: &Value) -> Count {
    match amount {
        Value::String(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
            text.parse().map_or(Count::Unclear, Count::of)
        }
        Value::Number(_) => Count::read(amount),
        _ => Count::Unclear,
    }
}

#[cfg(test)]
mod tests;
