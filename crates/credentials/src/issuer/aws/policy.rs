//! The session policy: what the role may do is cut down to what the scope says.

use crate::issuer::filters::{Filters, wrong};
use portcullis_firewall::{
    lease::{LeaseAsk, LeaseError},
    scope::{Mode, Scope},
};
use serde_json::{Map, Value, json};

/// The filters, by their keys.
const KEYS: &[&str] = &["reads", "regions", "resources", "tags", "writes"];

/// The most characters of a session policy.
pub(super) const MOST_CHARACTERS: usize = 2_048;

/// How the names of operations begin that change nothing.
const LOOKS: &[&str] = &[
    "BatchGet", "Describe", "Get", "Head", "List", "Lookup", "Query", "Scan", "Search", "Select",
    "View",
];

/// What a session may do.
#[derive(Debug)]
pub(super) struct SessionPolicy {
    operations: Vec<String>,
    resources: Vec<String>,
    conditions: Map<String, Value>,
}

impl SessionPolicy {
    /// For one action. What writes is narrowed to its target, when that is the name of a resource;
    /// what reads serves other actions of its session too, whose targets are others.
    pub(super) fn of(ask: &LeaseAsk) -> Result<Self, LeaseError> {
        let mut policy = Self::read(&ask.scope, ask.mode)?;
        let target = &ask.action.target;
        if target.starts_with("arn:") {
            let mut patterns = policy.resources.iter();
            if target.contains(['*', '?', '$']) || !patterns.any(|one| covers(one, target)) {
                return Err(LeaseError::TooMuch(format!(
                    "the scope does not reach `{target}`"
                )));
            }
            if ask.mode == Mode::Write {
                policy.resources = vec![target.clone()];
            }
        }
        Ok(policy)
    }

    pub(super) fn read(scope: &Scope, mode: Mode) -> Result<Self, LeaseError> {
        let filters = Filters::open(scope, KEYS)?;
        let mut operations = Vec::new();
        for (at, operation) in filters.must_texts("reads")?.into_iter().enumerate() {
            let name = operation_name(operation);
            if !name.is_some_and(|name| LOOKS.iter().any(|look| name.starts_with(look))) {
                let due = "expected an operation that looks, such as `s3:GetObject`";
                return Err(filters.wrong(&format!("reads[{at}]"), due));
            }
            operations.push(operation.to_owned());
        }
        for (at, operation) in filters.texts("writes")?.into_iter().enumerate() {
            if operation_name(operation).is_none() {
                let due = "expected an operation such as `s3:PutObject`";
                return Err(filters.wrong(&format!("writes[{at}]"), due));
            }
            if mode == Mode::Write {
                operations.push(operation.to_owned());
            }
        }
        let mut resources = Vec::new();
        for (at, resource) in filters.must_texts("resources")?.into_iter().enumerate() {
            // A `$` begins a variable, which would be filled in over there.
            if !resource.starts_with("arn:") && resource != "*" || resource.contains('$') {
                let due = "expected the name of a resource, `arn:…`, or `*`";
                return Err(filters.wrong(&format!("resources[{at}]"), due));
            }
            resources.push(resource.to_owned());
        }
        Ok(Self {
            operations,
            resources,
            conditions: conditions(&filters)?,
        })
    }

    /// The policy as it is sent.
    ///
    /// Fails closed: one that AWS would not take is an error of the scope.
    pub(super) fn text(&self) -> Result<String, LeaseError> {
        let mut statement = json!({
            "Effect": "Allow",
            "Action": self.operations,
            "Resource": self.resources,
        });
        if let (Some(statement), false) = (statement.as_object_mut(), self.conditions.is_empty()) {
            let conditions = json!({"StringEquals": self.conditions});
            statement.insert("Condition".to_owned(), conditions);
        }
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let length = policy.chars().count();
        if length > MOST_CHARACTERS {
            let why = format!(
                "the session policy has {length} characters, and AWS takes {MOST_CHARACTERS}"
            );
            return Err(wrong("filters", why));
        }
        Ok(policy)
    }
}

fn conditions(filters: &Filters<'_>) -> Result<Map<String, Value>, LeaseError> {
    let mut conditions = Map::new();
    let regions = filters.texts("regions")?;
    if regions.iter().any(|region| region.contains(['*', '$'])) {
        return Err(filters.wrong("regions", "expected names of regions"));
    }
    if !regions.is_empty() {
        conditions.insert("aws:RequestedRegion".to_owned(), json!(regions));
    }
    for (name, value) in filters.pairs("tags")? {
        if value.contains('$') {
            return Err(filters.wrong(&format!("tags.{name}"), "expected a value without `$`"));
        }
        conditions.insert(format!("aws:ResourceTag/{name}"), json!(value));
    }
    Ok(conditions)
}

/// The operation behind the service; neither may be everything.
fn operation_name(operation: &str) -> Option<&str> {
    let (service, name) = operation.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'*' || byte == b'?';
    let begins = name.starts_with(|one: char| one.is_ascii_uppercase());
    let fits = !service.is_empty() && service.bytes().all(plain) && name.bytes().all(named);
    (fits && begins).then_some(name)
}

/// Whether a pattern with `*` and `?` covers a name without them.
fn covers(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    // Where each star so far could end: the usual two places, taken back at the last star.
    let (mut at, mut of, mut star) = (0, 0, None);
    while of < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(one) if *one == '?' || Some(one) == name.get(of) => {
                at += 1;
                of += 1;
            }
            _ => {
                let Some((back, taken)) = star else {
                    return false;
                };
                star = Some((back, taken + 1));
                (at, of) = (back + 1, taken + 1);
            }
        }
    }
    pattern.iter().skip(at).all(|one| *one == '*')
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_covers_what_aws_says_it_does() {
        for (pattern, name, want) in [
            ("*", "arn:aws:s3:::b/k", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/k/l", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
            ("arn:aws:s3:::b*/x", "arn:aws:s3:::bc/y/x", true),
            ("arn:aws:s3:::b?/x", "arn:aws:s3:::bc/x", true),
            ("arn:aws:s3:::b?/x", "arn:aws:s3:::b/x", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
        ] {
            assert_eq!(covers(pattern, name), want, "{pattern} {name}");
        }
    }
}
