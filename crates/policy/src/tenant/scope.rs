//! Scope: the ids an action may name.

use serde_json::{Map, Value};

/// One kind of thing that has ids.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Kind {
    /// What the tenant policy calls it.
    pub(super) key: &'static str,
    /// What the parameters call it.
    names: &'static [&'static str],
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
    ),
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
    ids("namespaces", &["namespace", "namespace_id"]),
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
        word: false,
    }
}

const fn words(key: &'static str, names: &'static [&'static str]) -> Kind {
    Kind {
        key,
        names,
        word: true,
    }
}

/// What a parameter may begin with and still name the same kind of thing.
const ROLES: [&str; 6] = ["from_", "to_", "source_", "target_", "destination_", "new_"];

impl Kind {
    /// The kind a key of `scope` stands for.
    pub(super) fn find(key: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.key == key)
    }

    /// Every key of `scope`.
    pub(super) fn keys() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|kind| kind.key)
    }

    /// Whether every id of this kind in the parameters, however deep, is permitted, and there is
    /// at least one; else the first that is not.
    pub(super) fn check<'v>(
        &self,
        parameters: &'v Map<String, Value>,
        permits: impl Fn(&Value) -> bool + Copy,
    ) -> Result<(), Option<&'v Value>> {
        let mut named = false;
        self.walk(parameters, permits, &mut named).map_err(Some)?;
        if named { Ok(()) } else { Err(None) }
    }

    fn walk<'v>(
        &self,
        map: &'v Map<String, Value>,
        permits: impl Fn(&Value) -> bool + Copy,
        named: &mut bool,
    ) -> Result<(), &'v Value> {
        for (name, value) in map {
            if self.is_called(name) {
                each(value, permits, named)?;
            } else {
                self.walk_value(value, permits, named)?;
            }
        }
        Ok(())
    }

    fn walk_value<'v>(
        &self,
        value: &'v Value,
        permits: impl Fn(&Value) -> bool + Copy,
        named: &mut bool,
    ) -> Result<(), &'v Value> {
        match value {
            Value::Object(map) => self.walk(map, permits, named),
            Value::Array(items) => items
                .iter()
                .try_for_each(|item| self.walk_value(item, permits, named)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    fn is_called(&self, name: &str) -> bool {
        let called = |name: &str| name == self.key || self.names.contains(&name);
        called(name)
            || ROLES
                .iter()
                .any(|role| name.strip_prefix(role).is_some_and(called))
    }

    /// Whether a value is among the permitted ones.
    pub(super) fn permits(&self, allowed: &[String], value: &Value) -> bool {
        let Value::String(asked) = value else {
            return false;
        };
        allowed
            .iter()
            .any(|allowed| allowed == asked || (self.word && allowed.eq_ignore_ascii_case(asked)))
    }
}

/// Every element of a list, or the one value; `null` names nothing.
fn each<'v>(
    value: &'v Value,
    permits: impl Fn(&Value) -> bool + Copy,
    named: &mut bool,
) -> Result<(), &'v Value> {
    match value {
        Value::Null => Ok(()),
        Value::Array(items) => items.iter().try_for_each(|item| each(item, permits, named)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            *named = true;
            if permits(value) { Ok(()) } else { Err(value) }
        }
    }
}
