//! Kinds of Kubernetes objects that are special, by every name they have.

/// Objects that take everything on them along when they are deleted.
pub const FOUNDATIONS: &[&str] = &[
    "namespace",
    "namespaces",
    "ns",
    "node",
    "nodes",
    "no",
    "cluster",
    "clusters",
    "customresourcedefinition",
    "customresourcedefinitions",
    "crd",
    "crds",
];

/// Objects that hold secrets.
pub const SECRETS: &[&str] = &["secret", "secrets"];

/// Whether a word such as `Namespace`, `secrets/token` or `nodes.v1` names one of the kinds.
#[must_use]
pub fn is_kind(word: &str, kinds: &[&str]) -> bool {
    let kind = word.trim().split(['/', '.']).next().unwrap_or_default();
    kinds.iter().any(|known| known.eq_ignore_ascii_case(kind))
}
