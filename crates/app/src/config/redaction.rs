//! What is hidden in texts.

use super::{secret, sheet::Sheet};
use portcullis_firewall::outside::SecretName;
use portcullis_policy::fault::Faults;
use portcullis_screen::kind::Kind;

/// What a tenant hides besides the formats of secrets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redaction {
    /// Secrets, by name.
    pub(crate) secrets: Vec<SecretName>,
    /// Kinds of personal data.
    pub(crate) personal: Vec<Kind>,
}

/// What stands at `redaction`.
pub(super) fn settings(tenant: &Sheet<'_>, faults: &mut Faults) -> Redaction {
    let mut redaction = Redaction::default();
    let Some(sheet) = tenant.below("redaction", &["secrets", "personal"], faults) else {
        return redaction;
    };
    for (value, path) in sheet.list("secrets", faults) {
        redaction.secrets.extend(secret::name(value, path, faults));
    }
    for (value, path) in sheet.list("personal", faults) {
        match value.as_str().and_then(Kind::personal) {
            Some(kind) => redaction.personal.push(kind),
            None => {
                let known = Kind::PERSONAL.map(Kind::name).join("`, `");
                faults.add(path, format!("expected one of `{known}`"));
            }
        }
    }
    redaction
}
