//! Scope: the ids an action may name.

use crate::catalogue::demand::Demand;
use serde_json::{Map, Value};

/// One kind of thing that has ids.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Kind {
    /// What the tenant policy calls it.
    pub(super) key: &'static str,
    /// What the parameters call it.
    names: &'static [&'static str],
    /// What Kubernetes manifests call it.
    in_manifests: Option<&'static str>,
    /// Whether it is a word of a fixed set, compared without regard to case, rather than an id.
    word: bool,
}

const KINDS: [Kind; 10] = [
    ids(
        "teams",
        &[
            "team",
            "team_id",
            "team_ids",
            "initiative",
            "initiative_id",
            "initiative_ids",
        ],
    )
    .called_in_manifests("chamber.io/team"),
    ids(
        "pools",
        &[
            "pool",
            "pool_id",
            "pool_ids",
            "capacity_pool",
            "capacity_pool_id",
        ],
    ),
    ids(
        "clusters",
        &["cluster", "cluster_id", "cluster_ids", "cluster_name"],
    ),
    ids("namespaces", &["namespace", "namespace_id"]).called_in_manifests("namespace"),
    ids(
        "reservations",
        &["reservation", "reservation_id", "reservation_ids"],
    ),
    ids(
        "allocations",
        &["allocation", "allocation_id", "allocation_ids"],
    ),
    ids("templates", &["template", "template_id", "template_ids"]),
    ids("workloads", &["workload", "workload_id", "workload_ids"]),
    words("gpu_types", &["gpu_type"]),
    words("job_classes", &["job_class"]),
];

const fn ids(key: &'static str, names: &'static [&'static str]) -> Kind {
    Kind {
        key,
        names,
        in_manifests: None,
        word: false,
    }
}

const fn words(key: &'static str, names: &'static [&'static str]) -> Kind {
    Kind {
        key,
        names,
        in_manifests: None,
        word: true,
    }
}

/// What a parameter may begin with and still name the same kind of thing.
const ROLES: [&str; 6] = ["from_", "to_", "source_", "target_", "destination_", "new_"];

impl Kind {
    const fn called_in_manifests(self, name: &'static str) -> Self {
        Self {
            in_manifests: Some(name),
            ..self
        }
    }

    /// The kind a key of `scope` stands for.
    pub(super) fn find(key: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.key == key)
    }

    /// Every key of `scope`.
    pub(super) fn keys() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|kind| kind.key)
    }

    /// Whether every id of this kind in the parameters and manifests, however deep, is permitted,
    /// and there is at least one; else the first that is not.
    ///
    /// *Fails closed:* a manifest that is not understood may name anything.
    pub(super) fn check<'v>(
        &self,
        demand: &'v Demand<'_>,
        allowed: &[String],
    ) -> Result<(), Option<&'v Value>> {
        let permits = |value: &Value| self.permits(allowed, value);
        let mut walk = Walk {
            called: |name: &str| self.is_called(name),
            permits,
            named: false,
        };
        walk.map(&demand.action.parameters).map_err(Some)?;
        let mut named = walk.named;
        if let Some(called) = self.in_manifests {
            let mut walk = Walk {
                called: |name: &str| name == called,
                permits,
                named,
            };
            for manifest in demand.manifests() {
                let objects = manifest.objects().ok_or(None)?;
                objects
                    .iter()
                    .try_for_each(|object| walk.value(object))
                    .map_err(Some)?;
            }
            named = walk.named;
        }
        if named { Ok(()) } else { Err(None) }
    }

    fn is_called(&self, name: &str) -> bool {
        let called = |name: &str| name == self.key || self.names.contains(&name);
        called(name)
            || ROLES
                .iter()
                .any(|role| name.strip_prefix(role).is_some_and(called))
    }

    /// Whether a value is among the permitted ones.
    fn permits(&self, allowed: &[String], value: &Value) -> bool {
        let Value::String(asked) = value else {
            return false;
        };
        allowed
            .iter()
            .any(|allowed| allowed == asked || (self.word && allowed.eq_ignore_ascii_case(asked)))
    }
}

/// A walk over everything that may name an id; it stops at the first that is not permitted.
struct Walk<C, P> {
    called: C,
    permits: P,
    /// Whether any id was named.
    named: bool,
}

impl<C: Fn(&str) -> bool, P: Fn(&Value) -> bool> Walk<C, P> {
    fn map<'v>(&mut self, map: &'v Map<String, Value>) -> Result<(), &'v Value> {
        map.iter().try_for_each(|(name, value)| {
            if (self.called)(name) {
                self.ids(value)
            } else {
                self.value(value)
            }
        })
    }

    fn value<'v>(&mut self, value: &'v Value) -> Result<(), &'v Value> {
        match value {
            Value::Object(map) => self.map(map),
            Value::Array(items) => items.iter().try_for_each(|item| self.value(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    /// Every element of a list, or the one value; `null` names nothing.
    fn ids<'v>(&mut self, value: &'v Value) -> Result<(), &'v Value> {
        match value {
            Value::Null => Ok(()),
            Value::Array(items) => items.iter().try_for_each(|item| self.ids(item)),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                self.named = true;
                if (self.permits)(value) {
                    Ok(())
                } else {
                    Err(value)
                }
            }
        }
    }
}
