//! Secrets are named in the operator's file, never written.

use portcullis_firewall::outside::SecretName;
use portcullis_policy::fault::Faults;
use serde_json::Value;

/// What a name of a secret looks like.
const FORM: &str =
    "expected the name of a secret, `env:NAME` or `file:/path`: a secret itself never stands here";

/// How the secrets begin that are put in the wrong place most often: Slack's tokens and webhooks,
/// the gate's own, those of other services, signed tokens and private keys.
const BEGINNINGS: &[&str] = &[
    "xoxb-",
    "xoxp-",
    "xoxe",
    "xapp-",
    "whsec_",
    "pcl_",
    "ghp_",
    "github_pat_",
    "glpat-",
    "sk-",
    "sk_",
    "AKIA",
    "GOCSPX-",
    "eyJ",
    "-----BEGIN",
];

/// The name of a secret.
pub(super) fn name(value: &Value, path: String, faults: &mut Faults) -> Option<SecretName> {
    let known = value.as_str().filter(|text| is_name(text));
    if known.is_none() {
        faults.add(path, FORM);
    }
    known.map(SecretName::new)
}

/// Whether a text names a secret.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match text.split_once(':') {
        Some(("env", name)) => !name.is_empty() && name.bytes().all(plain),
        Some(("file", path)) => path.starts_with('/') && path.len() > 1,
        _ => false,
    }
}

/// Notes every text that looks like a secret itself, without repeating it.
pub(super) fn betrayed(value: &Value, path: &str, faults: &mut Faults) {
    match value {
        Value::String(text) if looks_secret(text) => {
            faults.add(path, "this looks like a secret itself: put it elsewhere and name it here as `env:NAME` or `file:/path`");
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                betrayed(item, &format!("{path}[{at}]"), faults);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                let pause = if path.is_empty() { "" } else { "." };
                betrayed(item, &format!("{path}{pause}{key}"), faults);
            }
        }
        _ => {}
    }
}

fn looks_secret(text: &str) -> bool {
    let bare = text.trim().trim_start_matches("env:");
    BEGINNINGS
        .iter()
        .any(|beginning| bare.starts_with(beginning))
}
