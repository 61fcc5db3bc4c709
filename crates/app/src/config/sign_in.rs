//! The identity provider that says who people are.

use super::sheet::Sheet;
use portcullis_control::oidc::{Algorithm, Provider};
use portcullis_firewall::access::PersonRole;
use portcullis_policy::fault::Faults;
use std::collections::BTreeMap;

const KEYS: &[&str] = &[
    "issuer",
    "client_id",
    "client_secret",
    "scopes",
    "algorithms",
    "groups_claim",
    "groups",
    "roles",
    "reach",
];

/// Who is asked, and what its word is good for.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    /// Whom to ask, and as whom.
    pub(crate) provider: Provider,
    /// What the provider calls a group, and the group of the tenant that its members join.
    pub(crate) groups: BTreeMap<String, String>,
    /// The roles of somebody who was not known before; without any they may do nothing.
    pub(crate) roles: Vec<PersonRole>,
}

/// What stands at `sign_in.oidc`.
pub(super) fn oidc(sign_in: &Sheet<'_>, faults: &mut Faults) -> Option<SignIn> {
    let sheet = sign_in.below("oidc", KEYS, faults)?;
    let issuer = sheet.must_text("issuer", faults);
    let client_id = sheet.must_text("client_id", faults);
    let mut groups = BTreeMap::new();
    for (claim, value, path) in sheet.entries("groups", faults) {
        match value.as_str().filter(|name| !name.trim().is_empty()) {
            Some(name) => drop(groups.insert(claim.to_owned(), name.to_owned())),
            None => faults.add(path, "expected the name of a group"),
        }
    }
    let claim = sheet.text("groups_claim", faults);
    if !groups.is_empty() && claim.is_none() {
        let rule = "is required with `groups`: the claim that lists a person's groups";
        sheet.fault("groups_claim", rule, faults);
    }
    let roles = roles(&sheet, faults);
    let usual = Provider::new("", "");
    let algorithms: Option<Vec<Algorithm>> = sheet.word(
        "algorithms",
        "a list of `RS256`, `ES256`, `EdDSA` and `PS256`",
        faults,
    );
    let provider = Provider {
        client_secret: sheet.secret("client_secret", faults),
        scopes: sheet.texts("scopes", faults).unwrap_or(usual.scopes),
        groups_claim: claim,
        algorithms: algorithms.unwrap_or(usual.algorithms),
        reach: sheet.reach(faults),
        issuer: issuer?,
        client_id: client_id?,
    };
    Some(SignIn {
        provider,
        groups,
        roles,
    })
}

fn roles(sheet: &Sheet<'_>, faults: &mut Faults) -> Vec<PersonRole> {
    let mut roles = Vec::new();
    for (value, path) in sheet.list("roles", faults) {
        match value.as_str() {
            Some("viewer") => roles.push(PersonRole::Viewer),
            Some("operator") => roles.push(PersonRole::Operator),
            Some("architect") => {
                faults.add(path, "nobody becomes an architect by another system's word");
            }
            _ => faults.add(path, "expected `viewer` or `operator`"),
        }
    }
    roles
}
