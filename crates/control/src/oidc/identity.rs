//! Who somebody is, by the word of an issuer.

use super::error::OidcError;
use serde_json::{Map, Value};

/// The longest `sub` (OpenID Connect Core 1.0, section 2).
const SUBJECT_MAX_BYTES: usize = 255;

/// The most groups of one person.
const MAX_GROUPS: usize = 1_000;

/// A person. Issuer and subject together name them for good; the rest may change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// Who says so.
    pub issuer: String,
    /// The issuer's name for the person, never given to another.
    pub subject: String,
    /// A mail address; whoever grants rights by it must look at the next field.
    pub email: Option<String>,
    /// Whether the issuer has checked that the address is the person's.
    pub email_verified: bool,
    /// The person's name for people.
    pub name: Option<String>,
    /// The groups that the issuer lists.
    pub groups: Vec<String>,
    /// Everything the token claims, e.g. `https://slack.com/user_id`.
    pub claims: Map<String, Value>,
}

impl Identity {
    /// A claim that is a text.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// Takes a person from claims that were checked.
    ///
    /// # Errors
    /// [`OidcError::WrongClaim`] when there is no subject, or the groups are no list of names.
    pub(super) fn of(
        claims: Map<String, Value>,
        groups_claim: Option<&str>,
    ) -> Result<Self, OidcError> {
        let word = |name| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let subject = word("sub").filter(|sub| !sub.is_empty() && sub.len() <= SUBJECT_MAX_BYTES);
        let groups = groups_claim.and_then(|name| claims.get(name));
        Ok(Self {
            issuer: word("iss").ok_or(OidcError::WrongClaim("iss"))?,
            subject: subject.ok_or(OidcError::WrongClaim("sub"))?,
            email: word("email"),
            email_verified: claims.get("email_verified").is_some_and(is_yes),
            name: word("name"),
            groups: groups.map_or(Ok(Vec::new()), names)?,
            claims,
        })
    }
}

/// Some issuers write it as a text.
fn is_yes(value: &Value) -> bool {
    *value == true || *value == "true"
}

/// A list of names, or one name.
fn names(value: &Value) -> Result<Vec<String>, OidcError> {
    let wrong = OidcError::WrongClaim("groups");
    match value {
        Value::String(one) => Ok(vec![one.clone()]),
        Value::Array(all) if all.len() <= MAX_GROUPS => {
            let name = |one: &Value| one.as_str().map(str::to_owned);
            all.iter().map(name).collect::<Option<_>>().ok_or(wrong)
        }
        _ => Err(wrong),
    }
}
