//! What a role may do: written, and read back.

use crate::issuer::filters::Filters;
use portcullis_firewall::{
    lease::LeaseError,
    scope::{Mode, Scope},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The filters, by their keys.
const KEYS: &[&str] = &["names", "namespaces", "resources", "writes"];
/// What reading is.
const READS: &[&str] = &["get", "list", "watch"];
/// What writing may be.
const WRITES: &[&str] = &["create", "delete", "patch", "update"];
/// What everybody may ask about themselves.
const OF_EVERYBODY: &[&str] = &[
    "selfsubjectaccessreviews",
    "selfsubjectreviews",
    "selfsubjectrulesreviews",
];

/// What a lease may do in some namespaces.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) namespaces: Vec<String>,
    /// Group and resource.
    resources: BTreeSet<(String, String)>,
    names: Vec<String>,
    verbs: Vec<&'static str>,
}

/// What the API server says of itself (`SelfSubjectRulesReview`).
#[derive(Deserialize)]
pub(super) struct Review {
    status: Status,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default, rename = "resourceRules")]
    rules: Vec<Rule>,
    /// Whether something could not be told.
    #[serde(default)]
    incomplete: bool,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default, rename = "apiGroups")]
    groups: Vec<String>,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default, rename = "resourceNames")]
    names: Vec<String>,
}

impl Rules {
    pub(super) fn read(scope: &Scope, mode: Mode) -> Result<Self, LeaseError> {
        let filters = Filters::open(scope, KEYS)?;
        let namespaces = filters.must_texts("namespaces")?;
        if let Some(at) = namespaces.iter().position(|name| !is_name(name)) {
            let due = "expected the name of a namespace";
            return Err(filters.wrong(&format!("namespaces[{at}]"), due));
        }
        let mut resources = BTreeSet::new();
        for (at, resource) in filters.must_texts("resources")?.into_iter().enumerate() {
            let (name, group) = resource.split_once('.').unwrap_or((resource, ""));
            let part = |one: &str| is_name(one) && !one.contains('.');
            let fits = name.split('/').count() <= 2 && name.split('/').all(part);
            if !fits || !(group.is_empty() || is_name(group)) {
                let due = "expected a resource such as `pods`, `pods/log` or `deployments.apps`";
                return Err(filters.wrong(&format!("resources[{at}]"), due));
            }
            resources.insert((group.to_owned(), name.to_owned()));
        }
        let names = filters.texts("names")?.into_iter().map(str::to_owned);
        let mut verbs = READS.to_vec();
        let writes = writes(&filters)?;
        if mode == Mode::Write {
            verbs.extend(writes);
        }
        Ok(Self {
            namespaces: namespaces.into_iter().map(str::to_owned).collect(),
            resources,
            names: names.collect(),
            verbs,
        })
    }

    /// As a role has them.
    pub(super) fn policy(&self) -> Value {
        let rules = self.resources.iter().map(|(group, resource)| {
            let mut rule = json!({
                "apiGroups": [group],
                "resources": [resource],
                "verbs": self.verbs,
            });
            if let (Some(rule), false) = (rule.as_object_mut(), self.names.is_empty()) {
                rule.insert("resourceNames".to_owned(), json!(self.names));
            }
            rule
        });
        rules.collect()
    }

    /// What is held in a namespace, when it is no more than was asked.
    pub(super) fn compare(&self, namespace: &str, review: Review) -> Result<Value, LeaseError> {
        let Status { rules, incomplete } = review.status;
        if incomplete {
            let why = "the API server cannot say what the token may do";
            return Err(LeaseError::Refused(why.to_owned()));
        }
        let mut held = Vec::new();
        for rule in rules {
            for resource in &rule.resources {
                if OF_EVERYBODY.contains(&resource.as_str()) {
                    continue;
                }
                let asked = |group: &String| {
                    let pair = (group.clone(), resource.clone());
                    self.resources.contains(&pair)
                };
                let verb = |verb: &String| self.verbs.contains(&verb.as_str());
                let named = rule.names.iter().all(|name| self.names.contains(name))
                    && (self.names.is_empty() || !rule.names.is_empty());
                if !rule.groups.iter().all(asked) || !rule.verbs.iter().all(verb) || !named {
                    let verbs = rule.verbs.join(", ");
                    let why = format!("{verbs} on {resource} in {namespace}");
                    return Err(LeaseError::Exceeded(why));
                }
                held.push(json!({"resource": resource, "verbs": rule.verbs}));
            }
        }
        Ok(Value::from(held))
    }
}

fn writes(filters: &Filters<'_>) -> Result<Vec<&'static str>, LeaseError> {
    let named = filters.texts("writes")?;
    if named.is_empty() {
        return Ok(WRITES.to_vec());
    }
    let known = named.iter().enumerate().map(|(at, word)| {
        let verb = WRITES.iter().find(|verb| *verb == word).copied();
        let due = "expected `create`, `delete`, `patch` or `update`";
        verb.ok_or_else(|| filters.wrong(&format!("writes[{at}]"), due))
    });
    known.collect()
}

/// A name as DNS has them (RFC 1123), which is fit for a path.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.'
    };
    let ends = |one: Option<char>| one.is_some_and(|one| one.is_ascii_alphanumeric());
    let fits = text.len() <= 253 && text.bytes().all(plain);
    fits && ends(text.chars().next()) && ends(text.chars().next_back())
}
