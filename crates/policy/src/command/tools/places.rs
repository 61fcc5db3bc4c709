//! Files in which secrets usually stand.

use crate::command::{tool::Given, understanding::Understanding};

/// Places where secrets usually stand.
const SECRET_PLACES: &[&str] = &[
    ".ssh",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa",
    ".aws",
    ".kube",
    ".docker",
    ".netrc",
    ".pgpass",
    ".gnupg",
    ".azure",
    "gcloud",
    "shadow",
    "environ",
    "credentials",
    "secrets",
    "secret",
    ".env",
    ".pem",
    ".key",
    "token",
    ".git-credentials",
    ".npmrc",
    ".pypirc",
    "kubeconfig",
    "serviceaccount",
];

/// What is read may be a secret, wherever it is named: a flag that takes a value in one program takes
/// none in another of the same table, and what seems to be its value is a file.
pub(super) fn secrets(given: &Given<'_>, understanding: &mut Understanding) {
    let is_secret = |word: &str| {
        let word = word.to_lowercase();
        SECRET_PLACES.iter().any(|place| {
            word.split('/').any(|part| {
                part == *place || part.ends_with(place) || part.starts_with(&format!("{place}."))
            })
        })
    };
    let values = given.flags.iter().filter_map(|flag| flag.value);
    if given.words().chain(values).any(is_secret) {
        understanding.reveal();
    }
}
