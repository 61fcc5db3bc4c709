//! Names for what says how an action is carried out.

use portcullis_firewall::{canonical, digest::Means};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Names what says how an action is carried out.
pub(crate) fn means(said: &Value) -> Means {
    Means::new(Sha256::digest(canonical::to_vec(said)).into())
}
