//! What a token may do: its OAuth scopes, and for Cloud Storage a boundary of buckets.

use crate::issuer::filters::Filters;
use portcullis_firewall::{
    lease::LeaseError,
    scope::{Mode, Scope},
};
use serde_json::{Value, json};

/// The filters, by their keys.
const KEYS: &[&str] = &["buckets", "prefix", "scopes"];
/// The most buckets of a boundary: each is a rule of its own.
const MOST_BUCKETS: usize = 10;
/// What the boundary cuts down.
const STORAGE_READ: &str = "https://www.googleapis.com/auth/devstorage.read_only";
const STORAGE_WRITE: &str = "https://www.googleapis.com/auth/devstorage.read_write";
/// How the names of OAuth scopes end that only look.
const LOOKS: &[&str] = &[".read", ".read-only", ".read_only", ".readonly"];

/// What is asked for.
#[derive(Debug)]
pub(super) struct Wanted<'s> {
    buckets: Vec<&'s str>,
    prefix: Option<&'s str>,
    scopes: Vec<&'s str>,
    mode: Mode,
}

impl<'s> Wanted<'s> {
    pub(super) fn read(scope: &'s Scope, mode: Mode) -> Result<Self, LeaseError> {
        let filters = Filters::open(scope, KEYS)?;
        let (buckets, scopes) = (filters.texts("buckets")?, filters.texts("scopes")?);
        let prefix = filters.text("prefix")?;
        if buckets.is_empty() == scopes.is_empty() {
            return Err(filters.wrong("buckets", "expected either `buckets` or `scopes`"));
        }
        if buckets.len() > MOST_BUCKETS {
            return Err(filters.wrong("buckets", format_args!("expected {MOST_BUCKETS} at most")));
        }
        if let Some(at) = buckets.iter().position(|name| !is_bucket(name)) {
            return Err(filters.wrong(&format!("buckets[{at}]"), "expected the name of a bucket"));
        }
        let quotes = |text: &&str| text.contains(['\'', '"', '\\']);
        if prefix.as_ref().is_some_and(quotes) || (prefix.is_some() && buckets.is_empty()) {
            return Err(filters.wrong("prefix", "expected how names in the buckets begin"));
        }
        for (at, one) in scopes.iter().enumerate() {
            let is_scope = one.starts_with("https://www.googleapis.com/auth/");
            let looks = LOOKS.iter().any(|end| one.ends_with(end));
            if !is_scope || (mode == Mode::Read && !looks) {
                let due = "expected an OAuth scope, and one that only looks where the lease does";
                return Err(filters.wrong(&format!("scopes[{at}]"), due));
            }
        }
        Ok(Self {
            buckets,
            prefix,
            scopes,
            mode,
        })
    }

    /// The OAuth scopes.
    pub(super) fn scopes(&self) -> Vec<&'s str> {
        match (self.buckets.is_empty(), self.mode) {
            (true, _) => self.scopes.clone(),
            (false, Mode::Read) => vec![STORAGE_READ],
            (false, Mode::Write) => vec![STORAGE_WRITE],
        }
    }

    /// The boundary, for Cloud Storage.
    pub(super) fn boundary(&self) -> Option<Value> {
        let role = match self.mode {
            Mode::Read => "inRole:roles/storage.objectViewer",
            Mode::Write => "inRole:roles/storage.objectUser",
        };
        let rules = self.buckets.iter().map(|bucket| {
            let resource = format!("//storage.googleapis.com/projects/_/buckets/{bucket}");
            let mut rule = json!({"availablePermissions": [role], "availableResource": resource});
            if let (Some(rule), Some(prefix)) = (rule.as_object_mut(), self.prefix) {
                let name = format!("projects/_/buckets/{bucket}/objects/{prefix}");
                let listed = "api.getAttribute('storage.googleapis.com/objectListPrefix', '')";
                let expression = format!(
                    "resource.name.startsWith('{name}') || {listed}.startsWith('{prefix}')"
                );
                let condition = json!({"expression": expression});
                rule.insert("availabilityCondition".to_owned(), condition);
            }
            rule
        });
        let rules: Vec<Value> = rules.collect();
        (!rules.is_empty()).then(|| json!({"accessBoundary": {"accessBoundaryRules": rules}}))
    }

    /// What was asked for, for the record: Google does not say what it granted.
    pub(super) fn said(&self) -> Value {
        json!({
            "buckets": self.buckets,
            "mode": self.mode.as_str(),
            "prefix": self.prefix,
            "scopes": self.scopes(),
        })
    }
}

fn is_bucket(name: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    (3..=222).contains(&name.len()) && name.bytes().all(plain)
}
