//! What a Kubernetes manifest says, read once.

pub mod gpus;

use serde_json::Value;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use std::borrow::Cow;

/// The longest manifest read, in characters.
const MAX_CHARS: usize = 65_536;

/// The objects of a manifest, given as text (YAML or JSON, one or several documents) or as
/// objects.
#[derive(Clone, Debug)]
pub struct Manifest<'a>(Option<Cow<'a, [Value]>>);

impl<'a> Manifest<'a> {
    /// Reads a manifest; `None` when nothing is written.
    ///
    /// *Fails closed:* what is not understood has no objects, which is not the same as none.
    pub(super) fn read(written: &'a Value) -> Option<Self> {
        match written {
            Value::Null => None,
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => Some(Self(documents(text).map(Cow::Owned))),
            Value::Array(items) => Some(Self(Some(Cow::Borrowed(items)))),
            Value::Object(_) => Some(Self(Some(Cow::Borrowed(std::slice::from_ref(written))))),
            Value::Bool(_) | Value::Number(_) => Some(Self(None)),
        }
    }

    /// Its objects; `None` when it is not understood.
    #[must_use]
    pub fn objects(&self) -> Option<&[Value]> {
        self.0.as_deref()
    }
}

fn documents(text: &str) -> Option<Vec<Value>> {
    if text.len() > MAX_CHARS && text.chars().count() > MAX_CHARS {
        return None;
    }
    let options = serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        with_snippet: false,
        budget: serde_saphyr::budget! { max_aliases: 100, max_nodes: 20_000, max_documents: 64 },
    };
    serde_saphyr::from_multiple_with_options(text, options).ok()
}
